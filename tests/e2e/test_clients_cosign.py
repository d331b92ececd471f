"""cosign: signs and verifies with a local key, as a referrer and by the older scheme of tags."""

import json
from pathlib import Path

import pytest

from tests.e2e.clients import Client, image
from tests.e2e.conftest import Account
from tests.e2e.server import Server

pytestmark = pytest.mark.clients
PLAIN = ("--allow-http-registry",)
# Nothing of the public good instance: no certificates, no transparency log.
SIGN = ("sign", "--key", "ours.key", "--use-signing-config=false", "--tlog-upload=false", "--yes", *PLAIN)
VERIFY = ("verify", "--insecure-ignore-tlog", *PLAIN)
FORMATS = {"referrer": "true", "tag": "false"}


@pytest.fixture
def crane(tmp_path: Path, server: Server, account: Account) -> Client:
    client = Client("crane", tmp_path, {"DOCKER_CONFIG": str(tmp_path / "docker")})
    client("auth", "login", server.host, "-u", account.name, "-p", account.password)
    return client


@pytest.fixture
def cosign(crane: Client) -> Client:
    """With the keys `ours` and `theirs`, and the credentials of crane."""
    client = Client("cosign", crane.home, {**crane.environment, "COSIGN_PASSWORD": "secret"})
    for key in ("ours", "theirs"):
        client("generate-key-pair", "--output-key-prefix", key)
    return client


@pytest.fixture
def signed(cosign: Client, crane: Client, server: Server, name: str) -> str:
    """An image by its digest, not signed yet."""
    return crane("push", image("small").path, f"{server.host}/private/{name}:1").strip()


@pytest.mark.parametrize("form", FORMATS)
def test_a_signature_is_found_and_verified(cosign: Client, crane: Client, signed: str, form: str) -> None:
    new = f"--new-bundle-format={FORMATS[form]}"
    assert cosign.refused(*VERIFY, new, "--key", "ours.pub", signed)
    cosign(*SIGN, new, "-a", "by=test", signed)
    verified = json.loads(cosign(*VERIFY, new, "--key", "ours.pub", "-a", "by=test", signed))
    assert signed.endswith(verified[0]["critical"]["image"]["docker-manifest-digest"])
    assert cosign.refused(*VERIFY, new, "--key", "theirs.pub", signed)
    tags = crane("ls", signed.partition("@")[0]).split()
    signature = image("small").digest.replace(":", "-") + ".sig"
    assert (signature in tags) == (form == "tag")


def test_an_attestation_is_found_by_its_type(cosign: Client, signed: str) -> None:
    (cosign.home / "predicate.json").write_text('{"scanned": true}')
    switches = ("--use-signing-config=false", "--tlog-upload=false", "--yes", *PLAIN)
    about = ("--type", "https://example.test/scan", "--predicate", "predicate.json")
    cosign("attest", "--key", "ours.key", *switches, *about, signed)
    look = ("verify-attestation", "--insecure-ignore-tlog", *PLAIN, "--key", "ours.pub")
    found = cosign(*look, "--type", "https://example.test/scan", signed)
    assert json.loads(found.splitlines()[0])["payloadType"] == "application/vnd.in-toto+json"
    assert cosign.refused(*look, "--type", "https://example.test/other", signed)


def test_signatures_are_shown_beside_the_image(cosign: Client, signed: str) -> None:
    for new in FORMATS.values():
        cosign(*SIGN, f"--new-bundle-format={new}", signed)
    tree = cosign("tree", *PLAIN, signed)
    assert image("small").digest.replace(":", "-") + ".sig" in tree
    assert "https://sigstore.dev/cosign/sign/v1 artifacts via OCI referrer" in cosign(
        "tree", *PLAIN, "--experimental-oci11", signed
    )


def test_who_may_only_pull_verifies_but_cannot_sign(
    cosign: Client, crane: Client, server: Server, name: str
) -> None:
    public = crane("push", image("small").path, f"{server.host}/library/{name}:1").strip()
    cosign(*SIGN, public)
    crane("auth", "logout", server.host)
    cosign(*VERIFY, "--key", "ours.pub", public)
    assert "UNAUTHORIZED" in cosign.refused(*SIGN, public)
