"""What artifact lists show, whatever was pushed and taken away in whatever order; on both databases."""

import pytest

from kangaroo.app.wiring import Wired
from kangaroo.base.actors import SYSTEM
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.media_types import HELM_CONFIG, OCI_CONFIG
from kangaroo.base.names import ProjectName, RepositoryName, Tag
from kangaroo.base.paging import Window
from kangaroo.base.query import parse_list_query
from kangaroo.core.projects import Wording
from kangaroo.core.registry import Details, Shown
from kangaroo.core.registry import artifacts as artifacts_module
from kangaroo.core.registry import catalogue as catalogue_module
from kangaroo.store.meta import artifacts as artifact_rows
from kangaroo.store.meta import artifacts_conditions, removals
from kangaroo.store.meta import projects as project_rows
from kangaroo.store.meta import repositories as repository_rows
from kangaroo.store.meta.statements import Compiled, DialectName, Query
from tests.core.registry.shelf import SBOM, Shelf

IMAGES, CHARTS = OCI_CONFIG.replace("+", "%2B"), HELM_CONFIG.replace("+", "%2B")  # q is decoded once more
LIBRARY = ProjectName("library")
APP = RepositoryName("library/app")


class Asked:
    """Lists as core gives them, boiled down to digests."""

    def __init__(self, wired: Wired) -> None:
        self.registry = wired.services.registry
        self.wired = wired

    async def shown(
        self, q: str = "", sort: str = "", name: RepositoryName = APP, **details: bool
    ) -> list[Shown]:
        query = parse_list_query(q, sort, Window(size=0))
        found = await self.registry.artifacts.page(SYSTEM, name, query, Details(**details))
        assert found.total == len(found.items)
        return found.items

    async def digests(self, q: str = "", sort: str = "", name: RepositoryName = APP) -> list[Digest]:
        return [one.artifact.digest for one in await self.shown(q, sort, name)]

    async def page(self, q: str, page: int, size: int) -> tuple[list[Digest], int]:
        query = parse_list_query(q, "", Window(page, size))
        found = await self.registry.artifacts.page(SYSTEM, APP, query)
        return [one.artifact.digest for one in found.items], found.total

    async def of_project(self, q: str = "", *, latest: bool = False) -> list[Digest]:
        query = parse_list_query(q, "", Window(size=0))
        found = await self.registry.artifacts.page_of_project(SYSTEM, LIBRARY, query, latest=latest)
        return [one.artifact.digest for one in found.items]

    async def get(self, reference: str | Digest, **details: bool) -> Shown:
        found = reference if isinstance(reference, Digest) else Tag(reference)
        return await self.registry.artifacts.get(SYSTEM, APP, found, Details(**details))

    async def count(self, name: RepositoryName = APP) -> int:
        return (await self.registry.catalogue.get(SYSTEM, name)).artifacts

    async def used(self) -> int:
        project = await project_rows.find(self.wired.database.lookup, LIBRARY)
        assert project is not None
        return (await project_rows.quota(self.wired.database.lookup, project.id)).used


@pytest.fixture
def asked(wired: Wired) -> Asked:
    return Asked(wired)


async def test_the_newest_come_first_in_pages(asked: Asked, shelf: Shelf) -> None:
    pushed = [await shelf.image("library/app", f"v{number}") for number in range(5)]
    newest = pushed[::-1]
    assert await asked.digests() == newest
    assert await asked.page("", 1, 2) == (newest[:2], 5)
    assert await asked.page("", 3, 2) == (newest[4:], 5)
    assert await asked.page("", 4, 2) == ([], 5)
    assert await asked.digests(sort="push_time") == pushed
    assert await asked.digests(sort="-push_time") == newest
    assert await asked.digests(sort="nonsense,digest") == sorted(pushed)
    assert await asked.count() == 5


async def test_a_child_shows_with_its_index_unless_it_has_a_tag(asked: Asked, shelf: Shelf) -> None:
    first, second = await shelf.image("library/app"), await shelf.image("library/app", "own")
    assert set(await asked.digests()) == {first, second}
    index = await shelf.index("library/app", "all", first, second)
    assert set(await asked.digests()) == {index, second}
    assert set(await asked.digests("base=*")) == {index, first, second}
    assert await asked.digests("tags=nil") == []
    assert await asked.digests("base=*,tags=nil") == [first]
    assert await asked.count() == 2
    await asked.registry.tags.delete(SYSTEM, APP, second, Tag("own"))
    assert await asked.digests() == [index]
    await asked.registry.tags.create(SYSTEM, APP, first, Tag("late"))
    assert set(await asked.digests()) == {index, first}
    await asked.registry.artifacts.delete(SYSTEM, APP, index)
    assert set(await asked.digests()) == {first, second}  # children stay
    assert (await asked.get(second)).tags == ()


