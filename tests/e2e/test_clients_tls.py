"""Every client over `--tls auto`, reached by IP address: with our authority all goes well, without it nothing does."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kangaroo.app.addresses import main_address
from tests.e2e.clients import Client, Engine, Layout, image
from tests.e2e.daemons import containerd, dockerd
from tests.e2e.server import PASSWORD, Server

pytestmark = pytest.mark.clients
UNTRUSTED = re.compile(r"x509|certificate signed by unknown authority|certificate verify failed")
USER = ("-u", "admin", "-p", PASSWORD)


@pytest.fixture(autouse=True)
def reached_by_address(secure: Server) -> None:
    assert secure.url.startswith("https://127.0.0.1:")


@pytest.fixture
def certificates(secure: Server, tmp_path: Path) -> Path:
    """A folder as containers-certs.d(5) wants it."""
    (tmp_path / "certs").mkdir()
    shutil.copy(secure.authority, tmp_path / "certs" / "ca.crt")
    return tmp_path / "certs"


def refused(call: Callable[..., str], *arguments: str | Path, **options: str) -> None:
    said = call(*arguments, **options)
    assert UNTRUSTED.search(said), said


def test_skopeo(secure: Server, name: str, tmp_path: Path, certificates: Path) -> None:
    skopeo, pulled = Client("skopeo", tmp_path), Layout(tmp_path / "pulled")
    where, auth = f"docker://{secure.host}/private/{name}:1", ("--authfile", "auth.json")
    refused(skopeo.refused, "login", *auth, *USER, secure.host)
    skopeo("login", "--cert-dir", certificates, *auth, *USER, secure.host)
    copy = ("copy", "--preserve-digests", "--all", *auth)
    refused(skopeo.refused, *copy, image("multi").oci, where)
    skopeo(*copy, "--dest-cert-dir", certificates, image("multi").oci, where)
    refused(skopeo.refused, *copy, where, pulled.oci)
    skopeo(*copy, "--src-cert-dir", certificates, where, pulled.oci)
    assert pulled.contents() == image("multi").contents()


def test_skopeo_moves_a_whole_system(secure: Server, name: str, tmp_path: Path, certificates: Path) -> None:
    skopeo, pulled = Client("skopeo", tmp_path), Layout(tmp_path / "pulled")
    where, auth = f"docker://{secure.host}/library/{name}:1", ("--authfile", "auth.json")
    skopeo("login", "--cert-dir", certificates, *auth, *USER, secure.host)
    skopeo("copy", "--preserve-digests", *auth, "--dest-cert-dir", certificates, image("debian").oci, where)
    skopeo("copy", "--src-no-creds", "--src-cert-dir", certificates, where, pulled.oci)
    assert pulled.contents() == image("debian").contents()


def test_podman(secure: Server, name: str, tmp_path: Path, short: Path, certificates: Path) -> None:
    podman = Engine("podman", tmp_path, run=short)
    where, auth, trust = (
        f"{secure.host}/private/{name}:1",
        ("--authfile", "auth.json"),
        ("--cert-dir", certificates),
    )
    refused(podman.refused, "login", *auth, *USER, secure.host)
    podman("login", *trust, *auth, *USER, secure.host)
    podman.load(image("small"), where)
    refused(podman.refused, "push", *auth, where)
    podman("push", *trust, *auth, where)
    podman("rmi", "-a", "-f")
    refused(podman.refused, "pull", *auth, where)
    podman("pull", "-q", *trust, *auth, where)
    assert f"sha256:{podman.ids()[where]}" == image("small").manifest["config"]["digest"]


@pytest.fixture
def ctr(tmp_path: Path) -> Iterator[Client]:
    (tmp_path / "containerd").mkdir()
    with containerd(tmp_path / "containerd") as client:
        yield client


def test_containerd(secure: Server, name: str, tmp_path: Path, ctr: Client) -> None:
    """Configured as `kangaroo tls trust containerd` prescribes."""
    host = f'server = "{secure.url}"\n[host."{secure.url}"]\n'
    for folder, more in (("trusting", f'  ca = "{secure.authority}"\n'), ("doubting", "")):
        hosts = tmp_path / folder / secure.host
        hosts.mkdir(parents=True)
        (hosts / "hosts.toml").write_text(host + more)
    where, user = f"{secure.host}/private/{name}:test", ("-u", f"admin:{PASSWORD}")
    trust, doubt = ("--hosts-dir", tmp_path / "trusting"), ("--hosts-dir", tmp_path / "doubting")
    archive = shutil.make_archive(str(tmp_path / "image"), "tar", image("small").path)
    ctr("image", "import", "--no-unpack", "--base-name", where.removesuffix(":test"), archive)
    refused(ctr.refused, "image", "push", *user, *doubt, where)
    ctr("image", "push", *user, *trust, where)
    ctr("image", "rm", "--sync", where)
    pull = ("image", "pull", *user, "--snapshotter", "native")
    refused(ctr.refused, *pull, *doubt, where)
    ctr(*pull, *trust, where)
    assert image("small").digest in ctr("image", "ls")


@pytest.fixture
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server at the address other machines use."""
    address = main_address().strip("[]")
    if address == "localhost":
        pytest.skip("this machine has no address besides loopback")
    with Server(tmp_path_factory.mktemp("far"), tls="auto", host=address) as running:
        yield running


