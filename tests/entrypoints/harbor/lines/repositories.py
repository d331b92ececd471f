"""Repositories, artifacts, what belongs to them, search and numbers."""

from kangaroo.base.digests import Digest
from kangaroo.core.projects import Wording
from tests.core.registry.shelf import Shelf
from tests.entrypoints.harbor.matrix import Ask, Line, Stage

MEMBERS = "members robots admin"
PUBLISHERS = "PA M D robots admin"
KEEPERS = "PA M robots admin"


class _Shown:
    """A repository of its own for each call: nobody trips over what others did."""

    def __init__(self, stage: Stage, name: str, digest: Digest) -> None:
        self.image, self.digest = name, digest
        self.name = f"{stage.project}/{name}"
        self.place = f"projects/{stage.project}/repositories/{name}"
        self.artifact = f"{self.place}/artifacts/{digest}"


async def _pushed(stage: Stage) -> _Shown:
    name = stage.fresh("app")
    digest = await Shelf(stage.services).image(f"{stage.project}/{name}", "v1")
    return _Shown(stage, name, digest)


def one(method: str, suffix: str = "", json: object = None):
    """A call below an artifact."""

    async def ask(stage: Stage) -> Ask:
        return Ask(method, (await _pushed(stage)).artifact + suffix, json)

    return ask


def place(method: str, suffix: str = "", json: object = None):
    """A call below a repository."""

    async def ask(stage: Stage) -> Ask:
        return Ask(method, (await _pushed(stage)).place + suffix, json)

    return ask


async def copied(stage: Stage) -> Ask:
    """From the repository to itself: the source is read by the same right."""
    shown = await _pushed(stage)
    return Ask("POST", f"{shown.place}/artifacts?from={shown.name}@{shown.digest}")


async def label(stage: Stage) -> int:
    return await stage.services.projects.labels.create(stage.admin, "g", 0, Wording(stage.fresh()))


async def labelled(stage: Stage) -> Ask:
    return Ask("POST", f"{(await _pushed(stage)).artifact}/labels", {"id": await label(stage)})


async def unlabelled(stage: Stage) -> Ask:
    shown, identity = await _pushed(stage), await label(stage)
    await stage.by_admin("POST", f"{shown.artifact}/labels", {"id": identity})
    return Ask("DELETE", f"{shown.artifact}/labels/{identity}")


LINES = (
    Line("listAllRepositories", "GET repositories", system="everybody"),
    Line("listRepositories", "GET projects/{project}/repositories", private=MEMBERS, public="everybody"),
    Line("getRepository", place("GET"), private=MEMBERS),
    Line("updateRepository", place("PUT", json={"description": "x"}), private=PUBLISHERS),
    Line("deleteRepository", place("DELETE"), private=KEEPERS),
    Line("listArtifacts", place("GET", "/artifacts"), private=MEMBERS, public="everybody"),
    Line("listArtifactsOfProject", "GET projects/{project}/artifacts", private=MEMBERS, public="everybody"),
    Line("CopyArtifact", copied, ok=201, private=PUBLISHERS),
    Line("getArtifact", one("GET"), private=MEMBERS, public="everybody"),
    Line("deleteArtifact", one("DELETE"), private=KEEPERS),
    Line("listTags", one("GET", "/tags"), private=MEMBERS, public="everybody"),
    Line("createTag", one("POST", "/tags", {"name": "v2"}), ok=201, private=PUBLISHERS, public=PUBLISHERS),
    Line("deleteTag", one("DELETE", "/tags/v1"), private=KEEPERS),
    Line("listAccessories", one("GET", "/accessories"), private=MEMBERS, public="everybody"),
    Line(
        "getVulnerabilitiesAddition",
        one("GET", "/additions/vulnerabilities"),
        private=MEMBERS,
        public="everybody",
    ),
    Line("getAddition", one("GET", "/additions/build_history"), private=MEMBERS, public="everybody"),
    Line("addLabel", labelled, private=PUBLISHERS),
    Line("removeLabel", unlabelled, private=PUBLISHERS),
    Line("search", "GET search?q=o", system="everybody"),
    Line("getStatistic", "GET statistics", system="known"),
)
