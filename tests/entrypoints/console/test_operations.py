"""Jobs, garbage collection and the audit log."""

import asyncio

import pytest

from kangaroo.app.schedule import handlers
from kangaroo.jobs import Runner


@pytest.mark.parametrize("place", ["jobs", "garbage"])
async def test_they_are_for_who_runs_the_system(signed_in, place):
    bob = await signed_in("bob")
    assert (await bob.visit(f"/operations/{place}")).status == 403
    assert (await bob.post("/operations/garbage", dry_run="true")).status == 403


class TestGarbage:
    async def test_a_run_is_followed_to_its_end(self, site, admin):
        await admin.get("/operations/garbage")
        run = (await admin.post("/operations/garbage", dry_run="true")).location
        waiting = await admin.get(run)
        assert "Running" in waiting.text
        assert waiting.one("div", id="run")["hx-get"] == run
        busy = await admin.post("/operations/garbage", dry_run="true")
        assert busy.location == "/operations/garbage"

        runner = Runner(site.wired.queue, handlers(site.wired))
        await runner.start()
        async with asyncio.timeout(20):
            while "Succeeded" not in (part := await admin.part(run, "run")).text:
                await asyncio.sleep(0.02)
        await runner.stop(5)
        assert "hx-get" not in part.one("div", id="run").attributes
        listed = await admin.get("/operations/garbage")
        assert "dry run" in listed.text
        assert "GARBAGE_COLLECTION" in (await admin.get("/operations/jobs?status=Succeed")).text
        assert "Nothing fits" in (await admin.get("/operations/jobs?status=Failed")).text

    async def test_a_run_is_stopped_while_it_waits(self, admin):
        await admin.get("/operations/garbage")
        run = (await admin.post("/operations/garbage")).location
        await admin.post(f"{run}/stop")
        assert "Stopped" in (await admin.get(run)).text
        assert (await admin.visit("/operations/jobs/99")).status == 404


class TestAudit:
    async def test_it_is_narrowed_by_who_what_and_result(self, admin, signed_in):
        await signed_in("bob")
        everything = await admin.get("/operations/audit")
        assert "create" in everything.text
        by_admin = await admin.get("/operations/audit?operation=create&type=user&q=bo")
        assert [cell.text for cell in by_admin.all("td", class_="mono")] == ["bob"]
        assert "Nothing fits" in (await admin.get("/operations/audit?who=nobody")).text

    async def test_others_see_what_is_theirs(self, signed_in):
        bob = await signed_in("bob")
        assert "admin" not in (await bob.get("/operations/audit")).one("div", id="list").text
