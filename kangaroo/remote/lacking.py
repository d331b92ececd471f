"""What a kind of registry does not have, said in one way."""

from typing import NoReturn

from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.contract import Replication, Retention, Robots, Scanning
from kangaroo.remote.names import SpaceName
from kangaroo.remote.values import Capability, Kind, Quota


def lacks(kind: Kind, capability: Capability) -> NoReturn:
    raise InstanceFailure(Reason.UNSUPPORTED, kind=kind, capability=capability)


class WithoutEngines:
    """The parts of the contract that only Harbor has."""

    kind: Kind

    @property
    def scanning(self) -> Scanning:
        lacks(self.kind, Capability.SCAN)

    @property
    def retention(self) -> Retention:
        lacks(self.kind, Capability.RETENTION)

    @property
    def replication(self) -> Replication:
        lacks(self.kind, Capability.REPLICATION)

    @property
    def robots(self) -> Robots:
        lacks(self.kind, Capability.ROBOTS)


class FixedSpaces:
    """Spaces that somebody else makes."""

    kind: Kind

    async def create(self, space: SpaceName, *, public: bool) -> None:  # noqa: ARG002
        lacks(self.kind, Capability.SPACES_CREATE)

    async def delete(self, space: SpaceName) -> None:  # noqa: ARG002
        lacks(self.kind, Capability.SPACES_DELETE)

    async def set_public(self, space: SpaceName, *, public: bool) -> None:  # noqa: ARG002
        lacks(self.kind, Capability.SPACES_VISIBILITY)

    async def quota(self, space: SpaceName) -> Quota:  # noqa: ARG002
        lacks(self.kind, Capability.QUOTA)
