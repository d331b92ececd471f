"""Labels: those of a project, then global ones."""

from kangaroo.core.projects import Wording
from tests.entrypoints.harbor.matrix import Ask, Line, Stage

KEEPERS = "PA M robots admin"
READERS = {"private": "PA M D G robots admin", "public": "everybody"}
SYSTEM = "systemrobot admin"


async def _project_id(stage: Stage) -> int:
    return (await stage.services.projects.get(stage.admin, stage.project)).id


async def _label(stage: Stage, scope: str) -> int:
    project = await _project_id(stage) if scope == "p" else 0
    return await stage.services.projects.labels.create(stage.admin, scope, project, Wording(stage.fresh()))


def listed(scope: str):
    async def ask(stage: Stage) -> Ask:
        return Ask("GET", f"labels?scope={scope}&project_id={await _project_id(stage)}")

    return ask


def made(scope: str):
    async def ask(stage: Stage) -> Ask:
        body = {"name": stage.fresh(), "scope": scope, "project_id": await _project_id(stage)}
        return Ask("POST", "labels", body)

    return ask


def one(method: str, scope: str):
    async def ask(stage: Stage) -> Ask:
        body = {"name": stage.fresh()} if method == "PUT" else None
        return Ask(method, f"labels/{await _label(stage, scope)}", body)

    return ask


LINES = (
    Line("ListLabels", listed("p"), **READERS),
    Line("ListLabels", listed("g"), system="known"),
    Line("CreateLabel", made("p"), ok=201, private=KEEPERS),
    Line("CreateLabel", made("g"), ok=201, system=SYSTEM),
    Line("GetLabelByID", one("GET", "p"), **READERS),
    Line("GetLabelByID", one("GET", "g"), system=SYSTEM),
    Line("UpdateLabel", one("PUT", "p"), private=KEEPERS),
    Line("UpdateLabel", one("PUT", "g"), system=SYSTEM),
    Line("DeleteLabel", one("DELETE", "p"), private=KEEPERS),
    Line("DeleteLabel", one("DELETE", "g"), system=SYSTEM),
)
