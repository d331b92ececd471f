"""The control plane: registered registries and their health, workspaces and what they are given, API tokens."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, UniqueConstraint, and_

from kangaroo.store.meta.schema.base import Id, Words, count, flag, id_column, metadata, moment, text

instances = Table(
    "instances",
    metadata,
    id_column(),
    Column("workspace_id", Id, nullable=False, server_default="0"),  # 0: of the platform
    text("name"),
    text("kind"),  # KANGAROO (the built-in one), HARBOR, DOCKER_REGISTRY, JFROG
    text("url"),
    text("username", ""),
    text("credential", ""),  # encrypted
    text("ca", ""),  # PEM of a private authority
    flag("insecure"),
    text("integration"),  # Manual, Automatic (managed Harbor)
    text("description", ""),
    text("author", ""),
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("workspace_id", "name"),
)

instance_health = Table(
    "instance_health",
    metadata,
    Column(
        "instance_id",
        Id,
        ForeignKey("instances.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    text("state"),  # checking, healthy, degraded, unhealthy
    text("reason", ""),  # a word of base.reasons
    text("message", ""),
    text("version", ""),
    moment("transition_at"),
    moment("probed_at", nullable=True),
    moment("next_at", nullable=True),
    count("failures"),
)

instance_probes = Table(
    "instance_probes",
    metadata,
    id_column(),
    Column("instance_id", Id, ForeignKey("instances.id", ondelete="CASCADE"), nullable=False),
    moment("at"),
    text("state"),
    text("reason", ""),
    text("message", ""),
    count("duration"),  # microseconds
    Index("ix_instance_probes_instance_id_at", "instance_id", "at"),
)

instance_statistics = Table(
    "instance_statistics",
    metadata,
    Column("instance_id", Id, ForeignKey("instances.id", ondelete="CASCADE"), primary_key=True),
    Column("at", BigInteger, primary_key=True),
    count("bytes"),
    text("counts", "{}"),  # spaces, repositories, charts …, JSON
)

workspaces = Table(
    "workspaces",
    metadata,
    id_column(),
    text("name"),
    text("description", ""),
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("name"),
    sqlite_autoincrement=True,
)

platform_roles = Table(
    "platform_roles",
    metadata,
    id_column(),
    text("name"),
    text("scope"),  # platform, workspace
    text("points"),  # permission points, JSON
    moment("created_at"),
    UniqueConstraint("scope", "name"),
)

role_bindings = Table(
    "role_bindings",
    metadata,
    id_column(),
    Column("workspace_id", Id, nullable=False, server_default="0"),  # 0: in the platform
    text("entity_type"),  # u user, g group
    Column("entity_id", Id, nullable=False),
    text("role"),  # a built-in role's name, or a custom one's
    moment("created_at"),
    UniqueConstraint("workspace_id", "entity_type", "entity_id"),
    Index("ix_role_bindings_entity", "entity_type", "entity_id"),
)

space_bindings = Table(
    "space_bindings",
    metadata,
    Column("instance_id", Id, ForeignKey("instances.id", ondelete="CASCADE"), primary_key=True),
    Column("space", Words, primary_key=True),
    Column("workspace_id", Id, ForeignKey("workspaces.id"), primary_key=True, index=True),
    moment("created_at"),
)

temporary_credentials = Table(
    "temporary_credentials",
    metadata,
    id_column(),
    Column("instance_id", Id, ForeignKey("instances.id", ondelete="CASCADE"), nullable=False),
    Column("workspace_id", Id, nullable=False, index=True),
    Column("user_id", Id, nullable=False),
    text("robot"),  # its id at the instance
    text("purpose"),  # login: for a person, until it expires; standing, pull: of the workspace, kept
    text("secret", ""),  # encrypted; of kept ones only
    moment("expires_at", nullable=True),
    moment("created_at"),
)
_kept = temporary_credentials.c.purpose != "login", temporary_credentials.c.expires_at.is_(None)
Index(
    "uq_temporary_credentials_kept",
    temporary_credentials.c.instance_id,
    temporary_credentials.c.workspace_id,
    temporary_credentials.c.purpose,
    unique=True,
    sqlite_where=and_(*_kept),
    postgresql_where=and_(*_kept),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    id_column(),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    text("name"),
    text("secret_hash"),  # SHA-256
    moment("expires_at", nullable=True),
    moment("used_at", nullable=True),
    moment("created_at"),
    UniqueConstraint("user_id", "name"),
    UniqueConstraint("secret_hash"),
)
