"""What a client machine must do to trust a server that has an authority of its own: a script to paste there.

Where clients look: docker's certs.d, containerd's hosts.md, containers-certs.d(5), update-ca-certificates(8).
"""

from collections.abc import Callable
from enum import StrEnum
from urllib.parse import urlsplit

from kangaroo.base.errors import Code, Failure


class Client(StrEnum):
    DOCKER = "docker"
    CONTAINERD = "containerd"
    PODMAN = "podman"
    SYSTEM = "system"


def trust_script(client: Client, url: str, authority: str) -> str:
    """A shell script, complete with the authority's PEM text. Raises INVALID_FIELD for a URL that is none."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.netloc or "'" in url:
        raise Failure(Code.INVALID_FIELD, field="--url", reason=f"{url} is not of the form https://host:port")
    return _SCRIPTS[client](parts.netloc, authority.strip())


def _docker(host: str, authority: str) -> str:
    return f"""\
# Docker: trust {host}. As root on every machine whose Docker daemon pulls from it; no restart is needed.
{_placed(f"/etc/docker/certs.d/{host}/ca.crt", authority)}
# Then: docker login {host}
"""


def _containerd(host: str, authority: str) -> str:
    folder = f"/etc/containerd/certs.d/{host}"
    hosts = f"""\
server = "https://{host}"

[host."https://{host}"]
  capabilities = ["pull", "resolve", "push"]
  ca = "{folder}/ca.crt"
"""
    return f"""\
# containerd: trust {host}. As root on every node.
{_placed(f"{folder}/ca.crt", authority)}
{_placed(f"{folder}/hosts.toml", hosts.strip())}
# Kubernetes nodes: once, /etc/containerd/config.toml must name the folder, and containerd be restarted:
#   containerd 1.x:  [plugins."io.containerd.grpc.v1.cri".registry]
#                      config_path = "/etc/containerd/certs.d"
#   containerd 2.x:  [plugins."io.containerd.cri.v1.images".registry]
#                      config_path = "/etc/containerd/certs.d"
# nerdctl looks there by itself; ctr needs: ctr images pull --hosts-dir /etc/containerd/certs.d {host}/...
"""


def _podman(host: str, authority: str) -> str:
    return f"""\
# Podman, skopeo, buildah and CRI-O: trust {host}. As root, or below ~/.config/containers/certs.d.
{_placed(f"/etc/containers/certs.d/{host}/ca.crt", authority)}
# Then: podman login {host}
"""


def _system(host: str, authority: str) -> str:
    name = "kangaroo-" + "".join(letter if letter.isalnum() else "-" for letter in host).strip("-")
    return f"""\
# The whole system: curl, helm, oras, cosign, crane, browsers that use the system's store. As root.
if command -v update-ca-certificates >/dev/null; then  # Debian, Ubuntu, Alpine, SUSE
  anchors=/usr/local/share/ca-certificates update=update-ca-certificates
  [ ! -d /etc/pki/trust/anchors ] || anchors=/etc/pki/trust/anchors
else  # RHEL, Fedora, Rocky
  anchors=/etc/pki/ca-trust/source/anchors update='update-ca-trust extract'
fi
mkdir -p "$anchors"
cat >"$anchors/{name}.crt" <<'EOF'
{authority}
EOF
$update
# Programs that run already, the Docker daemon among them, see it after their restart.
"""


def _placed(path: str, content: str) -> str:
    folder = path.rpartition("/")[0]
    return f"mkdir -p '{folder}'\ncat >'{path}' <<'EOF'\n{content}\nEOF"


_SCRIPTS: dict[Client, Callable[[str, str], str]] = {
    Client.DOCKER: _docker,
    Client.CONTAINERD: _containerd,
    Client.PODMAN: _podman,
    Client.SYSTEM: _system,
}
