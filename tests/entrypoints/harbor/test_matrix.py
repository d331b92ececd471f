"""The permission matrix, line by line."""

import pytest
import pytest_asyncio

from kangaroo.base.names import ProjectName
from kangaroo.entrypoints.harbor.app import routing
from kangaroo.store.meta.sqlite import SqliteDatabase
from tests.conformance import swagger, walk
from tests.entrypoints.harbor.cast import EVERYBODY, Cast, gather, who
from tests.entrypoints.harbor.conftest import install
from tests.entrypoints.harbor.matrix import Line, all_lines
from tests.entrypoints.harbor.matrix import walk as walk_line

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cast(harbor_template, tmp_path_factory):
    """One for all lines: passwords are slow to make."""
    data = tmp_path_factory.mktemp("matrix")
    path = data / "kangaroo.db"
    path.write_bytes(harbor_template.read_bytes())
    database = SqliteDatabase(path)
    await database.open()
    installation = await install(data, database)
    installation.certificate = b"PEM"
    yield await gather(installation)
    await database.close()


@pytest.mark.parametrize("line", all_lines(), ids=lambda line: line.operation)
async def test_line(cast: Cast, line: Line) -> None:
    wrong = await walk_line(cast, line)
    assert not wrong, "\n".join(wrong)


async def test_every_routed_operation_has_a_line() -> None:
    spec = swagger.required()
    routed = walk.routed(routing(), spec)
    assert set(routed) - {line.operation for line in all_lines()} == set()


async def test_a_wrong_line_is_noticed(cast: Cast) -> None:
    wrong = await walk_line(cast, Line("getVolumes", "GET systeminfo/volumes", system="anonymous admin"))
    assert {one.partition(":")[0] for one in wrong} == {
        "anonymous in open",
        "anonymous in closed",
        "systemrobot in open",
        "systemrobot in closed",
    }


async def test_what_a_line_expects() -> None:
    line = Line("x", "GET x", ok=202, private="PA robots", public="everybody", refused={"stranger": 404})
    closed, opened = ProjectName("closed"), ProjectName("open")
    assert [line.expected(closed, one) for one in ("PA", "projectrobot", "G", "anonymous", "stranger")] == [
        202,
        202,
        403,
        401,
        404,
    ]
    assert {line.expected(opened, one) for one in EVERYBODY} == {202}
    with pytest.raises(AssertionError):
        who("nobody")
