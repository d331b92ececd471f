"""What the keys `base`, `tags` and `labels` of Harbor's artifact lists ask for, and `latest_in_repository`: conditions
no column of an artifact knows (goharbor/harbor src/pkg/artifact/dao/dao.go)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, literal_column, select

from kangaroo.base.errors import Code, Failure
from kangaroo.base.query import AllOf, Contains, Exact, ListQuery
from kangaroo.store.meta.database import Selects
from kangaroo.store.meta.schema.registry import artifacts, repositories, tags
from kangaroo.store.meta.schema.tenancy import artifact_labels
from kangaroo.store.meta.statements import Query

_MANY = 5_000  # matching tags
_newest = artifacts.alias("newest")


async def conditions(
    selects: Selects, query: ListQuery, inside: ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    """`inside` says which tags are in the place the list is of. Raises BAD_REQUEST."""
    found = [_base(query), await _tags(selects, query, inside), *_labels(query)]
    return [condition for condition in found if condition is not None]


def latest(query: ListQuery, project_id: int) -> ColumnElement[bool]:
    """The last pushed of each repository among those of the media type or artifact type asked for."""
    asked = {name: text for name in ("media_type", "artifact_type") if (text := query.text(name)) is not None}
    if len(asked) != 1:
        raise _refused(
            "either 'media_type' or 'artifact_type' must be specified, but not both, "
            "when querying with latest_in_repository"
        )
    [(name, text)] = asked.items()
    one = (
        select(_newest.c.id)
        .where(
            _newest.c.repository_id == repositories.c.id, _newest.c.listed.is_(True), _newest.c[name] == text
        )
        .order_by(_newest.c.pushed_at.desc(), _newest.c.id.desc())
        .limit(1)
        .correlate(repositories)
        .scalar_subquery()
    )
    return artifacts.c.id.in_(
        select(one).select_from(repositories).where(repositories.c.project_id == project_id)
    )


def _base(query: ListQuery) -> ColumnElement[bool]:
    """Without accessories, and without untagged children of indexes unless `base=*`."""
    condition = query.find("base")
    if condition is None:
        return artifacts.c.listed.is_(True)
    if query.text("base") != "*":
        raise _refused('the value of "base" query can only be exact match value with "*"')
    return artifacts.c.accessory.is_(None)


async def _tags(
    selects: Selects, query: ListQuery, inside: ColumnElement[bool]
) -> ColumnElement[bool] | None:
    match query.find("tags"):
        case None:
            return None
        case Exact(term) if term.text == "*":
            return artifacts.c.tagged.is_(True)
        case Exact(term) if term.text == "nil":
            return artifacts.c.tagged.is_(False)
        case Exact(term):
            return artifacts.c.id.in_(select(tags.c.artifact_id).where(inside, tags.c.name == term.text))
        case Contains(text):
            return await _containing(selects, text, inside)
    raise _refused('the value of "tags" query can only be fuzzy match value or exact match value')


async def _containing(selects: Selects, text: str, inside: ColumnElement[bool]) -> ColumnElement[bool]:
    """Who carries a matching tag is found once, for the page and the count; but when most tags match, the artifacts
    are asked in turn, and the first ones soon fill a page.

    Blind to case, as SQLite's LIKE is by itself: lower() would treble the time.
    """
    escaped = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    like = tags.c.name.like if selects.dialect == "sqlite" else tags.c.name.ilike
    matching = like(f"%{escaped}%", escape="/")
    found = await selects.all(Query(select(tags.c.artifact_id).where(inside, matching).limit(_MANY)))
    if len(found) == _MANY:
        return select(tags.c.id).where(tags.c.artifact_id == artifacts.c.id, matching).exists()
    # As text: so many parameters no database takes.
    numbers = ",".join(str(int(row[0])) for row in found) or "NULL"
    return artifacts.c.id.op("IN", is_comparison=True)(literal_column(f"({numbers})"))


def _labels(query: ListQuery) -> list[ColumnElement[bool]]:
    condition = query.find("labels")
    if condition is None:
        return []
    numbers = [term.number for term in condition.terms] if isinstance(condition, AllOf) else [None]
    if None in numbers:
        raise _refused(
            'the value of "labels" query can only be integer list with intersetion relationship'  # sic
        )
    return [artifacts.c.id.in_(_labelled(number)) for number in numbers]


def _labelled(label: int | None) -> Select[Any]:
    return select(artifact_labels.c.artifact_id).where(artifact_labels.c.label_id == label)


def _refused(reason: str) -> Failure:
    return Failure(Code.BAD_REQUEST, reason=reason)