@pytest.fixture
def place_of_docker(far: Server) -> Iterator[Path]:
    """Where docker looks for the authority of the server; it knows no other place."""
    folder = Path("/etc/docker/certs.d") / far.host
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True)
    except PermissionError:
        pytest.skip("only root may tell docker whom to trust")
    yield folder
    (folder / "ca.crt").unlink(missing_ok=True)
    with suppress(OSError):  # docker keeps things of its own beside
        for path in made:
            path.rmdir()


def test_docker(far: Server, place_of_docker: Path, tmp_path: Path) -> None:
    """By the address of this machine: on loopback its daemon verifies nothing."""
    where = f"{far.host}/library/app:1"
    Client("skopeo", tmp_path)("copy", image("small").oci, f"docker-archive:{tmp_path}/image.tar:{where}")
    (tmp_path / "dockerd").mkdir()
    with dockerd(tmp_path / "dockerd") as docker:
        login = ("login", "-u", "admin", "--password-stdin", far.host)
        refused(docker.refused, *login, stdin=PASSWORD)
        shutil.copy(far.authority, place_of_docker / "ca.crt")
        docker(*login, stdin=PASSWORD)
        docker("load", "-i", tmp_path / "image.tar")
        docker("push", where)
        docker("image", "rm", where)
        docker("pull", where)
        assert (
            docker("image", "inspect", "--format", "{{.Id}}", where).strip()
            == image("small").manifest["config"]["digest"]
        )


@pytest.mark.parametrize("tool", ["crane", "cosign"])
def test_what_looks_into_the_store_of_the_system(
    secure: Server, name: str, tmp_path: Path, tool: str
) -> None:
    """crane pushes and pulls; cosign signs and verifies what crane has pushed."""
    home = {"DOCKER_CONFIG": str(tmp_path / "docker"), "COSIGN_PASSWORD": "secret"}
    trusting = {**home, "SSL_CERT_FILE": str(secure.authority)}
    crane = Client("crane", tmp_path, trusting)
    crane("auth", "login", secure.host, *USER)
    where = crane("push", image("small").path, f"{secure.host}/private/{name}:1").strip()
    assert where.endswith(image("small").digest)
    if tool == "crane":
        refused(Client("crane", tmp_path, home).refused, "manifest", where)
        crane("pull", where, tmp_path / "image.tar")
        return
    cosign = Client("cosign", tmp_path, trusting)
    cosign("generate-key-pair", "--output-key-prefix", "ours")
    sign = ("sign", "--key", "ours.key", "--use-signing-config=false", "--tlog-upload=false", "--yes", where)
    refused(Client("cosign", tmp_path, home).refused, *sign)
    cosign(*sign)
    cosign("verify", "--key", "ours.pub", "--insecure-ignore-tlog", where)


def test_regctl(secure: Server, name: str, tmp_path: Path) -> None:
    regctl = Client("regctl", tmp_path, {"REGCTL_CONFIG": str(tmp_path / "config.json")})
    where, pulled = f"{secure.host}/private/{name}:1", Layout(tmp_path / "pulled")
    login = ("registry", "login", "-u", "admin", "--pass-stdin", secure.host)
    refused(regctl.refused, *login, stdin=PASSWORD)
    regctl("registry", "set", "--skip-check", "--cacert", secure.authority.read_text(), secure.host)
    regctl(*login, stdin=PASSWORD)
    regctl("image", "copy", f"ocidir://{image('multi').path}:test", where)
    regctl("image", "copy", where, f"ocidir://{pulled.path}:test")
    assert pulled.contents() == image("multi").contents()


def test_oras(secure: Server, name: str, tmp_path: Path) -> None:
    oras = Client("oras", tmp_path)
    where, config = f"{secure.host}/private/{name}:1", ("--registry-config", "config.json")
    trust = ("--ca-file", secure.authority)
    (tmp_path / "notes.txt").write_text("some notes")
    refused(oras.refused, "login", *config, *USER, secure.host)
    oras("login", *config, *trust, *USER, secure.host)
    refused(oras.refused, "push", *config, where, "notes.txt")
    oras("push", *config, *trust, where, "notes.txt")
    refused(oras.refused, "pull", *config, "-o", "pulled", where)
    oras("pull", *config, *trust, "-o", "pulled", where)
    assert (tmp_path / "pulled" / "notes.txt").read_text() == "some notes"


def test_helm(secure: Server, name: str, tmp_path: Path) -> None:
    places = {f"HELM_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
    helm, trust = Client("helm", tmp_path, places), ("--ca-file", secure.authority)
    refused(helm.refused, "registry", "login", *USER, secure.host)
    helm("registry", "login", *trust, *USER, secure.host)
    helm("create", name)
    helm("package", name, "--version", "1.2.3")
    push = ("push", f"{name}-1.2.3.tgz", f"oci://{secure.host}/private")
    refused(helm.refused, *push)
    helm(*push, *trust)
    pull = ("pull", f"oci://{secure.host}/private/{name}", "--version", "1.2.3", "--untar", "-d", "pulled")
    refused(helm.refused, *pull)
    helm(*pull, *trust)
    assert (tmp_path / "pulled" / name / "Chart.yaml").exists()
