"""A Harbor as the contract has it."""

import time

from kangaroo.remote.content import V2Content
from kangaroo.remote.harbor.api import Api
from kangaroo.remote.harbor.identity import check, identify
from kangaroo.remote.harbor.images import HarborImages
from kangaroo.remote.harbor.replication import HarborReplication
from kangaroo.remote.harbor.retention import HarborRetention
from kangaroo.remote.harbor.robots import HarborRobots
from kangaroo.remote.harbor.scanning import HarborScanning
from kangaroo.remote.harbor.spaces import HarborSpaces
from kangaroo.remote.tokens import SignIn
from kangaroo.remote.transport import Transport
from kangaroo.remote.v2 import V2
from kangaroo.remote.values import Capability, Credential, Identity, Kind


class HarborRegistry:
    kind = Kind.HARBOR
    capabilities = frozenset(Capability)

    def __init__(self, transport: Transport, credential: Credential | None) -> None:
        self._transport = transport
        self._api = Api(transport, credential)
        self.spaces = HarborSpaces(self._api)
        self.images = HarborImages(self._api)
        self.content = V2Content(V2(transport, SignIn(credential)))
        self.scanning = HarborScanning(self._api)
        self.retention = HarborRetention(self._api)
        self.replication = HarborReplication(self._api)
        self.robots = HarborRobots(self._api)

    async def identify(self) -> Identity:
        return await self._transport.promptly(identify(self._api.hurried()))

    async def probe(self) -> float:
        began = time.monotonic()
        await self._transport.promptly(check(self._api.hurried()))
        return time.monotonic() - began

    async def close(self) -> None:
        await self._transport.close()
