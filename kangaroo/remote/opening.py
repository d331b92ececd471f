"""A client for a registry of any kind; only the wiring asks for one."""

from kangaroo.remote.artifactory import ArtifactoryRegistry
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.distribution import DistributionRegistry
from kangaroo.remote.harbor import HarborRegistry
from kangaroo.remote.options import Options
from kangaroo.remote.transport import Transport
from kangaroo.remote.values import Credential, Kind
from kangaroo.remote.wire import parse_base

_ARTIFACTORY = "/artifactory"


def open_remote(
    kind: Kind, url: str, credential: Credential | None, options: Options | None = None
) -> RemoteRegistry:
    """Nothing is sent yet. Close it in the loop that used it. Raises INVALID_FIELD for what is no URL of a registry.

    A path is kept, for registries below one; Artifactory's may be left out.
    """
    base = parse_base(url)
    if kind is Kind.JFROG and not base.raw_path.rstrip("/").endswith(_ARTIFACTORY):
        base = base.with_path(base.raw_path.rstrip("/") + _ARTIFACTORY, encoded=True)
    transport = Transport.to(base, options or Options())
    if kind is Kind.HARBOR:
        return HarborRegistry(transport, credential)
    if kind is Kind.JFROG:
        return ArtifactoryRegistry(transport, credential)
    return DistributionRegistry(transport, credential)