async def test_an_index_may_come_before_its_children(asked: Asked, shelf: Shelf) -> None:
    child = await shelf.image("library/other")
    index = await shelf.index("library/app", "all", child)
    [reference] = (await asked.get(index)).children
    assert (reference.child_id, reference.digest) == (None, child)
    assert await shelf.image("library/app", layer=b"same") != child
    await asked.registry.copies.copy(SYSTEM, APP, RepositoryName("library/other"), child)
    assert child not in await asked.digests()
    [reference] = (await asked.get(index)).children
    assert reference.child_id == (await asked.get(child)).artifact.id


async def test_a_moved_tag_leaves_its_child_behind(asked: Asked, shelf: Shelf) -> None:
    child = await shelf.image("library/app", "latest")
    index = await shelf.index("library/app", "all", child)
    assert set(await asked.digests()) == {index, child}
    newer = await shelf.image("library/app", "latest")
    assert set(await asked.digests()) == {index, newer}
    assert await asked.digests("tags=latest") == [newer]


@pytest.mark.parametrize("first", ["subject", "accessory"])
@pytest.mark.parametrize("form", ["subject", "tag"])
async def test_accessories_are_found_in_either_order(
    asked: Asked, shelf: Shelf, first: str, form: str
) -> None:
    subject = await shelf.image("library/elsewhere", layer=b"one")

    async def sign() -> Digest:
        if form == "tag":
            return await shelf.cosign("library/app", subject)
        return await shelf.referrer("library/app", subject)

    if first == "accessory":
        signature = await sign()
    assert await shelf.image("library/app", "v1", layer=b"one") == subject
    if first == "subject":
        signature = await sign()
    assert await asked.digests() == [subject]
    assert await asked.digests("base=*") == [subject]
    assert await asked.count() == 1
    [accessory] = (await asked.get("v1")).accessories
    assert (accessory.digest, accessory.subject_digest) == (signature, subject)
    assert accessory.kind == ("signature.cosign" if form == "tag" else "signature.notation")
    assert accessory.repository == "library/app"
    assert (await asked.get("v1", accessories=False)).accessories == ()


async def test_accessories_die_with_their_subject_and_free_their_bytes(asked: Asked, shelf: Shelf) -> None:
    kept = await shelf.image("library/app", "kept")
    used = await asked.used()
    image = await shelf.image("library/app", "v1")
    signature = await shelf.cosign("library/app", image)
    sbom = await shelf.referrer("library/app", image, SBOM)
    await shelf.referrer("library/app", sbom)  # the SBOM is signed
    [listed] = [one for one in (await asked.get("v1")).accessories if one.kind == "sbom.harbor"]
    assert listed.digest == sbom
    assert len((await asked.get(sbom)).accessories) == 1
    await asked.registry.artifacts.delete(SYSTEM, APP, Tag("v1"))
    assert await asked.digests("base=*") == [kept]
    for gone in (image, signature, sbom):
        with pytest.raises(Failure) as failure:
            await asked.get(gone)
        assert failure.value.code is Code.MANIFEST_UNKNOWN
    assert await asked.used() == used


async def test_an_accessory_an_index_holds_stays(asked: Asked, shelf: Shelf) -> None:
    image = await shelf.image("library/app", "v1")
    report = await shelf.referrer("library/app", image)
    index = await shelf.index("library/app", "reports", report)
    await asked.registry.artifacts.delete(SYSTEM, APP, image)
    assert (await asked.get(report)).artifact.digest == report
    await asked.registry.artifacts.delete(SYSTEM, APP, index)


async def test_a_signature_of_an_index_covers_its_children(asked: Asked, shelf: Shelf) -> None:
    child = await shelf.image("library/app")
    index = await shelf.index("library/app", "all", child)
    signature = await shelf.referrer("library/app", index)
    await shelf.referrer("library/app", index, SBOM)
    shown = await asked.get(child, inherited=True)
    assert shown.accessories == ()
    assert [(one.digest, one.subject_digest) for one in shown.inherited] == [(signature, index)]
    assert (await asked.get(child)).inherited == ()


