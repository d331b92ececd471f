"""Which vulnerabilities count in a project."""

from kangaroo.base.actors import ANONYMOUS
from kangaroo.base.clock import SECOND, now
from kangaroo.base.errors import Code
from kangaroo.core.projects import AllowlistChange
from tests.core.projects.conftest import Ground, refused


async def test_the_systems_list_counts_unless_a_project_has_its_own(ground: Ground) -> None:
    p = await ground.project("p")
    project = (await ground.projects.get(ground.admin, p)).id
    lists, lookup = ground.projects.allowlists, ground.database.lookup
    assert await lists.effective(lookup, project) == frozenset()
    await lists.set_system(ground.admin, ["CVE-1", "CVE-2"], None)
    await ground.projects.update(ground.admin, p, {}, AllowlistChange(["CVE-3"], None))
    assert await lists.effective(lookup, project) == {"CVE-1", "CVE-2"}
    await ground.projects.update(ground.admin, p, {"reuse_sys_cve_allowlist": "false"})
    assert await lists.effective(lookup, project) == {"CVE-3"}


async def test_an_expired_list_counts_as_empty(ground: Ground) -> None:
    p = await ground.project("p")
    project = (await ground.projects.get(ground.admin, p)).id
    lists, lookup = ground.projects.allowlists, ground.database.lookup
    await lists.set_system(ground.admin, ["CVE-1"], now() + 60 * SECOND)
    assert await lists.effective(lookup, project) == {"CVE-1"}
    await lists.set_system(ground.admin, ["CVE-1"], now() - SECOND)
    assert await lists.effective(lookup, project) == frozenset()
    found = await lists.system(ground.admin)
    assert found.items == ("CVE-1",)
    assert found.expires_at is not None


async def test_who_sets_the_systems_list(lawn: Ground) -> None:
    alice = await lawn.user("alice")
    lists = lawn.projects.allowlists
    assert (await lists.system(alice)).created_at is None
    with refused(Code.UNAUTHORIZED):
        await lists.system(ANONYMOUS)
    with refused(Code.FORBIDDEN):
        await lists.set_system(alice, [], None)
    for items in (["CVE-1", "CVE-1"], [""], ["x" * 200], [str(number) for number in range(10_001)]):
        with refused(Code.BAD_REQUEST):
            await lists.set_system(lawn.admin, items, None)
    await lists.set_system(lawn.admin, ["CVE-1"], None)
    first = await lists.system(alice)
    await lists.set_system(lawn.admin, [], None)
    second = await lists.system(alice)
    assert (first.created_at, second.items) == (second.created_at, ())
