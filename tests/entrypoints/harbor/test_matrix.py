"""The permission matrix, line by line."""

import pytest
import pytest_asyncio

from kangaroo.entrypoints.harbor.app import framework
from kangaroo.store.meta.sqlite import SqliteDatabase
from tests.conformance import swagger, walk
from tests.entrypoints.harbor.cast import Cast, gather
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
    routed = walk.routed(framework(), spec)
    assert set(routed) - {line.operation for line in all_lines()} == set()
