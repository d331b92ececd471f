"""The same story on both databases."""

from pathlib import Path

from kangaroo.base.actors import SYSTEM
from kangaroo.core.clusters import ClusterName, NamespaceName
from kangaroo.core.pull_secrets import State, Where
from kangaroo.store.meta import pull_secrets
from kangaroo.store.meta.database import Database
from tests.core.pull_secrets.kit import HOST, MANY, until, window, world
from tests.kube.cluster import Cluster


async def test_on_both(tmp_path: Path, database: Database, shared_cluster: Cluster) -> None:
    async with world(tmp_path, database) as here:
        await here.register("one", shared_cluster)
        service = here.wired.services.pull_secrets
        team, other = await here.workspace("team"), await here.workspace("other")
        await here.space("team-a", team)
        await here.space("other-a", other)
        first, second = shared_cluster.namespace(), shared_cluster.namespace()
        await here.bind("one", team, first, second)
        await here.applied(team, first, second)
        old = await here.auths("one", first)
        assert old is not None
        place = ClusterName("one"), NamespaceName(first)
        await service.choose(SYSTEM, *place, ["default"])
        assert (await service.overwrite(SYSTEM, *place)).state is State.APPLIED
        (seen,) = await here.applied(team, first)
        assert seen.accounts == ("default",)
        assert await service.rotate(SYSTEM, team) == 1

        async def renewed() -> bool:
            return (
                await here.auths("one", first) not in (None, old)
                and await here.pulls(old[HOST], "team-a/app") == 401
            )

        await until(renewed, "it was replaced")
        shared_cluster.call("DELETE", MANY.format(second))

        async def back() -> bool:
            return await here.auths("one", second) is not None

        await until(back, "a deleted secret is back")
        await here.unbind("one", first)
        await here.bind("one", other, first)
        await here.applied(other, first)
        assert (await here.standing(other, first)).accounts == (), "another workspace has not chosen any"
        await here.applied(team, second)  # who left knew its credentials, so it has new ones
        progress = await service.progress(SYSTEM, Where(team))
        assert (progress.done, progress.total) == (1, 1)
        page = await service.page(SYSTEM, Where(cluster=ClusterName("one"), states=[State.APPLIED]), window())
        assert {one.namespace for one in page.items} == {first, second}
        await service.jobs._drift.compare_all()
        for namespace in (first, second):
            await here.unbind("one", namespace)

        async def forgotten() -> bool:
            lookup = database.lookup
            return not [
                *await pull_secrets.of_workspace(lookup, team),
                *await pull_secrets.of_workspace(lookup, other),
            ]

        await until(forgotten, "nothing is left")
        assert await here.secret("one", first) is None
