"""Scans of an artifact: started, looked into, stopped, at a Harbor with a scanner; and what is read of reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.entrypoints.console.images_findings import SEVERITIES, findings_of
from kangaroo.remote.names import ImageName
from kangaroo.remote.opening import open_remote
from kangaroo.remote.values import Credential, Kind
from tests.contract.remotes import push
from tests.entrypoints.console.client import ConsoleClient
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD
from tests.entrypoints.platform.harbors import Far, far_harbor
from tests.remote.harbor_stand_in import ADMIN, ADMIN_PASSWORD


@pytest.fixture
async def far(site):
    async with far_harbor(site, PlatformClient(site).signed_in("admin", PASSWORD)) as made:
        yield made


@pytest.fixture
async def artifact(far: Far) -> str:
    """The page of one that shows in the workspace."""
    client = open_remote(Kind.HARBOR, far.url, Credential(ADMIN, ADMIN_PASSWORD))
    pushed = await push(client.content, ImageName.parse("secret", "web/app"), "v1")
    await client.close()
    return f"/w/{far.place}/images/far/secret/web%2Fapp/{pushed.digest}"


async def person(console, name: str) -> ConsoleClient:
    return await ConsoleClient(console).sign_in(name, PASSWORD)


async def test_started_looked_into_and_stopped(console, far, artifact):
    editor, tab = await person(console, "editor"), f"{artifact}?tab=vulnerabilities"
    page = await editor.get(artifact)
    assert tab in page.links
    page = await editor.get(tab)
    assert "Not scanned yet." in page.text
    done = await editor.post(f"{artifact}/-/scan")
    assert done.location == tab
    page = await editor.get(tab)
    assert "The scan was started." in page.text
    assert "Succeeded" in page.text
    assert "Critical 1" in page.text
    assert "CVE-2024-1" in page.one("table").text
    assert "Nothing fits" in (await editor.part(f"{tab}&q=none", "list")).text
    assert "CVE-2024-1" in (await editor.part(f"{tab}&q=cve", "list")).text
    assert (await editor.post(f"{artifact}/-/scan/stop")).location == tab
    assert "Stopped" in (await editor.get(tab)).text


async def test_one_that_goes_on_is_looked_at_again(console, far, artifact):
    editor = await person(console, "editor")
    far.stand_in.engines.scans[artifact.rpartition("/")[2]] = "Running"
    page = await editor.get(f"{artifact}?tab=vulnerabilities")
    assert page.one("div", id="scan")["hx-get"] == f"{artifact}/-/scan"
    assert page.all("form", action=f"{artifact}/-/scan/stop")
    assert (await editor.part(f"{artifact}/-/scan", "scan")).one("div", id="scan")["hx-trigger"]
    far.stand_in.engines.scans[artifact.rpartition("/")[2]] = "Success"
    ended = await editor("GET", f"{artifact}/-/scan", hx_request="true")
    assert ended.headers["hx-redirect"] == f"{artifact}?tab=vulnerabilities"


async def test_who_may(console, far, artifact):
    viewer = await person(console, "viewer")
    page = await viewer.get(f"{artifact}?tab=vulnerabilities")
    assert not page.all("form", action=f"{artifact}/-/scan")
    for action in ("scan", "scan/stop"):
        assert (await viewer.post(f"{artifact}/-/{action}")).status == 403
    stranger = await person(console, "stranger")
    await stranger.get("/")
    assert (await stranger.visit(f"{artifact}?tab=vulnerabilities")).status == 403
    assert (await stranger.post(f"{artifact}/-/scan")).status == 403


class TestFindings:
    def test_the_worst_first_and_each_once(self):
        one = {"id": "CVE-1", "severity": "Low", "package": "a", "version": "1", "links": ["javascript:x"]}
        two = {**one, "id": "CVE-2", "severity": "Critical", "fix_version": "2", "links": ["https://x.test"]}
        found = findings_of({"a": {"vulnerabilities": [one, two]}, "b": {"vulnerabilities": [one]}})
        assert [(each.id, each.fixed, each.link) for each in found] == [
            ("CVE-2", "2", "https://x.test"),
            ("CVE-1", "", ""),
        ]

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.sampled_from(["vulnerabilities", "id", "severity", "links", "package", "x"]), inner
                )
            ),
        )
    )
    def test_no_report_breaks_it(self, report):
        for one in findings_of({"report": report}):
            assert one.severity in SEVERITIES
            assert isinstance(one.id, str)