async def test_filters(asked: Asked, shelf: Shelf) -> None:
    image = await shelf.image("library/app", "V1.0")
    chart = await shelf.chart("library/app", "1.2.3", {})
    bare = await shelf.image("library/app")
    assert await asked.digests("tags=*") == [chart, image]
    assert await asked.digests("tags=nil") == [bare]
    assert await asked.digests("tags=1.2.3") == [chart]
    assert await asked.digests("tags=1.2") == []
    assert await asked.digests("tags=~v1") == [image]
    assert await asked.digests("tags=~2.") == [chart]
    assert await asked.digests("tags=~_") == []
    assert await asked.digests("type=CHART") == [chart]
    assert await asked.digests(f"media_type={IMAGES}") == [bare, image]
    assert await asked.digests(f"artifact_type={CHARTS}") == [chart]
    assert await asked.digests(f"digest={image}") == [image]
    assert await asked.digests("type={CHART SBOM},tags=*") == [chart]
    assert await asked.digests("push_time=[2020-01-01T00:00:00~2020-01-02T00:00:00]") == []
    assert await asked.digests("unknown=x") == [bare, chart, image]
    assert await asked.digests("repository_name=library/app,type=CHART") == [chart]


@pytest.mark.parametrize("many", [2, 100])
async def test_many_matching_tags(
    asked: Asked, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """Both ways a search takes find the same."""
    monkeypatch.setattr(artifacts_conditions, "_MANY", many)
    pushed = [await shelf.image("library/app", f"v{number}") for number in range(3)]
    for number in range(3):
        await asked.registry.tags.create(SYSTEM, APP, pushed[0], Tag(f"also-v{number}"))
    await shelf.image("library/app", "other")
    assert await asked.digests("tags=~V") == pushed[::-1]
    assert await asked.page("tags=~v", 2, 2) == ([pushed[0]], 3)
    assert await asked.of_project("tags=~also") == [pushed[0]]
    assert await asked.of_project("tags=~nothing") == []


@pytest.mark.parametrize(
    "q",
    ["tags={a b}", "tags=[a~b]", "base=x", "base=~*", "labels=1", "labels=(a)", "labels={1 2}", "size=big"],
)
async def test_conditions_that_mean_nothing(asked: Asked, shelf: Shelf, q: str) -> None:
    await shelf.image("library/app", "v1")
    with pytest.raises(Failure) as failure:
        await asked.digests(q)
    assert failure.value.code is Code.BAD_REQUEST


async def test_labels_of_artifacts(asked: Asked, shelf: Shelf) -> None:
    labels = asked.wired.services.projects.labels
    red, blue = [await labels.create(SYSTEM, "g", 0, Wording(name)) for name in ("red", "blue")]
    one, two = await shelf.image("library/app", "one"), await shelf.image("library/app", "two")
    stick = asked.registry.labels
    for artifact, label in ((one, red), (one, blue), (two, red)):
        await stick.add(SYSTEM, APP, artifact, label)
    assert await asked.digests(f"labels=({red})") == [two, one]
    assert await asked.digests(f"labels=({red} {blue})") == [one]
    assert [label.wording.name for label in (await asked.get(one, labels=True)).labels] == ["blue", "red"]
    assert (await asked.get(one)).labels == ()
    await stick.remove(SYSTEM, APP, one, blue)
    assert await asked.digests(f"labels=({blue})") == []
    for attempt in (stick.add(SYSTEM, APP, one, 999), stick.remove(SYSTEM, APP, one, blue)):
        with pytest.raises(Failure) as failure:
            await attempt
        assert failure.value.code is Code.NOT_FOUND
    with pytest.raises(Failure) as failure:
        await stick.add(SYSTEM, APP, two, red)
    assert failure.value.code is Code.CONFLICT
    await asked.registry.artifacts.delete(SYSTEM, APP, one)


async def test_a_label_of_another_project_does_not_stick(asked: Asked, shelf: Shelf) -> None:
    other = await asked.wired.services.projects.create(SYSTEM, ProjectName("other"))
    label = await asked.wired.services.projects.labels.create(SYSTEM, "p", other, Wording("theirs"))
    image = await shelf.image("library/app", "one")
    with pytest.raises(Failure) as failure:
        await asked.registry.labels.add(SYSTEM, APP, image, label)
    assert failure.value.code is Code.NOT_FOUND


async def test_lists_of_a_project(asked: Asked, shelf: Shelf) -> None:
    one = await shelf.image("library/app", "v1")
    other = await shelf.image("library/other", "v1")
    old_chart = await shelf.chart("library/app", "1", {}, version="1")
    new_chart = await shelf.chart("library/app", "2", {}, version="2")
    helm = f"media_type={CHARTS}"
    assert await asked.of_project() == [new_chart, old_chart, other, one]
    assert await asked.of_project("tags=v1") == [other, one]
    assert await asked.of_project("tags=~V") == [other, one]
    assert await asked.of_project(helm, latest=True) == [new_chart]
    assert await asked.of_project(f"media_type={IMAGES}", latest=True) == [other, one]
    assert await asked.of_project(f"artifact_type={IMAGES},tags=~v", latest=True) == [other, one]
    for q in ("", "type=CHART", f"{helm},artifact_type=x"):
        with pytest.raises(Failure) as failure:
            await asked.of_project(q, latest=True)
        assert failure.value.code is Code.BAD_REQUEST


async def test_a_repository_goes_with_everything_and_comes_back_new(
    asked: Asked, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_module, "BATCH", 2)
    used = await asked.used()
    children = [await shelf.image("library/app") for _ in range(3)]
    index = await shelf.index("library/app", "all", *children)
    await shelf.cosign("library/app", index)
    await shelf.blob("library/app", b"of a push that never ended")
    catalogue = asked.registry.catalogue
    await catalogue.describe(SYSTEM, APP, "words")
    before = await catalogue.get(SYSTEM, APP)
    assert before.description == "words"
    await catalogue.delete(SYSTEM, APP)
    assert await asked.used() == used
    for attempt in (catalogue.get(SYSTEM, APP), catalogue.delete(SYSTEM, APP), asked.digests()):
        with pytest.raises(Failure) as failure:
            await attempt
        assert failure.value.code is Code.REPOSITORY_UNKNOWN
    again = await shelf.image("library/app", "v1")
    after = await catalogue.get(SYSTEM, APP)
    assert (after.description, after.artifacts, after.pull_count) == ("", 1, 0)
    assert after.created_at > before.created_at
    assert await asked.digests() == [again]


async def test_two_copies_of_content_are_freed_with_the_last(asked: Asked, shelf: Shelf) -> None:
    for name in ("library/app", "library/other"):
        await shelf.image(name, "v1", layer=b"shared")
    used = await asked.used()
    await asked.registry.catalogue.delete(SYSTEM, RepositoryName("library/other"))
    assert await asked.used() == used
    await asked.registry.catalogue.delete(SYSTEM, APP)
    assert await asked.used() == 0


async def test_a_page_takes_as_many_statements_whatever_its_size(
    asked: Asked, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[Query] = []
    on = Query.on

    def counted(query: Query, dialect: DialectName) -> Compiled:
        run.append(query)
        return on(query, dialect)

    monkeypatch.setattr(Query, "on", counted)

    async def statements(size: int) -> int:
        query = parse_list_query("tags=~v", "", Window(1, size))
        everything = Details(labels=True, inherited=True, immutable=True)
        before = len(run)
        found = await asked.registry.artifacts.page(SYSTEM, APP, query, everything)
        assert len(found.items) == size
        return len(run) - before

    for number in range(6):
        image = await shelf.image("library/app", f"v{number}")
        await shelf.referrer("library/app", image)
    await statements(1)  # signing in and rules are remembered
    assert await statements(1) == await statements(5) <= 10


async def test_a_list_without_pages_is_gathered_in_parts(
    asked: Asked, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Databases limit how much one statement may be asked."""
    pushed = [await shelf.image("library/app", f"v{number}") for number in range(5)]
    for name in ("library/b", "library/c"):
        await shelf.image(name, "v1")
    for module, name in (
        (artifacts_module, "AT_ONCE"),
        (artifact_rows, "_AT_ONCE"),
        (repository_rows, "_AT_ONCE"),
        (removals, "_AT_ONCE"),
        (project_rows, "_AT_ONCE"),
    ):
        monkeypatch.setattr(module, name, 2)
    shown = await asked.shown()
    assert [one.artifact.digest for one in shown] == pushed[::-1]
    assert [tag.name for one in shown for tag in one.tags] == ["v4", "v3", "v2", "v1", "v0"]
    catalogue = asked.registry.catalogue
    found = await catalogue.page(SYSTEM, LIBRARY, parse_list_query("", "name", Window(size=0)))
    assert [one.artifacts for one in found.items] == [5, 1, 1]
    for one in found.items:
        await catalogue.delete(SYSTEM, one.name)
    assert await asked.used() == 0
