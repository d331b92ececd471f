"""The built-in registry, looked at by one's roles in its spaces."""

from typing import Any

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, Reference, RepositoryName
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, ListQuery, equal
from kangaroo.core.instances import ImageName, SpaceName
from kangaroo.core.registry import Child as ChildRow
from kangaroo.core.registry import Details, Repository, Shown, additions_of
from kangaroo.core.services import Services
from kangaroo.core.workspaces import BuildStep, Image
from kangaroo.entrypoints.console import images_reading as reading
from kangaroo.entrypoints.console.images_values import Abilities, Child, Companion, Detail, Row, SpaceRow
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.moments import moment

_EVERYTHING = Details(labels=True, inherited=True, immutable=True)
_IMAGES = {"name": "name", "pulls": "pull_count", "updated": "update_time"}
_ARTIFACTS = {"size": "size", "pushed": "push_time", "pulled": "pull_time"}
_TEXTS = ("readme.md", "values.yaml")


class OwnShelf:
    def __init__(self, services: Services, actor: Actor, host: str) -> None:
        self._services = services
        self._registry = services.registry
        self._actor = actor
        self._host = host

    async def host(self) -> str:
        return self._host

    async def spaces(self, listing: Listing) -> Page[SpaceRow]:
        found = await self._services.projects.page(self._actor, listing.query({"name": "name"}))
        return Page(
            [
                SpaceRow(
                    one.name, one.metadata.get("public") == "true", one.repositories, created=one.created_at
                )
                for one in found.items
            ],
            found.total,
        )

    async def everywhere(self, listing: Listing) -> Page[Image]:
        """In all spaces he sees."""
        found = await self._registry.catalogue.page_of_all(self._actor, listing.query(_IMAGES))
        return Page([_image(one) for one in found.items], found.total)

    async def images(self, listing: Listing, space: SpaceName) -> Page[Image]:
        found = await self._registry.catalogue.page(self._actor, _project(space), listing.query(_IMAGES))
        return Page([_image(one) for one in found.items], found.total)

    async def image(self, image: ImageName) -> Image:
        """Found in the list: in a public space everybody may read that, and only members a single row."""
        name = _repository(image)
        query = ListQuery(window=Window(1, 1)).where("name", equal(name))
        page = await self._registry.catalogue.page(self._actor, name.project, query)
        if not page.items:
            raise Failure(Code.REPOSITORY_UNKNOWN, repository=name)
        return _image(page.items[0])

    async def artifacts(self, image: ImageName, listing: Listing) -> Page[Row]:
        found = await self._registry.artifacts.page(
            self._actor, _repository(image), _asked(listing), _EVERYTHING
        )
        return Page([_row(one) for one in found.items], found.total)

    async def artifact(self, image: ImageName, reference: Reference) -> Detail:
        name = _repository(image)
        shown = await self._registry.artifacts.get(self._actor, name, reference, _EVERYTHING)
        digest = shown.artifact.digest
        content = (await self._registry.pull.manifest(self._actor, name, digest)).content
        manifest, attributes = reading.object_of(content), reading.object_of(shown.artifact.attributes)
        additions = additions_of(shown.artifact)
        steps = await self._steps(name, digest) if "build_history" in additions else []
        return Detail(
            row=_row(shown),
            author=str(attributes.get("author") or ""),
            created=moment(str(attributes.get("created") or "")),
            manifest=reading.pretty(content),
            layers=reading.layers_of(manifest, steps),
            children=[_child(one) for one in shown.children],
            companions=[
                Companion(one.digest, one.kind, one.size, one.pushed_at) for one in shown.accessories
            ],
            steps=steps,
            config=reading.config_of(attributes),
            annotations=reading.annotations_of(manifest),
            texts={one: await self._text(name, digest, one) for one in _TEXTS if one in additions},
        )

    async def abilities(self, space: SpaceName) -> Abilities:
        project, may, actor = _project(space), self._services.access.may, self._actor
        return Abilities(
            describe=await may(actor, "repository", "update", project),
            delete=await may(actor, "artifact", "delete", project),
            tag=await may(actor, "tag", "create", project),
            untag=await may(actor, "tag", "delete", project),
            push=await may(actor, "repository", "push", project),
        )

    async def describe(self, image: ImageName, description: str) -> None:
        await self._registry.catalogue.describe(self._actor, _repository(image), description)

    async def delete(self, image: ImageName) -> None:
        await self._registry.catalogue.delete(self._actor, _repository(image))

    async def delete_artifact(self, image: ImageName, digest: Digest) -> None:
        await self._registry.artifacts.delete(self._actor, _repository(image), digest)

    async def _steps(self, name: RepositoryName, digest: Digest) -> list[BuildStep]:
        try:
            told = await self._registry.additions.get(self._actor, name, digest, "build_history")
            found: list[Any] = msgspec.json.decode(told.content, type=list[Any])
        except (Failure, msgspec.MsgspecError):  # its config is not of the usual shape
            return []
        return [_step(one) for one in found if isinstance(one, dict)]

    async def _text(self, name: RepositoryName, digest: Digest, addition: str) -> str:
        """Empty when a chart has no such file, or a broken one."""
        try:
            found = await self._registry.additions.get(self._actor, name, digest, addition)
        except Failure:
            return ""
        return found.content.decode("utf-8", "replace")


def _asked(listing: Listing) -> ListQuery:
    """`q` is a part of a tag, or the beginning of a digest."""
    query = ListQuery(sorts=listing.order(_ARTIFACTS), window=listing.window)
    if listing.q.startswith(("sha256:", "sha512:")):
        query = query.where("digest", Contains(listing.q))
    elif listing.q:
        query = query.where("tags", Contains(listing.q))
    return query


def _project(space: SpaceName) -> ProjectName:
    try:
        return ProjectName.parse(space)
    except Failure as failure:
        raise Failure(Code.PROJECT_UNKNOWN, project=space) from failure


def _repository(image: ImageName) -> RepositoryName:
    try:
        return RepositoryName.parse(str(image))
    except Failure as failure:
        raise Failure(Code.REPOSITORY_UNKNOWN, repository=str(image)) from failure


def _image(row: Repository) -> Image:
    return Image(
        name=ImageName.split(row.name),
        artifacts=row.artifacts,
        pulls=row.pull_count,
        updated=row.updated_at,
        created=row.created_at,
        description=row.description,
    )


def _row(shown: Shown) -> Row:
    artifact = shown.artifact
    platforms = [platform for one in shown.children if (platform := _child(one).platform)]
    own = reading.platform_of(reading.object_of(artifact.attributes))
    return Row(
        digest=artifact.digest,
        size=artifact.size,
        kind=artifact.kind,
        media_type=artifact.manifest_media_type,
        tags=[tag.name for tag in shown.tags],
        immutable=shown.immutable,
        platforms=platforms or ([own] if own else []),
        signatures=reading.signatures(one.kind for one in (*shown.accessories, *shown.inherited)),
        labels=[(label.wording.name, label.wording.color) for label in shown.labels],
        pushed=artifact.pushed_at,
        pulled=artifact.pulled_at,
    )


def _child(row: ChildRow) -> Child:
    return Child(
        row.digest,
        reading.platform_of(reading.object_of(row.descriptor).get("platform")),
        row.child_id is not None,
    )


def _step(given: dict[str, Any]) -> BuildStep:
    return BuildStep(
        str(given.get("created_by") or ""),
        moment(str(given.get("created") or "")),
        str(given.get("comment") or ""),
        given.get("empty_layer") is True,
    )
