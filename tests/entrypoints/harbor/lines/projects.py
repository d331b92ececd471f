"""Projects, their metadata, and rules that keep tags."""

import json

from kangaroo.base.media_types import OCI_INDEX
from kangaroo.base.names import RepositoryName, Tag
from kangaroo.core.projects import Rule, Selector
from tests.entrypoints.harbor.matrix import Ask, Line, Stage

ADMINS = "PA robots admin"
KEEPERS = "PA M robots admin"
READERS = {"private": "members robots admin", "public": "everybody"}
EMPTY = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}).encode()


async def new_project(stage: Stage) -> Ask:
    return Ask("POST", "projects", {"project_name": stage.fresh("project")})


async def full_project(stage: Stage) -> Ask:
    """It stays: there is a repository in it."""
    repository = RepositoryName(f"{stage.project}/kept")
    await stage.services.registry.push.manifest(stage.admin, repository, Tag("1"), EMPTY, OCI_INDEX)
    return Ask("DELETE", f"projects/{stage.project}")


async def new_key(stage: Stage) -> Ask:
    await stage.services.projects.metadata.remove(stage.admin, stage.project, "auto_scan")
    return Ask("POST", f"projects/{stage.project}/metadatas/", {"auto_scan": "true"})


def change(method: str, path: str, body: object = None):
    async def ask(stage: Stage) -> Ask:
        return Ask(method, path.format(project=stage.project), body)

    return ask


def rule(pattern: str) -> dict[str, object]:
    return {
        "action": "immutable",
        "template": "immutable_template",
        "tag_selectors": [{"kind": "doublestar", "decoration": "matches", "pattern": pattern}],
        "scope_selectors": {
            "repository": [{"kind": "doublestar", "decoration": "repoMatches", "pattern": "none"}]
        },
    }


async def new_rule(stage: Stage) -> Ask:
    return Ask("POST", f"projects/{stage.project}/immutabletagrules", rule(stage.fresh()))


async def _rule_id(stage: Stage) -> int:
    selectors = (
        Selector("doublestar", "matches", stage.fresh()),
        Selector("doublestar", "repoMatches", "none"),
    )
    made = Rule(tag_selectors=selectors[:1], scope_selectors={"repository": selectors[1:]})
    return await stage.services.projects.immutability.create(stage.admin, stage.project, made)


async def changed_rule(stage: Stage) -> Ask:
    identity = await _rule_id(stage)
    body = rule(stage.fresh()) | {"id": identity}
    return Ask("PUT", f"projects/{stage.project}/immutabletagrules/{identity}", body)


async def dropped_rule(stage: Stage) -> Ask:
    return Ask("DELETE", f"projects/{stage.project}/immutabletagrules/{await _rule_id(stage)}")


LINES = (
    Line("createProject", new_project, ok=201, system="stranger members systemrobot admin"),
    Line("listProjects", "GET projects", system="everybody"),
    Line("headProject", "HEAD projects?project_name={project}", system="known"),
    Line("getProject", "GET projects/{project}", **READERS),
    Line("updateProject", change("PUT", "projects/{project}", {"metadata": {}}), private=ADMINS),
    Line("deleteProject", full_project, ok=412, private=ADMINS),
    Line("getProjectDeletable", "GET projects/{project}/_deletable", private=ADMINS),
    Line("getProjectSummary", "GET projects/{project}/summary", **READERS),
    Line("listProjectMetadatas", "GET projects/{project}/metadatas/", private="robots admin"),
    Line("addProjectMetadatas", new_key, private=ADMINS),
    Line("getProjectMetadata", "GET projects/{project}/metadatas/public", private=KEEPERS),
    Line(
        "updateProjectMetadata",
        change("PUT", "projects/{project}/metadatas/severity", {"severity": "high"}),
        private=ADMINS,
    ),
    Line("deleteProjectMetadata", "DELETE projects/{project}/metadatas/severity", private=ADMINS),
    Line("ListImmuRules", "GET projects/{project}/immutabletagrules", private=KEEPERS),
    Line("CreateImmuRule", new_rule, ok=201, private=KEEPERS),
    Line("UpdateImmuRule", changed_rule, private=KEEPERS),
    Line("DeleteImmuRule", dropped_rule, private=KEEPERS),
)
