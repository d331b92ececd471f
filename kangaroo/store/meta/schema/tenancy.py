"""What people decide about projects, who they are elsewhere, and what they did: labels, rules, configuration,
groups, sessions, the audit log."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from kangaroo.store.meta.schema.base import Id, Words, flag, id_column, metadata, moment, text

labels = Table(
    "labels",
    metadata,
    id_column(),
    text("name"),
    text("description", ""),
    text("color", ""),
    text("scope"),  # g global, p of a project
    Column("project_id", Id, nullable=False),  # 0 for global ones
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("scope", "project_id", "name"),
)

artifact_labels = Table(
    "artifact_labels",
    metadata,
    Column("artifact_id", Id, ForeignKey("artifacts.id", ondelete="CASCADE"), primary_key=True),
    Column("label_id", Id, ForeignKey("labels.id", ondelete="CASCADE"), primary_key=True, index=True),
)

immutable_rules = Table(
    "immutable_rules",
    metadata,
    id_column(),
    Column("project_id", Id, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False, index=True),
    flag("disabled"),
    text("rule"),  # selectors, JSON as in Harbor's API
    moment("created_at"),
    UniqueConstraint("project_id", "rule"),
)

cve_allowlists = Table(
    "cve_allowlists",
    metadata,
    Column("project_id", Id, primary_key=True, autoincrement=False),  # 0: the system's
    moment("expires_at", nullable=True),
    text("items", "[]"),  # CVE ids, JSON
    moment("created_at"),
    moment("updated_at"),
)

configurations = Table(
    "configurations",
    metadata,
    Column("key", Words, primary_key=True),
    text("value"),  # JSON; secrets encrypted
)

user_groups = Table(
    "user_groups",
    metadata,
    id_column(),
    text("name"),
    Column("kind", Integer, nullable=False),  # Harbor's group types: 1 LDAP, 2 HTTP, 3 OIDC
    text("ldap_dn", ""),
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("kind", "name", "ldap_dn"),
    sqlite_autoincrement=True,  # roles of the platform name groups by id
)

group_members = Table(
    "group_members",
    metadata,
    Column("group_id", Id, ForeignKey("user_groups.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
)

external_identities = Table(
    "external_identities",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    text("provider"),  # oidc, ldap
    text("subject"),  # oidc: issuer and subject, with a blank between them; ldap: the DN
    text("cli_secret", ""),  # argon2; what command-line tools sign in with; empty: they cannot
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("provider", "subject"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Words, primary_key=True),  # SHA-256 of the cookie
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    moment("created_at"),
    moment("expires_at"),
    Index("ix_sessions_expires_at", "expires_at"),
)

audit_logs = Table(
    "audit_logs",
    metadata,
    id_column(),
    moment("at"),
    text("actor"),
    text("operation"),  # create, delete, pull, update, login, logout
    text("resource_type"),  # artifact, tag, repository, project, robot, user, configuration, member, …
    text("resource"),  # p/r:tag, p/r@digest, a name
    text("description", ""),
    flag("succeeded"),
    Column("project_id", Id, nullable=False, server_default="0"),  # 0: the system's
    Index("ix_audit_logs_project_id_id", "project_id", "id"),
    Index("ix_audit_logs_at", "at"),
)
