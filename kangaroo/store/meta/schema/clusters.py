"""Kubernetes clusters: how they are reached, how they are, who watches them, and which namespaces are whose."""

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint

from kangaroo.store.meta.schema.base import Id, Words, count, id_column, metadata, moment, text

clusters = Table(
    "clusters",
    metadata,
    id_column(),
    text("name"),
    text("server"),  # https URL of its API
    text("kubeconfig"),  # encrypted
    text("identity"),  # the uid of its namespace kube-system: one cluster is registered once
    text("description", ""),
    text("author", ""),
    moment("created_at"),
    moment("updated_at"),  # changes with the kubeconfig: clients and watches are made anew
    UniqueConstraint("name"),
    UniqueConstraint("identity"),
    sqlite_autoincrement=True,  # events and watches name clusters by id
)

cluster_health = Table(
    "cluster_health",
    metadata,
    Column(
        "cluster_id", Id, ForeignKey("clusters.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    text("state"),  # checking, healthy, degraded, unhealthy
    text("reason", ""),  # a word of base.reasons
    text("facts", "{}"),  # what its sentence is filled with, JSON
    text("version", ""),
    count("nodes"),
    moment("transition_at"),
    moment("probed_at", nullable=True),
    moment("next_at", nullable=True),
    count("failures"),
)

cluster_watches = Table(
    "cluster_watches",
    metadata,
    Column(
        "cluster_id", Id, ForeignKey("clusters.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    text("holder"),  # the process that watches it
    moment("lease_until"),
    text("informers", "[]"),  # what it watches and when it last heard of it, JSON
)

cluster_namespaces = Table(
    "cluster_namespaces",
    metadata,
    Column("cluster_id", Id, ForeignKey("clusters.id"), primary_key=True, autoincrement=False),
    Column("namespace", Words, primary_key=True),
    Column("workspace_id", Id, ForeignKey("workspaces.id"), nullable=False, index=True),
    text("author", ""),
    moment("created_at"),
)
