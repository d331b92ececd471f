"""Images as pages show them, wherever they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest
from kangaroo.core.instances import ImageName, InstanceName
from kangaroo.core.workspaces import BuildStep, Outlook, ScanOverview, Standpoint
from kangaroo.entrypoints.console.visit import path_of


@dataclass(frozen=True, slots=True)
class Corner:
    """Where somebody looks: at which registry, from which workspace (None: from none)."""

    registry: InstanceName
    workspace: int | None = None

    @property
    def root(self) -> str:
        """Of all registries one sees from here."""
        return "/images" if self.workspace is None else f"/w/{self.workspace}/images"

    @property
    def place(self) -> Standpoint:
        return Standpoint(Outlook(self.workspace), self.registry)

    def url(self, *parts: object) -> str:
        return self.root + path_of(self.registry, *parts)

    def image(self, image: ImageName, *parts: object) -> str:
        return self.url(image.space, image.name, *parts)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What somebody may do to the images of a space; core refuses the rest all the same."""

    describe: bool = False
    delete: bool = False
    tag: bool = False
    untag: bool = False
    push: bool = False
    scan: bool = False


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """`bound`: to the workspace one looks from. `images` None: nobody counts them there."""

    name: str
    public: bool
    images: int | None
    bound: bool = False
    created: Micros | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An artifact in a list. `kind` is Harbor's (IMAGE, CHART, …), `size` in bytes, `signatures` who made them."""

    digest: Digest
    size: int
    kind: str = "IMAGE"
    media_type: str = ""
    tags: Sequence[str] = ()
    immutable: frozenset[str] = frozenset()
    platforms: Sequence[str] = ()
    signatures: Sequence[str] = ()
    labels: Sequence[tuple[str, str]] = ()
    pushed: Micros | None = None
    pulled: Micros | None = None
    scan: ScanOverview | None = None

    @property
    def name(self) -> str:
        """The newest tag, or the digest."""
        return self.tags[0] if self.tags else str(self.digest)


@dataclass(frozen=True, slots=True)
class Layer:
    """`command` made it, where the build history tells."""

    digest: str
    size: int
    media_type: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """One platform of an index; `there` unless it was never pushed. `size` in bytes, of its manifest alone."""

    digest: Digest
    platform: str
    there: bool = True


@dataclass(frozen=True, slots=True)
class Companion:
    """What belongs to an artifact: a signature, an SBOM. `kind` is Harbor's accessory type."""

    digest: Digest
    kind: str
    size: int
    pushed: Micros | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One artifact. `manifest` is its JSON, set in lines; `config` what its config says, `annotations` its manifest;
    `texts` are files that came with it (a chart's readme and values), by name."""

    row: Row
    author: str = ""
    created: Micros | None = None
    manifest: str = ""
    layers: Sequence[Layer] = ()
    children: Sequence[Child] = ()
    companions: Sequence[Companion] = ()
    steps: Sequence[BuildStep] = ()
    config: Sequence[tuple[str, str]] = ()
    annotations: Sequence[tuple[str, str]] = ()
    texts: dict[str, str] = field(default_factory=dict)
