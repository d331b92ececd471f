"""Pull secrets: what is to stand in the namespaces of a workspace, and how it stands in each of them."""

from sqlalchemy import Column, ForeignKey, Index, Table

from kangaroo.store.meta.schema.base import Id, Words, count, flag, metadata, moment, text

# No foreign keys: a row outlives its cluster and its binding until what follows from their end is done.
pull_secrets = Table(
    "pull_secrets",
    metadata,
    Column("cluster_id", Id, primary_key=True, autoincrement=False),
    Column("namespace", Words, primary_key=True),
    Column("workspace_id", Id, nullable=False, index=True),  # whose credentials are, or were last, in there
    flag("leaving"),  # its binding is gone: the secret goes, then the row
    text("state"),  # pending, applied, conflict, forbidden, terminating, failed
    text("reason", ""),  # a word of base.reasons or a key of base.texts
    text("facts", "{}"),  # what its sentence is filled with, JSON
    text("content", ""),  # keyed hash of what was applied last
    text("accounts", "[]"),  # service accounts it is to be attached to, JSON
    text("attached", "[]"),  # those it may be attached to already, JSON
    moment("changed_at"),  # of the state
    moment("synced_at", nullable=True),  # when it was last seen to be right
    moment("next_at", nullable=True),  # when to look at it again; null: when something happens
    count("failures"),
    Index("ix_pull_secrets_next_at", "next_at"),
)

pull_secret_contents = Table(
    "pull_secret_contents",
    metadata,
    Column(
        "workspace_id",
        Id,
        ForeignKey("workspaces.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    text("content"),  # encrypted: what is to stand in every namespace of the workspace
    text("fingerprint"),  # keyed hash of it
    text("lacking", "[]"),  # instances it has no credential for, and why, JSON
    moment("updated_at"),
)
