"""Ready commands for the tools people push with, and what makes a tool trust a registry it does not trust yet. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from shlex import quote
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a registry answers. `authority` are the certificates (PEM) of a private authority; empty: the public ones
    do, or there are none to check (`plain` is HTTP, `insecure` is a certificate nobody can verify)."""

    host: str
    plain: bool = False
    authority: str = ""
    insecure: bool = False

    @classmethod
    def of(cls, url: str, authority: str = "", *, insecure: bool = False) -> "Endpoint":
        parts = urlsplit(url)
        plain = parts.scheme == "http"
        return cls(parts.netloc, plain, "" if plain else authority, insecure and not plain)

    @property
    def trusted(self) -> bool:
        return not (self.plain or self.insecure or self.authority)


@dataclass(frozen=True, slots=True)
class Commands:
    """`login` by tool. `trust`: what to do before, by tool; empty when the certificate is publicly trusted."""

    login: Mapping[str, str]
    trust: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pass:
    username: str
    secret: str = field(repr=False)


def commands(endpoint: Endpoint, one: Pass, example: str) -> Commands:
    """`example` is an image the pass may push, as space/name:tag."""
    return Commands(_login(endpoint, one, example), {} if endpoint.trusted else _trust(endpoint))


def _login(endpoint: Endpoint, one: Pass, example: str) -> dict[str, str]:
    host, user = quote(endpoint.host), quote(one.username)
    piped = f"printf %s {quote(one.secret)} |"
    behind = f"-u {user} --password-stdin"
    unverified = endpoint.plain or endpoint.insecure
    skip = " --tls-verify=false" if unverified else ""
    ctr = " --plain-http" if endpoint.plain else " --skip-verify" if endpoint.insecure else ""
    helm = " --plain-http" if endpoint.plain else " --insecure" if endpoint.insecure else ""
    ca = f" --ca-file {quote(_file(endpoint))}" if endpoint.authority else ""
    ctr_ca = f" --tlscacert {quote(_file(endpoint))}" if endpoint.authority else ""
    both = quote(f"{one.username}:{one.secret}")
    return {
        "docker": f"{piped} docker login {host} {behind}",
        "podman": f"{piped} podman login {host} {behind}{skip}",
        "nerdctl": f"{piped} nerdctl{' --insecure-registry' if unverified else ''} login {host} {behind}",
        "containerd": f"ctr images push --user {both}{ctr}{ctr_ca} {quote(f'{endpoint.host}/{example}')}",
        "skopeo": f"{piped} skopeo login {host} {behind}{skip}",
        "helm": f"{piped} helm registry login {host} {behind}{helm}{ca}",
    }


def _trust(endpoint: Endpoint) -> dict[str, str]:
    """Needs root, but for what reads the file that is written for containerd."""
    host = endpoint.host
    url = f"{'http' if endpoint.plain else 'https'}://{host}"
    hosts = f'server = "{url}"\n\n[host."{url}"]\n  capabilities = ["pull", "resolve", "push"]\n'
    if not endpoint.authority:
        hosts += "" if endpoint.plain else "  skip_verify = true\n"
        daemon = (
            f'add "{host}" to "insecure-registries" in /etc/docker/daemon.json, then: systemctl reload docker'
        )
        return {
            "docker": daemon,
            "podman": _written(
                f"/etc/containers/registries.conf.d/{_slug(host)}.conf",
                f'[[registry]]\nlocation = "{host}"\ninsecure = true\n',
            ),
            "containerd": _written(f"/etc/containerd/certs.d/{host}/hosts.toml", hosts),
        }
    hosts += f'  ca = "{_file(endpoint)}"\n'
    authority = _written(_file(endpoint), endpoint.authority)
    return {
        "docker": _written(f"/etc/docker/certs.d/{host}/ca.crt", endpoint.authority),
        "podman": _written(f"/etc/containers/certs.d/{host}/ca.crt", endpoint.authority),
        "containerd": authority + "\n" + _written(f"/etc/containerd/certs.d/{host}/hosts.toml", hosts),
        "helm": authority,
    }


def _file(endpoint: Endpoint) -> str:
    return f"/etc/containerd/certs.d/{endpoint.host}/ca.crt"


def _slug(host: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in host)


def _written(path: str, content: str) -> str:
    folder = path.rpartition("/")[0]
    body = content if content.endswith("\n") else content + "\n"
    return f"mkdir -p {quote(folder)} && cat > {quote(path)} <<'EOF'\n{body}EOF"
