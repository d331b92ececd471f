"""Images in a workspace: browsing what shows, describing and deleting where one may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.access.journal import Deed
from kangaroo.core.instances import ImageName, InstanceKind, InstanceName, Point, RemoteRegistry, SpaceName
from kangaroo.core.workspaces.looking import Looking, Outlook, View
from kangaroo.core.workspaces.rules import pushable
from kangaroo.core.workspaces.spaces import shown
from kangaroo.remote.values import Artifact, BuildStep, Capability, Image, ImageOrder, Manifest, Space


@dataclass(frozen=True, slots=True)
class Standpoint:
    """From where somebody looks, and at which instance."""

    outlook: Outlook
    instance: InstanceName


@dataclass(frozen=True, slots=True)
class _Open:
    """A space that shows, with the client that reaches it."""

    view: View
    space: Space
    client: RemoteRegistry


class Images:
    """Every method raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND, PROJECT_UNKNOWN for a space that does not show, and what
    is wrong with the instance."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    async def page(
        self,
        actor: Actor,
        at: Standpoint,
        space: SpaceName,
        window: Window,
        fuzzy: str = "",
        order: ImageOrder = ImageOrder.NAME,
    ) -> tuple[Space, Page[Image]]:
        async with self._inside(actor, at, space) as inside:
            found = await inside.client.images.page(space, window, fuzzy, order)
            return inside.space, found

    async def get(self, actor: Actor, at: Standpoint, image: ImageName) -> tuple[Space, Image]:
        async with self._inside(actor, at, image.space) as inside:
            return inside.space, await inside.client.images.get(image)

    async def artifacts(
        self, actor: Actor, at: Standpoint, image: ImageName, window: Window, fuzzy_tag: str = ""
    ) -> tuple[View, Page[Artifact]]:
        async with self._inside(actor, at, image.space) as inside:
            return inside.view, await inside.client.images.artifacts(image, window, fuzzy_tag)

    async def artifact(
        self, actor: Actor, at: Standpoint, image: ImageName, digest: Digest
    ) -> tuple[View, Artifact, list[BuildStep]]:
        """With its build history: empty for an index."""
        async with self._inside(actor, at, image.space) as inside:
            found = await inside.client.images.artifact(image, digest)
            return inside.view, found, await inside.client.images.history(image, digest)

    async def history(
        self, actor: Actor, at: Standpoint, image: ImageName, digest: Digest
    ) -> list[BuildStep]:
        async with self._inside(actor, at, image.space) as inside:
            return await inside.client.images.history(image, digest)

    async def manifest(self, actor: Actor, at: Standpoint, image: ImageName, digest: Digest) -> Manifest:
        """In the bytes it was pushed with. Raises MANIFEST_UNKNOWN."""
        async with self._inside(actor, at, image.space) as inside:
            return await inside.client.content.manifest(image, digest)

    async def describe(self, actor: Actor, at: Standpoint, image: ImageName, description: str) -> None:
        """Markdown. Raises UNSUPPORTED, DENIED."""
        async with self._changing(actor, at, image.space, Point.UPDATE_IMAGE) as inside:
            _check(inside, Capability.DESCRIPTION)
            await inside.client.images.describe(image, description)

    async def delete(self, actor: Actor, at: Standpoint, image: ImageName) -> None:
        """With all its artifacts. Raises UNSUPPORTED, DENIED, PRECONDITION (a tag is immutable)."""
        async with self._changing(actor, at, image.space, Point.DELETE_IMAGE) as inside:
            _check(inside, Capability.DELETE)
            await inside.client.images.delete(image)
            await self._removed(actor, inside, image)

    async def delete_artifact(self, actor: Actor, at: Standpoint, image: ImageName, digest: Digest) -> None:
        """With all its tags. Raises UNSUPPORTED, DENIED, PRECONDITION (immutable, or an index refers to it)."""
        async with self._changing(actor, at, image.space, Point.DELETE_IMAGE) as inside:
            _check(inside, Capability.DELETE)
            await inside.client.images.delete_artifact(image, digest)
            await self._removed(actor, inside, image, digest)

    @asynccontextmanager
    async def _inside(
        self, actor: Actor, at: Standpoint, space: SpaceName, point: Point = Point.GET_IMAGE
    ) -> AsyncIterator[_Open]:
        view = await self._looking.at(actor, at.outlook, at.instance, point)
        async with self._looking.opener.use(actor, view.instance) as client:
            yield _Open(view, await shown(client, view, space), client)

    @asynccontextmanager
    async def _changing(
        self, actor: Actor, at: Standpoint, space: SpaceName, point: Point
    ) -> AsyncIterator[_Open]:
        """What every workspace sees is none's to change. Raises DENIED for a space that is not the workspace's own."""
        async with self._inside(actor, at, space, point) as inside:
            if not pushable([inside.space], inside.view.facts):
                workspace = inside.view.facts.workspace
                raise Failure(Code.DENIED, "space_shared", space=space, workspace=workspace)
            yield inside

    async def _removed(
        self, actor: Actor, inside: _Open, image: ImageName, digest: Digest | None = None
    ) -> None:
        """The built-in registry notes it itself."""
        instance = inside.view.instance
        if instance.kind == InstanceKind.KANGAROO:
            return
        name = f"{instance.name}/{image}"
        deed = (
            Deed("delete_repository", name) if digest is None else Deed("delete_artifact", f"{name}@{digest}")
        )
        async with self._looking.database.write() as transaction:
            await self._looking.authority.record(transaction, actor, deed)


def _check(inside: _Open, capability: Capability) -> None:
    if capability not in inside.client.capabilities:
        kind = inside.view.instance.kind
        raise InstanceFailure(Reason.UNSUPPORTED, kind=kind, capability=str(capability))
