"""Additions: the history of an image, what is in a chart, reports."""

import json

import pytest

from kangaroo.core.registry import additions_chart
from tests.core.registry.shelf import CHART_LAYER, Shelf, archived, descriptor
from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.conftest import PASSWORD

IMAGE = "projects/library/repositories/app/artifacts/v1/additions"
CHART = "projects/library/repositories/web/artifacts/1/additions"
VALUES = "image:\n  tag: ä\n".encode()


@pytest.fixture
def admin(installation) -> HarborClient:
    """Not judged: the description knows only JSON here, and Harbor answers otherwise."""
    return HarborClient(installation, judged=False).signed_in("admin", PASSWORD)


@pytest.fixture
def shelf(installation) -> Shelf:
    return Shelf(installation.wired.services)


async def test_the_history_of_an_image(admin, shelf) -> None:
    history = [{"created": "2026-01-01T00:00:00Z", "created_by": "COPY . /", "empty_layer": True}]
    await shelf.image("library/app", "v1", history=history)
    answer = await admin("GET", f"{IMAGE}/build_history")
    assert (answer.status, answer.json()) == (200, history)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert (await admin("GET", f"{IMAGE}/BUILD_HISTORY")).json() == history


async def test_an_image_without_history(admin, shelf) -> None:
    await shelf.image("library/app", "v1")
    assert await admin.get(f"{IMAGE}/build_history") == []


async def test_files_of_a_chart(admin, shelf) -> None:
    files = {
        "web/Chart.yaml": b"name: web",
        "web/values.yaml": VALUES,
        "web/charts/sub/values.yaml": b"not this",
        "web/README.md": b"# Web",
    }
    needs = [{"name": "db", "version": "1", "repository": "oci://x"}]
    await shelf.chart("library/web", "1", files, dependencies=needs)
    answer = await admin("GET", f"{CHART}/values.yaml")
    assert (answer.body, answer.headers["content-type"]) == (VALUES, "text/plain; charset=utf-8")
    answer = await admin("GET", f"{CHART}/readme.md")
    assert (answer.body, answer.headers["content-type"]) == (b"# Web", "text/markdown; charset=utf-8")
    answer = await admin("GET", f"{CHART}/dependencies")
    assert (answer.json(), answer.headers["content-type"]) == (needs, "application/json; charset=utf-8")


async def test_a_chart_without_them(admin, shelf) -> None:
    await shelf.chart("library/web", "1", {"web/Chart.yaml": b"name: web"})
    assert (await admin("GET", f"{CHART}/values.yaml")).body == b""
    assert (await admin("GET", f"{CHART}/readme.md")).body == b""
    assert await admin.get(f"{CHART}/dependencies") == []


@pytest.mark.parametrize(
    "archive",
    [b"", b"no archive", archived({"web/values.yaml": VALUES})[:40]],
    ids=["empty", "bytes", "cut off"],
)
async def test_a_broken_chart(admin, shelf, archive) -> None:
    config = await shelf.blob("library/web", b'{"name": "web"}')
    await shelf.blob("library/web", archive)
    body = {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("application/vnd.cncf.helm.config.v1+json", config),
        "layers": [descriptor(CHART_LAYER, archive)],
    }
    await shelf.manifest("library/web", "1", body)
    answer = await admin("GET", f"{CHART}/values.yaml")
    assert answer.status == 400, answer.body


async def test_a_chart_that_unpacks_without_end(admin, shelf, monkeypatch) -> None:
    await shelf.chart("library/web", "1", {"web/other": bytes(300_000), "web/values.yaml": VALUES})
    monkeypatch.setattr(additions_chart, "UNPACKED", 100_000)
    assert (await admin("GET", f"{CHART}/values.yaml")).status == 413
    monkeypatch.setattr(additions_chart, "UNPACKED", 1_000_000)
    assert (await admin("GET", f"{CHART}/values.yaml")).body == VALUES
    monkeypatch.setattr(additions_chart, "FILES", 1)
    assert (await admin("GET", f"{CHART}/values.yaml")).status == 413


async def test_a_file_that_is_too_large(admin, shelf) -> None:
    await shelf.chart("library/web", "1", {"web/values.yaml": bytes(5 << 20)})
    assert (await admin("GET", f"{CHART}/values.yaml")).status == 413


async def test_what_an_artifact_does_not_have(admin, shelf) -> None:
    child = await shelf.image("library/app", "v1")
    await shelf.index("library/index", "v1", child)
    await shelf.chart("library/web", "1", {})
    for path in (
        f"{IMAGE}/values.yaml",
        f"{IMAGE}/sbom",
        f"{CHART}/build_history",
        "projects/library/repositories/index/artifacts/v1/additions/build_history",
    ):
        answer = await admin("GET", path)
        assert (answer.status, answer.json()["errors"][0]["code"]) == (400, "BAD_REQUEST")
    assert (await admin("GET", f"{IMAGE}/nonsense")).status == 422
    assert (await admin("GET", f"{CHART.replace('/1/', '/2/')}/values.yaml")).status == 404


async def test_reports(admin, shelf) -> None:
    await shelf.image("library/app", "v1")
    answer = await admin("GET", f"{IMAGE}/vulnerabilities")
    assert (answer.status, answer.json()) == (200, {})
    assert answer.headers["content-type"] == "application/json"


async def test_an_sbom(admin, shelf) -> None:
    """As Harbor stores it: an artifact of its own, a referrer of the image."""
    subject = await shelf.image("library/app", "v1")
    document = await shelf.blob("library/app", json.dumps({"spdxVersion": "SPDX-2.3"}).encode())
    config = await shelf.blob("library/app", b"{}")
    kind = "application/vnd.goharbor.harbor.sbom.v1"
    body = {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor(kind, config),
        "layers": [descriptor("application/vnd.goharbor.harbor.sbom.v1+json", document)],
        "subject": {"mediaType": "x", "digest": subject, "size": 1},
    }
    sbom = await shelf.manifest("library/app", None, body)
    place = f"projects/library/repositories/app/artifacts/{sbom}"
    assert list((await admin.get(place))["addition_links"]) == ["sbom"]
    answer = await admin("GET", f"{place}/additions/sbom")
    assert (answer.status, answer.body) == (200, document)
