"""Harbors that we run in clusters: what each is to be, how it was last seen, what it has for itself alone; and checks
of what one would need.

A cluster is kept by its name: one that is removed leaves its Harbors behind, to be shown and forgotten.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Table, UniqueConstraint

from kangaroo.store.meta.schema.base import Id, Words, count, flag, id_column, metadata, moment, text

managed_harbors = Table(
    "managed_harbors",
    metadata,
    id_column(),
    text("cluster"),
    text("namespace"),
    text("name"),
    text("spec"),  # JSON
    text("secrets"),  # encrypted
    text("next_password", ""),  # encrypted: of the administrator, until Harbor has it
    text("annotations", "{}"),  # JSON
    text("author", ""),
    Column("instance_id", Id, ForeignKey("instances.id", ondelete="SET NULL"), nullable=True),
    text("phase"),  # CREATING, UPDATING, RUNNING, DELETING
    moment("since"),  # of the phase
    count("revision"),  # the operator's, when it was last changed
    flag("keep_data"),  # when it is deleted
    text("state"),
    text("reason", ""),
    text("facts", "{}"),  # JSON: what the sentence of the reason is filled with
    text("seen", "{}"),  # JSON: resource, conditions and pods
    moment("transition_at"),
    moment("checked_at", nullable=True),
    Column("next_at", BigInteger, nullable=False, index=True),
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("name"),  # it is that of an instance
)

managed_claims = Table(
    "managed_claims",
    metadata,
    Column("claim", Words, primary_key=True),
    Column("harbor_id", Id, ForeignKey("managed_harbors.id", ondelete="CASCADE"), nullable=False, index=True),
)

managed_checks = Table(
    "managed_checks",
    metadata,
    Column("cluster", Words, primary_key=True),
    Column("namespace", Words, primary_key=True),
    Column("name", Words, primary_key=True),
    text("targets"),  # encrypted; empty when it is over
    text("answer", ""),  # JSON: rows of each target
    text("origin", ""),  # server, cluster
    text("fingerprint"),  # of the targets
    moment("started_at"),
    moment("ended_at", nullable=True),
)
