"""Scans of what shows in a workspace: started, stopped, looked into; and which scanner serves a space."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances import ImageName, InstanceName, Instances, Point, SpaceName, Which
from kangaroo.core.workspaces import Looking, Standpoint, shown
from kangaroo.remote import contract
from kangaroo.remote.policies import Scanner
from kangaroo.remote.values import Capability


class Scan:
    """Every method raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND, PROJECT_UNKNOWN for a space that does not show,
    UNSUPPORTED, and what is wrong with the instance."""

    def __init__(self, instances: Instances, looking: Looking) -> None:
        self._instances = instances
        self._looking = looking

    async def scanner(self, actor: Actor, name: InstanceName, space: SpaceName) -> Scanner | None:
        """Which scanner serves a space of the platform; None: no one does."""
        instance = await self._instances.require(actor, Which(name), Point.GET_REGISTRY_SPACE)
        async with self._instances.opener.use(actor, instance, Capability.SCAN) as client:
            return await client.scanning.scanner(space)

    async def available(self, actor: Actor, at: Standpoint) -> bool:
        """Whether the instance can scan at all."""
        view = await self._looking.at(actor, at.outlook, at.instance)
        async with self._looking.opener.use(actor, view.instance) as client:
            return Capability.SCAN in client.capabilities

    async def start(self, actor: Actor, at: Standpoint, image: ImageName, digest: Digest) -> None:
        """It goes on by itself; an index with all it refers to."""
        async with self._inside(actor, at, image.space, Point.CREATE_IMAGE) as scanning:
            await scanning.start(image, digest)

    async def stop(self, actor: Actor, at: Standpoint, image: ImageName, digest: Digest) -> None:
        async with self._inside(actor, at, image.space, Point.CREATE_IMAGE) as scanning:
            await scanning.stop(image, digest)

    async def log(self, actor: Actor, at: Standpoint, image: ImageName, digest: Digest, report: str) -> str:
        """`report` is the id that the artifact's scan overview has."""
        async with self._inside(actor, at, image.space) as scanning:
            return await scanning.log(image, digest, report)

    async def report(self, actor: Actor, at: Standpoint, image: ImageName, digest: Digest) -> dict[str, Any]:
        """Findings by media type, as the scanner gave them; empty before the first scan."""
        async with self._inside(actor, at, image.space) as scanning:
            return await scanning.report(image, digest)

    @asynccontextmanager
    async def _inside(
        self, actor: Actor, at: Standpoint, space: SpaceName, point: Point = Point.GET_IMAGE
    ) -> AsyncIterator[contract.Scanning]:
        view = await self._looking.at(actor, at.outlook, at.instance, point)
        if point is not Point.GET_IMAGE and at.outlook.workspace is None:
            raise Failure(Code.FORBIDDEN, action=point, resource=f"space {space} from no workspace")
        async with self._looking.opener.use(actor, view.instance, Capability.SCAN) as client:
            await shown(client, view, space)
            yield client.scanning
