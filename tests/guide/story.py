"""The story the pictures tell: two teams, what they push, where it runs, and what is wrong today.

Everything goes through the platform's door, as people would do it; only what time makes (days of use) is written
into the database.
"""

from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.server import PASSWORD, until
from tests.entrypoints.platform.managed import spec
from tests.guide.door import Door
from tests.guide.past import grow_older
from tests.guide.shelf import fill
from tests.guide.surroundings import HARBORS, Around
from tests.remote import harbor_stand_in

PEOPLE = {"ann": "Ann Porter", "bob": "Bob Fischer", "lina": "李娜", "wangwei": "王伟", "auditor": "周敏"}
TEAMS = {
    "payments": ("Cards, invoices and refunds", {"ann": "Admin", "bob": "Editor", "auditor": "Viewer"}),
    "搜索平台": ("索引与检索服务", {"lina": "Admin", "wangwei": "Editor", "auditor": "Viewer"}),
}
SPACES = {"base": True, "payments": False, "search": False, "sandbox": False}
CLUSTERS = ("production", "staging")
NAMESPACES = {"payments": ("payments-prod", "payments-jobs"), "搜索平台": ("search-online", "search-index")}
_NODE_FACTS = ("bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion", "kubeletVersion")
_NODE = dict.fromkeys((*_NODE_FACTS, "machineID", "osImage", "systemUUID"), "1") | {
    "operatingSystem": "linux"
}


