"""For who deploys: which images the workloads of a namespace may use, and what a manifest must say so that they can be
pulled. What shows is what shows in the namespace's workspace, or, when it has none, from nowhere."""

from dataclasses import dataclass

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Tag
from kangaroo.base.paging import Window
from kangaroo.core.clusters import ClusterName, Clusters, NamespaceName
from kangaroo.core.instances import PLATFORM, ImageName, Instance, InstanceName
from kangaroo.core.pull_secrets.content import host_of
from kangaroo.core.pull_secrets.objects import NAME
from kangaroo.core.pull_secrets.standing import Seen
from kangaroo.core.workspaces import Outlook, Standpoint, Workspaces
from kangaroo.store.meta import clusters
from kangaroo.store.meta import pull_secrets_standing as standings
from kangaroo.store.meta.database import Database

_EVERYTHING = Window(1, 0)


@dataclass(frozen=True, slots=True)
class Reference:
    """An image as a manifest names it: a host, a name, and what stands behind the name."""

    host: str
    image: ImageName
    tag: str = ""
    digest: Digest | None = None

    @classmethod
    def parse(cls, text: str) -> "Reference":
        """`host[:port]/space/name[:tag][@digest]`. Raises INVALID_FIELD."""
        host, _, rest = text.strip().partition("/")
        rest, at, digest = rest.partition("@")
        name, colon, tag = rest.partition(":")
        wrong = f"{text[:300]!r} is no image with the host of a registry in front"
        if not host:
            raise Failure(Code.INVALID_FIELD, field="image", reason=wrong)
        try:
            return cls(
                host.lower(),
                ImageName.split(name),
                Tag.parse(tag) if colon else "",
                Digest.parse(digest) if at else None,
            )
        except Failure as failure:
            raise Failure(Code.INVALID_FIELD, field="image", reason=f"{wrong}: {failure}") from failure

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.host}/{self.image}{tag}" + (f"@{self.digest}" if self.digest else "")


@dataclass(frozen=True, slots=True)
class Usable:
    """An image a namespace may use. `secret` is the one its pods name, empty where none is needed; `standing` is how it
    stands, None for a namespace of no workspace. `manifest` is YAML."""

    image: str
    secret: str
    standing: Seen | None
    manifest: str


class Selecting:
    """Every method raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND."""

    def __init__(self, database: Database, clusters_: Clusters, workspaces: Workspaces) -> None:
        self._database = database
        self._clusters = clusters_
        self._workspaces = workspaces

    async def outlook(self, actor: Actor, cluster: ClusterName, namespace: NamespaceName) -> Outlook:
        """From where somebody looks who deploys into a namespace."""
        return Outlook(await self._clusters.namespaces.workspace_of(actor, cluster, namespace))

    async def usable(
        self, actor: Actor, place: tuple[ClusterName, NamespaceName], reference: Reference, own_url: str
    ) -> Usable:
        """`own_url` is this installation's, as clients reach it. Raises PROJECT_UNKNOWN, REPOSITORY_UNKNOWN, and
        what is wrong with the instance."""
        cluster, namespace = place
        outlook = await self.outlook(actor, cluster, namespace)
        instance = await self._at(actor, outlook, reference.host, own_url)
        name = InstanceName(instance.name)
        view = await self._workspaces.looking.at(actor, outlook, name)
        at = Standpoint(outlook, name)
        if reference.digest is not None:
            await self._workspaces.images.artifact(actor, at, reference.image, reference.digest)
        else:
            await self._check_tag(actor, at, reference)
        space = await self._workspaces.spaces.get(actor, outlook, name, reference.image.space)
        own = view.instance.workspace != PLATFORM
        secret = NAME if outlook.workspace is not None and (own or not space.space.public) else ""
        standing = await self._standing(cluster, namespace)
        return Usable(str(reference), secret, standing, manifest(reference, namespace, secret))

    async def _at(self, actor: Actor, outlook: Outlook, host: str, own_url: str) -> Instance:
        """The instance whose images begin with this host. Raises NOT_FOUND."""
        seen = await self._workspaces.looking.instances(actor, outlook, _EVERYTHING)
        for one in seen.items:
            if host_of(one.url or own_url) == host:
                view = await self._workspaces.looking.at(actor, outlook, InstanceName(one.name))
                return view.instance
        raise Failure(Code.NOT_FOUND, what=f"registry {host}")

    async def _check_tag(self, actor: Actor, at: Standpoint, reference: Reference) -> None:
        tag = reference.tag or "latest"
        images = self._workspaces.images
        _, found = await images.artifacts(actor, at, reference.image, _EVERYTHING, tag)
        if not any(tag == one.name for artifact in found.items for one in artifact.tags):
            raise Failure(Code.MANIFEST_UNKNOWN, reference=tag, repository=str(reference.image))

    async def _standing(self, cluster: ClusterName, namespace: NamespaceName) -> Seen | None:
        async with self._database.read() as snapshot:
            known = await clusters.find(snapshot, cluster)
            row = None if known is None else await standings.get(snapshot, known.id, namespace)
        return None if row is None else Seen.of(row)


def manifest(reference: Reference, namespace: str, secret: str) -> str:
    """A pod that runs the image, as YAML; texts as JSON writes them, which YAML reads."""
    name = (
        reference.image.name.rpartition("/")[2].replace("_", "-").replace(".", "-").strip("-")[:63] or "main"
    )
    lines = [
        "apiVersion: v1",
        "kind: Pod",
        "metadata:",
        f"  name: {_text(name)}",
        f"  namespace: {_text(namespace)}",
        "spec:",
        *(["  imagePullSecrets:", f"    - name: {secret}"] if secret else []),
        "  containers:",
        f"    - name: {_text(name)}",
        f"      image: {_text(str(reference))}",
    ]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    return msgspec.json.encode(str(text)).decode()
