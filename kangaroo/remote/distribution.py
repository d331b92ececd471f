"""Docker Registry (distribution 2.x and 3.x, and whatever else speaks only the OCI distribution-spec).

It knows images, not spaces: the first segment of a name is its space, `/` that of names without one; all are public to
who has the credential. Its catalog goes on naming images that were emptied: lists of images leave them out, while
spaces and statistics, which are counted without asking for each image, include them.
"""

import time
from collections import Counter
from contextlib import suppress

import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.answers import Answer
from kangaroo.remote.content import V2Content
from kangaroo.remote.failures import said
from kangaroo.remote.lacking import FixedSpaces, WithoutEngines
from kangaroo.remote.links import next_page
from kangaroo.remote.names import ImageName, SpaceName
from kangaroo.remote.tokens import SignIn
from kangaroo.remote.transport import Transport
from kangaroo.remote.v2 import V2
from kangaroo.remote.v2_images import V2Images
from kangaroo.remote.values import Account, Capability, Credential, Identity, Kind, Space, Statistics
from kangaroo.remote.windows import cut, like

_CATALOG = ("registry:catalog:*",)
_NAMES_AT_ONCE = 1000
_ABLE = frozenset({Capability.STATISTICS, Capability.DELETE})


class _Names(msgspec.Struct):
    repositories: list[str] | None = None


async def catalog(v2: V2, path: str) -> list[str]:
    """All of it; `path` is that of the catalog."""
    found: list[str] = []
    target: str | None = f"{path}?n={_NAMES_AT_ONCE}"
    while target:
        answer = await v2.call("GET", target, _CATALOG)
        if answer.status != 200:
            raise v2.refusal(answer, "catalog")
        found += answer.json(_Names).repositories or []
        target = next_page(answer)
    return found


class DistributionSpaces(FixedSpaces):
    def __init__(self, v2: V2) -> None:
        self.kind = Kind.DOCKER_REGISTRY
        self._v2 = v2

    async def images(self, space: SpaceName) -> list[ImageName]:
        return [image for image in await self._all() if image.space == space]

    async def page(self, window: Window, fuzzy: str = "", public: bool | None = None) -> Page[Space]:
        counts = await self._counts()
        found = [] if public is False else sorted(name for name in counts if like(fuzzy, name))
        return Page([_space(name, counts[name]) for name in cut(found, window)], len(found))

    async def get(self, space: SpaceName) -> Space:
        counts = await self._counts()
        if space not in counts:
            raise Failure(Code.NOT_FOUND, what=f"space {space}")
        return _space(space, counts[space])

    async def statistics(self) -> Statistics:
        counts = await self._counts()
        return Statistics(len(counts), 0, counts.total(), 0)

    async def _counts(self) -> Counter[SpaceName]:
        return Counter(image.space for image in await self._all())

    async def _all(self) -> list[ImageName]:
        """Names that nobody could pull are not shown."""
        found = []
        for name in await catalog(self._v2, "/v2/_catalog"):
            with suppress(Failure):
                found.append(ImageName.split(name))
        return found


class DistributionRegistry(WithoutEngines):
    kind = Kind.DOCKER_REGISTRY
    capabilities = _ABLE

    def __init__(self, transport: Transport, credential: Credential | None) -> None:
        self._transport = transport
        self._credential = credential
        self._v2 = V2(transport, SignIn(credential))
        self.content = V2Content(self._v2)
        self.spaces = DistributionSpaces(self._v2)
        self.images = V2Images(self.kind, self.content, self.spaces.images)

    async def identify(self) -> Identity:
        """It does not tell its version, and whom a credential belongs to only in that it accepts it."""
        await self._transport.promptly(self._met())
        account = Account.USER if self._credential else Account.ANONYMOUS
        user = self._credential.username if self._credential else ""
        return Identity(self.kind, "", account, user, self.capabilities)

    async def probe(self) -> float:
        began = time.monotonic()
        await self._transport.promptly(self._met())
        return time.monotonic() - began

    async def close(self) -> None:
        await self._transport.close()

    async def _met(self) -> None:
        transport = self._transport.hurried()
        first = await transport.call("GET", "/v2/")
        if not _is_registry(first):
            found = f"GET /v2/ answers {first.status}: {said(first)[:80]}"
            raise InstanceFailure(
                Reason.NOT_A_REGISTRY, url=transport.origin, kind="Docker Registry", found=found
            )
        signed = await self._v2.hurried().call("GET", "/v2/", ())
        if signed.status != 200:
            raise self._v2.refusal(signed, "registry")


def _is_registry(answer: Answer) -> bool:
    if answer.headers.get("Docker-Distribution-Api-Version", "").startswith("registry/2"):
        return True
    if answer.status == 401:
        return "WWW-Authenticate" in answer.headers
    json = answer.headers.get("Content-Type", "").startswith("application/json")
    return answer.status == 200 and (json or not answer.body)


def _space(name: SpaceName, images: int) -> Space:
    return Space(name, public=True, images=images)