@dataclass
class Story:
    """`workspaces`: ids by name."""

    door: Door
    around: Around
    data: Path
    workspaces: dict[str, int] = field(default_factory=dict)

    def tell(self) -> None:
        self._people()
        self._spaces()
        fill(self.door)
        self._registries()
        self._sync()
        if self.around.clusters:
            self._clusters()
            self._managed()
        self._rules()
        self._uses()
        grow_older(self.data / "kangaroo.db")

    def _people(self) -> None:
        for name, real in PEOPLE.items():
            body = {"username": name, "realname": real, "email": f"{name}@corp.example", "password": PASSWORD}
            self.door.harbor("POST", "users", body)
        for team, (description, members) in TEAMS.items():
            body = {"alias": team, "description": description}
            self.workspaces[team] = self.door.platform("POST", "workspaces", body)["workspaceId"]
            for name, role in members.items():
                body = {"memberName": name, "memberType": "user", "roleName": f"Workspace {role}"}
                self.door.platform("POST", f"workspaces/{self.workspaces[team]}/members", body)

    def _spaces(self) -> None:
        for name, public in SPACES.items():
            body = {"project": name, "public": public}
            self.door.platform("POST", "registries/kangaroo/projects", body)
        for space, team in (("payments", "payments"), ("search", "搜索平台"), ("sandbox", "payments")):
            self._bind("kangaroo", space, team)

    def _bind(self, registry: str, space: str, team: str) -> None:
        path = f"registries/{registry}/projects/{space}/binding/{self.workspaces[team]}"
        self.door.platform("POST", path)

    def _registries(self) -> None:
        credential = {"username": harbor_stand_in.ADMIN, "password": harbor_stand_in.ADMIN_PASSWORD}
        self._register("mirror", "DOCKER_REGISTRY", self.around.docker, "Copies of public images, read only")
        self._register(
            "harbor-shanghai", "HARBOR", self.around.harbor.url, "Second site", credential=credential
        )
        self._register("old-harbor", "HARBOR", self.around.old.url, "To be retired", credential=credential)
        self.around.old.stand_in.password = "another"  # and nobody told us
        for name in ("mirror", "harbor-shanghai", "old-harbor"):
            self.door.platform("POST", f"registries/{name}/health")
        self._bind("harbor-shanghai", "mobile", "payments")
        path = f"workspaces/{self.workspaces['payments']}/registries"
        body = {"name": "partner", "type": "DOCKER_REGISTRY", "url": self.around.docker}
        self.door.as_("ann").platform("POST", path, body | {"description": "What the card scheme delivers"})

    def _register(self, name: str, kind: str, url: str, description: str, **more: object) -> None:
        body = {"name": name, "type": kind, "url": url, "description": description}
        self.door.platform("POST", "registries", body | more)

    def _sync(self) -> None:
        """What the Harbor copies by itself."""
        place, mirror = (
            "registries/harbor-shanghai",
            {"createType": "INTEGRATION", "integrationRegistry": ["mirror"]},
        )
        [target] = self.door.platform("POST", f"{place}/native/registries", mirror)["ids"]
        nightly = {"type": "TRIGGER_MODEL_SCHEDULE", "cron": "0 0 2 * * *"}
        for name, space, end, trigger in (
            ("nightly-frontend", "frontend", "destRegistryId", nightly),
            ("third-party-in", "third-party", "srcRegistryId", {"type": "TRIGGER_MODEL_MANUAL"}),
        ):
            filters = [{"type": "NAME", "value": f"{space}/**", "decoration": "DECORATION_MATCHES"}]
            body = {"name": name, end: target, "trigger": trigger, "filters": filters, "enabled": True}
            self.door.platform("POST", f"{place}/policies", body)
        for policy in self.around.harbor.stand_in.engines.tables["replication/policies"].values():
            for known in (policy.get("dest_registry"), policy.get("src_registry")):
                if known and known["id"] == int(target):
                    known["name"] = "mirror"  # as a real Harbor answers

    def _clusters(self) -> None:
        for name, cluster in zip(CLUSTERS, self.around.clusters, strict=True):
            for number, architecture in enumerate(("amd64", "amd64", "arm64"), 1):
                node = {"metadata": {"name": f"node-{number}"}}
                cluster.call("POST", "/api/v1/nodes", node)
                status = {"status": {"nodeInfo": _NODE | {"architecture": architecture}}}
                path = f"/api/v1/nodes/node-{number}/status"
                cluster.call("PATCH", path, status, form="application/merge-patch+json")
            body = {"name": name, "kubeconfig": cluster.kubeconfig()}
            self.door.platform("POST", "clusters", body)
            for team, names in NAMESPACES.items():
                for one in names:
                    cluster.namespace(one)
                body = {"namespaces": list(names), "workspace": self.workspaces[team]}
                self.door.platform("POST", f"clusters/{name}/namespaces/bind", body)

    def _managed(self) -> None:
        path = f"clusters/production/namespaces/{HARBORS}/harbors/team-harbor"
        self.door.platform("POST", path, {"spec": spec(self.around.managed)})
        until(lambda: self._state(path) == "HEALTHY", "the managed Harbor is healthy", 60)

    def _state(self, path: str) -> str:
        state: str = self.door.platform("GET", path)["status"]["details"]["state"]
        return state

    def _rules(self) -> None:
        """Quotas, a robot, rules that keep and that protect."""
        quotas = {one["ref"]["name"]: one["id"] for one in self.door.harbor("GET", "quotas?page_size=50")}
        used = {one["ref"]["name"]: one["used"]["storage"] for one in self.door.harbor("GET", "quotas")}
        for space, hard in (
            ("payments", 1 << 28),
            ("search", 1 << 27),
            ("sandbox", int(used["sandbox"] * 1.07)),
        ):
            self.door.harbor("PUT", f"quotas/{quotas[space]}", {"hard": {"storage": hard}})
        access = [{"resource": "repository", "action": action} for action in ("pull", "push")]
        robot = {
            "name": "ci",
            "level": "project",
            "duration": 90,
            "description": "Builds of the payments team",
        }
        grants = [{"kind": "project", "namespace": "payments", "access": access}]
        self.door.harbor("POST", "robots", robot | {"permissions": grants})
        backup = {"name": "backup", "level": "system", "duration": -1, "description": "Nightly copies"}
        grants = [{"kind": "project", "namespace": "*", "access": access[:1]}]
        self.door.harbor("POST", "robots", backup | {"permissions": grants})
        selector = {"kind": "doublestar", "decoration": "matches", "pattern": "2.*"}
        scope = {"kind": "doublestar", "decoration": "repoMatches", "pattern": "**"}
        rule = {"tag_selectors": [selector], "scope_selectors": {"repository": [scope]}}
        self.door.harbor("POST", "projects/payments/immutabletagrules", rule)

    def _uses(self) -> None:
        for name, repository, tag in (
            ("bob", "base/java", "21"),
            ("ann", "library/tool", "1.0"),
            ("wangwei", "base/alpine", "3.22"),
        ):
            self.door.as_(name).pull(repository, tag)
