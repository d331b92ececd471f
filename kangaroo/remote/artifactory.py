"""JFrog Artifactory: its Docker repositories are spaces, each with a registry of its own.

Built against the documented REST API (JFrog's "Artifactory REST APIs"; names of resources are in the code) and tested
with a stand-in that speaks it: no real Artifactory was at hand. Content goes over `/api/docker/<repository>/v2`; what
the registry API cannot do (times, deletion, sizes) over the storage API, where an image is a folder with a folder for
each tag.
"""

import time

import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.artifactory_images import ArtifactoryImages
from kangaroo.remote.artifactory_rest import Rest
from kangaroo.remote.challenges import Basic
from kangaroo.remote.content import V2Content
from kangaroo.remote.distribution import catalog
from kangaroo.remote.failures import refusal, said
from kangaroo.remote.lacking import FixedSpaces, WithoutEngines
from kangaroo.remote.names import ImageName, SpaceName
from kangaroo.remote.together import together
from kangaroo.remote.tokens import SignIn
from kangaroo.remote.transport import Transport
from kangaroo.remote.v2 import V2
from kangaroo.remote.values import Account, Capability, Credential, Identity, Kind, Space, Statistics
from kangaroo.remote.windows import cut, like

_ABLE = frozenset({Capability.STATISTICS, Capability.DELETE})


class _Repository(msgspec.Struct):
    key: str
    type: str = ""


class _Version(msgspec.Struct):
    version: str


class _Summary(msgspec.Struct, rename="camel"):
    repo_key: str = ""
    used_space_in_bytes: int = 0


class _Storage(msgspec.Struct, rename="camel"):
    repositories_summary_list: list[_Summary] | None = None


def docker_root(image: ImageName) -> str:
    return f"/api/docker/{image.space}/v2/{image.name}"


class ArtifactorySpaces(FixedSpaces):
    def __init__(self, rest: Rest, v2: V2) -> None:
        self.kind = Kind.JFROG
        self._rest = rest
        self._v2 = v2

    async def images(self, space: SpaceName) -> list[ImageName]:
        found = []
        for name in await catalog(self._v2, f"/api/docker/{space}/v2/_catalog"):
            try:
                found.append(ImageName.parse(space, name))
            except Failure:  # no Docker client could pull it
                continue
        return found

    async def page(self, window: Window, fuzzy: str = "", public: bool | None = None) -> Page[Space]:
        """Artifactory has permissions for groups of repositories, and no word for public ones."""
        named = [] if public else [name for name in await self._all() if like(fuzzy, name)]
        shown = cut(named, window)
        counts = await together(self.images(name) for name in shown)
        found = [_space(name, images) for name, images in zip(shown, counts, strict=True)]
        return Page(found, len(named))

    async def get(self, space: SpaceName) -> Space:
        if space not in await self._all():
            raise Failure(Code.NOT_FOUND, what=f"space {space}")
        return _space(space, await self.images(space))

    async def statistics(self) -> Statistics:
        """Storage is told to administrators only."""
        names = await self._all()
        images = await together(self.images(name) for name in names)
        answer = await self._rest.ask("GET", "/api/storageinfo")
        storage = None
        if answer.status == 200:
            rows = answer.json(_Storage).repositories_summary_list or []
            storage = sum(row.used_space_in_bytes for row in rows if row.repo_key in names)
        return Statistics(0, len(names), 0, sum(map(len, images)), storage)

    async def _all(self) -> list[SpaceName]:
        answer = await self._rest.good("GET", "/api/repositories?packageType=docker", "repositories")
        return sorted(SpaceName.parse(one.key) for one in answer.rows(list[_Repository]))


class ArtifactoryRegistry(WithoutEngines):
    kind = Kind.JFROG
    capabilities = _ABLE

    def __init__(self, transport: Transport, credential: Credential | None) -> None:
        self._transport = transport
        self._credential = credential
        self._rest = Rest(transport, credential)
        v2 = V2(transport, SignIn(credential, Basic() if credential else None), docker_root)
        self.content = V2Content(v2)
        self.spaces = ArtifactorySpaces(self._rest, v2)
        self.images = ArtifactoryImages(self._rest, self.content, self.spaces.images)

    async def identify(self) -> Identity:
        return await self._transport.promptly(self._identify())

    async def probe(self) -> float:
        began = time.monotonic()
        await self._transport.promptly(self._version())
        return time.monotonic() - began

    async def close(self) -> None:
        await self._transport.close()

    async def _identify(self) -> Identity:
        version = await self._version()
        if self._credential is None:
            return Identity(self.kind, version, Account.ANONYMOUS, "", self.capabilities)
        told = await self._rest.hurried().ask("GET", "/api/storageinfo")
        account = Account.ADMIN if told.status == 200 else Account.USER
        return Identity(self.kind, version, account, self._credential.username, self.capabilities)

    async def _version(self) -> str:
        answer = await self._rest.hurried().ask("GET", "/api/system/version")
        if answer.status in (401, 403):
            raise refusal(answer, "version", self._rest.user)
        try:
            if answer.status == 200:
                return answer.json(_Version).version
        except InstanceFailure:
            pass  # a page of something else
        origin, found = self._transport.origin, f"GET /api/system/version answers {answer.status}: "
        raise InstanceFailure(
            Reason.NOT_A_REGISTRY, url=origin, kind="JFrog Artifactory", found=found + said(answer)[:80]
        )


def _space(name: SpaceName, images: list[ImageName]) -> Space:
    return Space(name, public=False, images=len(images))
