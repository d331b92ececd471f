"""Repositories and what is in them.

    repositories ─┬─ artifacts ─┬─ artifact_blobs ──┐      blobs: one row per content kept, with its location
                  │             ├─ artifact_children │      manifests: the bytes of every manifest
                  │             └─ tags              │      trash: locations to remove from the content store
                  └─ repository_blobs ◄──────────────┘      project_blobs: what counts towards a project's quota

The foreign keys are what makes garbage collection safe against pushes under way: a blob row cannot go while a
repository links it, a link cannot go while an artifact refers to it, whoever commits first.
"""

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Table, UniqueConstraint

from kangaroo.store.meta.schema.base import Id, Words, body, count, flag, id_column, metadata, moment, text

repositories = Table(
    "repositories",
    metadata,
    id_column(),
    Column("project_id", Id, ForeignKey("projects.id"), nullable=False),
    text("name"),  # whole: project/path
    text("description", ""),
    flag("listed"),  # since its first manifest; before, it only holds the blobs of a push under way
    count("pull_count"),
    moment("pulled_at", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("name"),
    Index("ix_repositories_project_created", "project_id", "listed", "created_at", "id"),
    Index("ix_repositories_created", "listed", "created_at", "id"),
    Index("ix_repositories_updated", "listed", "updated_at"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("digest", Words, primary_key=True),
    count("size"),
    text("location"),
    flag("damaged"),  # found broken by fsck: answers as unknown until the same content is pushed again
    moment("created_at"),
    Index("ix_blobs_size", "size"),  # the total of all content, without reading the rows
)

repository_blobs = Table(
    "repository_blobs",
    metadata,
    Column("repository_id", Id, ForeignKey("repositories.id"), primary_key=True),
    Column("digest", Words, ForeignKey("blobs.digest"), primary_key=True),
    Column("project_id", Id, nullable=False),
    flag(
        "counted"
    ),  # in the project's quota; off once its last artifact is gone and it only waits for collection
    moment("touched_at"),  # uploaded, mounted, found by a pusher's HEAD, or released: the grace starts here
    Index("ix_repository_blobs_digest", "digest"),
    Index("ix_repository_blobs_touched_at", "touched_at"),
)

manifests = Table(
    "manifests",
    metadata,
    Column("digest", Words, primary_key=True),
    body("content"),
)

# A list of 100,000 artifacts is counted, filtered and cut to a page within an index: in its order, newest first, with
# the columns people filter by.
_LIST = ("listed", "pushed_at", "id", "tagged", "kind", "media_type", "artifact_type", "accessory", "size")

artifacts = Table(
    "artifacts",
    metadata,
    id_column(),
    Column("project_id", Id, ForeignKey("projects.id"), nullable=False),
    Column("repository_id", Id, ForeignKey("repositories.id"), nullable=False),
    Column("digest", Words, ForeignKey("manifests.digest"), nullable=False, index=True),
    text("manifest_media_type"),
    text("media_type"),  # of the config for manifests, of the manifest for indexes (Harbor's media_type)
    text("artifact_type"),  # declared, else the config's media type
    text("kind"),  # Harbor's type: IMAGE, CHART, …
    count("size"),  # manifest, config and layers, bytes; of an index: itself and its children
    text("annotations", "{}"),
    text("attributes", "{}"),  # Harbor's extra_attrs
    text("subject", nullable=True),
    text("accessory", nullable=True),  # Harbor's accessory type, when this artifact is one
    text("accessory_of", nullable=True),  # the digest it belongs to: its subject, or by cosign's tag scheme
    moment("pushed_at"),
    moment("pulled_at", nullable=True),
    flag("tagged"),
    flag("listed"),  # shows in lists by itself: no accessory, and tagged or in no index; see artifacts_listed
    UniqueConstraint("repository_id", "digest"),
    Index("ix_artifacts_repository_subject", "repository_id", "subject"),
    Index("ix_artifacts_repository_accessory_of", "repository_id", "accessory_of"),
    Index("ix_artifacts_repository_listed", "repository_id", *_LIST),
    Index("ix_artifacts_project_listed", "project_id", *_LIST),
)

artifact_blobs = Table(
    "artifact_blobs",
    metadata,
    Column("artifact_id", Id, ForeignKey("artifacts.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", Words, primary_key=True),
    Column("repository_id", Id, nullable=False),
    ForeignKeyConstraint(
        ["repository_id", "digest"], ["repository_blobs.repository_id", "repository_blobs.digest"]
    ),
    Index("ix_artifact_blobs_repository_digest", "repository_id", "digest"),
)

artifact_children = Table(
    "artifact_children",
    metadata,
    Column("parent_id", Id, ForeignKey("artifacts.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Id, primary_key=True),
    Column("repository_id", Id, nullable=False),
    text("digest"),  # may be absent from the repository: a sparse index
    text("descriptor"),  # as it stands in the index, JSON
    Index("ix_artifact_children_repository_digest", "repository_id", "digest"),
)

tags = Table(
    "tags",
    metadata,
    id_column(),
    Column("repository_id", Id, ForeignKey("repositories.id"), nullable=False),
    Column("artifact_id", Id, ForeignKey("artifacts.id"), nullable=False),
    text("name"),
    moment("pushed_at"),
    moment("pulled_at", nullable=True),
    UniqueConstraint("repository_id", "name"),
    Index("ix_tags_artifact", "artifact_id", "pushed_at", "id", "name"),
)

project_blobs = Table(
    "project_blobs",
    metadata,
    Column("project_id", Id, ForeignKey("projects.id"), primary_key=True),
    Column("digest", Words, primary_key=True),
    count("links"),  # repositories of the project that count it
    count("size"),
)

trash = Table(
    "trash",
    metadata,
    Column("location", Words, primary_key=True),
    count("size"),
    moment("created_at"),
)
