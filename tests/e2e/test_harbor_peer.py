"""Another Harbor that replicates to us and from us: its requests, in its order, byte for byte as its adapter writes
them (goharbor/harbor src/pkg/reg/adapter/harbor, src/pkg/registry)."""

import base64
import gzip
import hashlib
import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.e2e.server import PASSWORD, Server

AGENT = "harbor-registry-client"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
ACCEPT = f"{MANIFEST}, application/vnd.oci.image.index.v1+json"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Peer:
    """It sends paths as they are, signs in by Basic at the API and by tokens at the registry."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection(server.host, timeout=60)
        basic = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        self._basic = {"Authorization": f"Basic {basic}", "User-Agent": AGENT}
        self._bearer: dict[str, str] = {}

    def api(self, method: str, path: str, body: object = None) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        headers = self._basic | ({"Content-Type": "application/json"} if content else {})
        return self._send(method, path, content, headers)

    def every(self, path: str) -> Iterator[Any]:
        """Of all pages, as Harbor's client follows them: the `next` of the Link header."""
        while path:
            answer = self.api("GET", path)
            assert answer.status == 200, answer
            yield from answer.json
            links = [one.strip() for one in (answer.headers["Link"] or "").split(",")]
            path = next((one[1 : one.index(">")] for one in links if 'rel="next"' in one), "")

    def v2(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Asks the token service when it is told to, once."""
        named = {name.replace("_", "-"): value for name, value in headers.items()} | {"User-Agent": AGENT}
        answer = self._send(method, path, body, named | self._bearer)
        if answer.status != 401:
            return answer
        scheme, _, rest = answer.headers["Www-Authenticate"].partition(" ")
        assert scheme == "Bearer"
        words = dict(part.split("=", 1) for part in rest.split(",", 2))
        facts = {name: value.strip('"') for name, value in words.items()}
        realm = urlsplit(facts["realm"])
        query = f"service={quote(facts['service'])}"
        for scope in facts.get("scope", "").split():
            query += f"&scope={quote(scope, safe='')}"
        token = self._send("GET", f"{realm.path}?{query}", None, self._basic)
        self._bearer = {"Authorization": f"Bearer {token.json['token']}"}
        return self._send(method, path, body, named | self._bearer)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        self._connection.request(method, path, body, headers)
        found = self._connection.getresponse()
        return Answer(found.status, found.headers, found.read())


@pytest.fixture
def peer(server: Server) -> Peer:
    return Peer(server)


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


CONFIG = json.dumps(
    {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}
).encode()
LAYER = gzip.compress(b"a layer of a peer" * 5000, mtime=0)
IMAGE = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digest_of(CONFIG),
            "size": len(CONFIG),
        },
        "layers": [
            {
                "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
                "digest": digest_of(LAYER),
                "size": len(LAYER),
            }
        ],
    }
).encode()


def introduce(peer: Peer) -> None:
    """What it asks when the endpoint is tested, and before every execution."""
    assert peer.api("GET", "/api/version").json == {"version": "v2.0"}
    health = peer.api("GET", "/api/v2.0/health").json
    assert health["status"] == "healthy", health
    info = peer.api("GET", "/api/v2.0/systeminfo").json
    assert info["harbor_version"]
    assert info["registry_url"]
    assert peer.api("GET", "/api/v2.0/labels?scope=g").json == []


def prepare(peer: Peer, *names: str) -> None:
    """The projects it pushes to, made unless they are there."""
    quoted = quote("name={" + " ".join(f"'{name}'" for name in names) + "}")
    assert list(peer.every(f"/api/v2.0/projects?q={quoted}&with_detail=false")) == []
    for name in names:
        body = {"project_name": name, "metadata": {"public": "false"}}
        assert peer.api("POST", "/api/v2.0/projects", body).status == 201
        assert peer.api("POST", "/api/v2.0/projects", body).status == 409
    for quotes in ("'", '"'):
        listed = quote("name={" + " ".join(f"{quotes}{name}{quotes}" for name in names) + "}", safe="")
        found = peer.every(f"/api/v2.0/projects?q={listed}&with_detail=false")
        assert [one["name"] for one in found] == sorted(names)


def send_blob(peer: Peer, repository: str, content: bytes) -> None:
    """Looked for, mounted from where it is, or sent in one piece."""
    digest = digest_of(content)
    if peer.v2("HEAD", f"/v2/{repository}/blobs/{digest}").status == 200:
        return
    wanted = quote(f"blob_digest={digest}")
    source = peer.api("GET", f"/api/v2.0/repositories?q={wanted}&page_size=1&page_number=1").json
    if source:
        mounted = peer.v2("POST", f"/v2/{repository}/blobs/uploads/?mount={digest}&from={source[0]['name']}")
        assert mounted.status == 201, mounted
        return
    begun = peer.v2("POST", f"/v2/{repository}/blobs/uploads/")
    assert begun.status == 202, begun
    place = urlsplit(begun.headers["Location"])
    separator = "&" if parse_qs(place.query) else ""
    url = f"{place.path}?{place.query}{separator}digest={quote(digest, safe='')}"
    sent = peer.v2("PUT", url, content, Content_Type="application/octet-stream")
    assert sent.status == 201, sent


def push(peer: Peer, repository: str, tag: str) -> None:
    path = f"/v2/{repository}/manifests/{tag}"
    assert peer.v2("HEAD", path, Accept=ACCEPT).status == 404
    for content in (LAYER, CONFIG):
        send_blob(peer, repository, content)
    assert peer.v2("PUT", path, IMAGE, Content_Type=MANIFEST).status == 201
    head = peer.v2("HEAD", path, Accept=ACCEPT)
    assert (head.status, head.headers["Docker-Content-Digest"]) == (200, digest_of(IMAGE))


def fetch(peer: Peer, project: str) -> None:
    """All it finds there, the layers in chunks."""
    assert project in [one["name"] for one in peer.every(f"/api/v2.0/projects?name={project}")]
    repositories = [
        one["name"] for one in peer.every(f"/api/v2.0/projects/{project}/repositories?page_size=2")
    ]
    assert sorted(repositories) == [f"{project}/a/b/c", f"{project}/app", f"{project}/copy"]
    for name in repositories:
        short = quote(quote(name.partition("/")[2], safe=""), safe="")
        place = f"/api/v2.0/projects/{project}/repositories/{short}/artifacts"
        [one] = peer.every(f"{place}?page_size=100&with_label=true&with_accessory=true")
        assert [tag["name"] for tag in one["tags"]] == ["1"]
        again = peer.api("GET", f"{place}/{one['digest']}?with_accessory=true&with_tag=true").json
        assert (again["digest"], again["accessories"]) == (digest_of(IMAGE), None)
        assert [tag["name"] for tag in peer.every(f"{place}/{one['digest']}/tags")] == ["1"]
        manifest = peer.v2("GET", f"/v2/{name}/manifests/{one['digest']}", Accept=ACCEPT)
        assert manifest.body == IMAGE
        half = len(LAYER) // 2
        blob = f"/v2/{name}/blobs/{digest_of(LAYER)}"
        chunks = [peer.v2("GET", blob, Range=piece) for piece in (f"bytes=0-{half}", f"bytes={half + 1}-")]
        assert [chunk.status for chunk in chunks] == [206, 206]
        assert b"".join(chunk.body for chunk in chunks) == LAYER


def test_it_replicates_to_us_and_from_us(peer: Peer) -> None:
    introduce(peer)
    prepare(peer, "peer", "peer-two")
    for repository in ("peer/app", "peer/a/b/c", "peer/copy", "peer-two/app"):
        push(peer, repository, "1")
    fetch(peer, "peer")
    # What was deleted there is deleted here, by its tag.
    place = "/api/v2.0/projects/peer/repositories/a%252Fb%252Fc/artifacts"
    assert peer.api("DELETE", f"{place}/1/tags/1").status == 200
    assert list(peer.every(f"{place}/{digest_of(IMAGE)}/tags")) == []
    time.sleep(6)  # counters are written every five seconds
    found = peer.api("GET", "/api/v2.0/projects/peer/repositories/app").json
    assert found.get("pull_count", 0) == 0, "its own pulls are not counted"
    log = list(peer.every("/api/v2.0/projects/peer/logs?page_size=100"))
    assert not [row for row in log if row["operation"] == "pull"]
