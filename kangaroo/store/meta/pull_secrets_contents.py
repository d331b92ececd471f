"""What is to stand in the namespaces of a workspace: one content for all of them, kept encrypted."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import Selects, Transaction
from kangaroo.store.meta.schema.pull_secrets import pull_secret_contents
from kangaroo.store.meta.statements import Query, parameter

_COLUMNS = {name: parameter(name) for name in ("content", "fingerprint", "lacking", "updated_at")}
_GET = Query(
    select(pull_secret_contents).where(pull_secret_contents.c.workspace_id == parameter("workspace"))
)
_PUT = Query(
    upsert(pull_secret_contents)
    .values(workspace_id=parameter("workspace"), **_COLUMNS)
    .on_conflict_do_update(index_elements=[pull_secret_contents.c.workspace_id], set_=_COLUMNS)
)


@dataclass(frozen=True, slots=True)
class ContentRow:
    """`content` is encrypted. `lacking` is JSON: the instances it has no credential for, and why."""

    content: str = field(repr=False)
    fingerprint: str
    lacking: str
    updated_at: Micros


async def get(selects: Selects, workspace: int) -> ContentRow | None:
    row = await selects.one(_GET, workspace=workspace)
    if row is None:
        return None
    return ContentRow(row["content"], row["fingerprint"], row["lacking"], row["updated_at"])


async def put(transaction: Transaction, workspace: int, content: ContentRow) -> None:
    """Raises Dangling when the workspace is gone."""
    await transaction.run(
        _PUT,
        workspace=workspace,
        content=content.content,
        fingerprint=content.fingerprint,
        lacking=content.lacking,
        updated_at=content.updated_at,
    )
