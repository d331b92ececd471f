"""Values of the contract about spaces and images. Times are microseconds (`base.clock`); None where a kind of
registry cannot know, which is never the same as zero."""

from dataclasses import dataclass, field
from enum import StrEnum

from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.names import ImageName, SpaceName


class Kind(StrEnum):
    HARBOR = "HARBOR"
    DOCKER_REGISTRY = "DOCKER_REGISTRY"
    JFROG = "JFROG"


class Capability(StrEnum):
    """What a kind of registry may be able to do beyond listing, pulling and pushing."""

    SPACES_CREATE = "spaces.create"
    SPACES_DELETE = "spaces.delete"
    SPACES_VISIBILITY = "spaces.visibility"
    QUOTA = "quota"
    STATISTICS = "statistics"
    DELETE = "delete"
    DESCRIPTION = "description"
    SCAN = "scan"
    RETENTION = "retention"
    REPLICATION = "replication"
    ROBOTS = "robots"


class Account(StrEnum):
    """What a credential is. A Docker Registry cannot tell: everybody with a credential is a user there."""

    ADMIN = "admin"
    ROBOT = "robot"
    USER = "user"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Credential:
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """`version` is empty when the registry does not say; `able` is what this credential may use there.

    `rights` are those of a robot at system level, as (resource, action), where the registry tells them.
    """

    kind: Kind
    version: str
    account: Account
    user: str
    able: frozenset[Capability]
    rights: frozenset[tuple[str, str]] = frozenset()

    def require_admin(self, url: str) -> None:
        """NOT_ADMIN unless it is one, or a robot that stands for one in that it may make spaces."""
        robot = self.account is Account.ROBOT and Capability.SPACES_CREATE in self.able
        if self.account is not Account.ADMIN and not robot:
            raise InstanceFailure(Reason.NOT_ADMIN, url=url, user=self.user or "anonymous")


@dataclass(frozen=True, slots=True)
class Space:
    """`id` is 0 where spaces have none. `proxy`: it caches another registry, and cannot be pushed to."""

    name: SpaceName
    public: bool
    images: int | None = None
    created: Micros | None = None
    id: int = 0
    retention_id: int = 0
    proxy: bool = False


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes; `limit` None is unlimited."""

    used: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """`storage` in bytes."""

    public_spaces: int
    private_spaces: int
    public_images: int
    private_images: int
    storage: int | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """`artifacts`: how many; a Docker Registry counts its tags."""

    name: ImageName
    artifacts: int
    pulls: int | None = None
    updated: Micros | None = None
    created: Micros | None = None
    description: str = ""


class ImageOrder(StrEnum):
    """The last four are by name where the registry does not count."""

    NAME = "name"
    PULLS = "pulls"
    PULLS_DESCENDING = "-pulls"
    UPDATED = "updated"
    UPDATED_DESCENDING = "-updated"


@dataclass(frozen=True, slots=True)
class TagInfo:
    name: str
    pushed: Micros | None = None


@dataclass(frozen=True, slots=True)
class Platform:
    os: str = ""
    architecture: str = ""
    variant: str = ""
    os_version: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """What an index refers to."""

    digest: Digest
    platform: Platform


@dataclass(frozen=True, slots=True)
class BuildStep:
    """One line of an image's history; `empty` ones made no layer."""

    created_by: str
    created: Micros | None = None
    comment: str = ""
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Vulnerabilities:
    total: int
    fixable: int
    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class ScanOverview:
    """`status`: pending, running, success, error or stopped; `severity` of the worst finding, in lower case."""

    report_id: str
    status: str
    severity: str
    seconds: int = 0
    started: Micros | None = None
    ended: Micros | None = None
    scanner: tuple[str, str, str] = ("", "", "")  # name, vendor, version
    found: Vulnerabilities | None = None


@dataclass(frozen=True, slots=True)
class Accessory:
    """What belongs to an artifact: a signature, an SBOM. `kind` is Harbor's accessory type (`signature.cosign`)."""

    digest: Digest
    kind: str
    size: int
    pushed: Micros | None = None


@dataclass(frozen=True, slots=True)
class Artifact:
    """`size` is what a pull transfers: manifest, config and layers; for an index, of all its children.

    `platform`, `author` and `created` are those of an image's config; lists may leave them out.
    """

    digest: Digest
    media_type: str
    size: int
    tags: tuple[TagInfo, ...] = ()
    children: tuple[Child, ...] = ()
    accessories: tuple[Accessory, ...] = ()
    pushed: Micros | None = None
    pulled: Micros | None = None
    platform: Platform | None = None
    author: str = ""
    created: Micros | None = None
    scan: ScanOverview | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """`content` is exact: `digest` is its digest."""

    media_type: str
    digest: Digest
    content: bytes


@dataclass(frozen=True, slots=True)
class Descriptor:
    media_type: str
    digest: Digest
    size: int
