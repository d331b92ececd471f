"""Who and where: users, robots, projects and their members.

`sqlite_autoincrement`: a row's id is never given again, as on PostgreSQL; members, robots' permissions and
sessions name users and projects by id, and must not fall to whoever comes next.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from kangaroo.store.meta.schema.base import Id, count, flag, id_column, metadata, moment, text

users = Table(
    "users",
    metadata,
    id_column(),
    text("username"),
    text("email", nullable=True),
    text("realname", ""),
    text("comment", ""),
    text("password_hash", ""),  # argon2; empty: this user signs in elsewhere
    flag("sysadmin"),
    flag("group_sysadmin"),  # so said a group of the identity provider when this user last signed in
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("username"),
    UniqueConstraint("email"),
    sqlite_autoincrement=True,
)

projects = Table(
    "projects",
    metadata,
    id_column(),
    text("name"),
    Column("owner_id", Id, nullable=False),  # 0: a robot or the system made it
    flag("public"),
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("name"),
    sqlite_autoincrement=True,
)

project_metadata = Table(
    "project_metadata",
    metadata,
    Column("project_id", Id, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    text("value"),
)

quotas = Table(
    "quotas",
    metadata,
    Column("project_id", Id, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    count("hard", -1),  # bytes; -1: unlimited
    count("used"),  # bytes of the distinct blobs counted, kept by every transaction that links or unlinks one
    moment("updated_at"),
)

members = Table(
    "members",
    metadata,
    id_column(),
    Column("project_id", Id, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    text("entity_type"),  # u user, g group
    Column("entity_id", Id, nullable=False, index=True),
    Column("role", Integer, nullable=False),  # Harbor's role ids
    moment("created_at"),
    UniqueConstraint("project_id", "entity_type", "entity_id"),
)

robots = Table(
    "robots",
    metadata,
    id_column(),
    text("name"),  # as it logs in, without the prefix: name, or project+name
    text("level"),  # system, project
    Column("project_id", Id, ForeignKey("projects.id", ondelete="CASCADE"), nullable=True, index=True),
    text("description", ""),
    text("secret_hash"),  # SHA-256 of a random secret
    text("permissions"),  # JSON: a list of base.actors.Grant
    flag("disabled"),
    count("duration", -1),  # days, as it was asked for; -1: for ever
    moment("expires_at", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("name"),
    sqlite_autoincrement=True,
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("principal", Text, primary_key=True),
    count("failures"),
    moment("blocked_until"),
    Index("ix_login_failures_blocked_until", "blocked_until"),
)

generations = Table(
    "generations",
    metadata,
    Column("domain", Text, primary_key=True),
    count("value"),
)
