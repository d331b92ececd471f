"""The story the pictures tell: two teams, what they push, where it runs, and what is wrong today.

Everything goes through the platform's door, as people would do it; only what time makes (days of use) is written
into the database.
"""

import random
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.clients import image as prepared
from tests.e2e.server import PASSWORD, until
from tests.entrypoints.platform.managed import spec
from tests.guide.door import Door
from tests.guide.making import Steps, image, index, signature
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
_GO: Steps = (
    ("/bin/sh -c #(nop) ADD rootfs.tar.xz in / ", 2900),
    ('/bin/sh -c #(nop) CMD ["/bin/sh"]', 0),
    ("RUN /bin/sh -c apk add --no-cache ca-certificates tzdata # buildkit", 640),
    ("WORKDIR /srv", 0),
    ("COPY /out/app /usr/local/bin/app # buildkit", 5200),
    ("COPY templates /srv/templates # buildkit", 96),
    ("USER 65532", 0),
    ("EXPOSE map[8080/tcp:{}]", 0),
    ('ENTRYPOINT ["/usr/local/bin/app"]', 0),
)
_JAVA: Steps = (
    ("/bin/sh -c #(nop) ADD rootfs.tar.xz in / ", 2900),
    ("ENV JAVA_HOME=/opt/java", 0),
    ("RUN /bin/sh -c install-jre 21 # buildkit", 7800),
    ("COPY /build/lib /srv/lib # buildkit", 3900),
    ("COPY /build/app.jar /srv/app.jar # buildkit", 1100),
    ('ENTRYPOINT ["java" "-jar" "/srv/app.jar"]', 0),
)
_TITLE, _REVISION = "org.opencontainers.image.title", "org.opencontainers.image.revision"
_GATEWAY = """# Payment gateway

Takes card payments from the shop and talks to the banks.

| Port | What for |
|---|---|
| 8080 | HTTP API |
| 9090 | metrics |

```
docker run -p 8080:8080 registry.corp.example/payments/gateway:2.4.1
```

Questions: the payments team.
"""
_NODE_FACTS = ("bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion", "kubeletVersion")
_NODE = dict.fromkeys((*_NODE_FACTS, "machineID", "osImage", "systemUUID"), "1") | {
    "operatingSystem": "linux"
}
_PROBES = 45
_DAYS, _DAY = 14, 86_400_000_000  # microseconds
_AGEING = (
    *(
        f"UPDATE {table} SET {column} = {column} - (((SELECT max(id) FROM {table}) - id) * 7 + 2) * :hour"
        for table, column in (
            ("artifacts", "pushed_at"),
            ("tags", "pushed_at"),
            ("repositories", "updated_at"),
            ("audit_logs", "at"),
        )
    ),
    "UPDATE artifacts SET pulled_at = pushed_at + :hour WHERE pulled_at IS NULL AND id % 4 > 0",
    "UPDATE repositories SET pull_count = pull_count + (id * 37) % 211",
    "UPDATE projects SET created_at = created_at - (40 + id) * 24 * :hour",
    "UPDATE workspaces SET created_at = created_at - (30 + id) * 24 * :hour",
    "UPDATE users SET created_at = created_at - (50 + id) * 24 * :hour",
    "UPDATE workspaces SET updated_at = created_at",
    "UPDATE clusters SET created_at = created_at - (10 + id) * 24 * :hour",
    "UPDATE instances SET created_at = created_at - (20 + id) * 24 * :hour",
    "UPDATE instance_probes SET id = id + 1000000",  # they are told in this order
    "UPDATE instance_health SET transition_at = transition_at - 24 * :hour WHERE state = 'healthy'",
    "UPDATE instance_health SET transition_at = transition_at - :hour / 2 WHERE state = 'unhealthy'",
)


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
        self._images()
        self._registries()
        if self.around.clusters:
            self._clusters()
            self._managed()
        self._rules()
        self._uses()
        _grow_older(self.data / "kangaroo.db")

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

    def _images(self) -> None:
        push = self.door.push
        signed = index("java", _JAVA[:3], ("amd64", "arm64"), **{_TITLE: "java"})
        push("base/java", "21", signed)
        push("base/java", signature(signed).digest, signature(signed))
        push("base/alpine", "3.22", index("alpine", _GO[:2], ("amd64", "arm64", "riscv64")))
        for number, version in enumerate(("2.3.0", "2.3.1", "2.4.0", "2.4.1")):
            labels = {_TITLE: "gateway", _REVISION: hash_of(version)}
            steps = [(command, size + size * number // 40) for command, size in _GO]
            made = index(f"gateway {version}", steps, ("amd64", "arm64"), **labels)
            push("payments/gateway", version, made)
        push("payments/gateway", "latest", made)
        push("payments/gateway", signature(made).digest, signature(made))
        for name in ("invoices", "refunds", "ledger"):
            push(f"payments/{name}", "1.8.0", image(name, _JAVA, **{_TITLE: name}))
        for name in ("indexer", "query", "suggest"):
            push(f"search/{name}", "0.9.2", image(name, _GO, **{_TITLE: name}))
        push("sandbox/try-out", "dev", image("try-out", _GO[:5]))
        self.door.push_layout("library/tool", "1.0", prepared("multi"))
        path = "projects/payments/repositories/gateway"
        self.door.harbor("PUT", path, {"description": _GATEWAY})

    def _registries(self) -> None:
        credential = {"username": harbor_stand_in.ADMIN, "password": harbor_stand_in.ADMIN_PASSWORD}
        self._register("mirror", "DOCKER_REGISTRY", self.around.docker, "Copies of public images, read only")
        self._register("harbor-shanghai", "HARBOR", self.around.harbor, "Second site", credential=credential)
        self._register("old-harbor", "HARBOR", self.around.old, "To be retired", credential=credential)
        self.around.change_password()
        for name in ("mirror", "harbor-shanghai", "old-harbor"):
            self.door.platform("POST", f"registries/{name}/health")
        self._bind("harbor-shanghai", "mobile", "payments")
        path = f"workspaces/{self.workspaces['payments']}/registries"
        body = {"name": "partner", "type": "DOCKER_REGISTRY", "url": self.around.docker}
        self.door.as_("ann").platform("POST", path, body | {"description": "What the card scheme delivers"})

    def _register(self, name: str, kind: str, url: str, description: str, **more: object) -> None:
        body = {"name": name, "type": kind, "url": url, "description": description}
        self.door.platform("POST", "registries", body | more)

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


def hash_of(text: str) -> str:
    """Twelve digits that look like a commit."""
    return random.Random(text).randbytes(6).hex()


def _grow_older(database: Path) -> None:
    """Two weeks of pushes and pulls, and images that were not all made a minute ago."""
    now, dice = int(time.time() * 1_000_000), random.Random("use")
    images = ("payments/gateway:2.4.1", "payments/invoices:1.8.0", "search/query:0.9.2", "base/java:21")
    rows = []
    for day in range(1, _DAYS):
        weekend = day % 7 in (2, 3)
        for operation, most in (("create", 3 if weekend else 14), ("pull", 12 if weekend else 60)):
            for _ in range(dice.randint(most // 2, most)):
                at = now - day * _DAY + dice.randrange(_DAY // 2)
                rows.append((at, dice.choice(list(PEOPLE)), operation, dice.choice(images)))
    samples = [
        (now - day * _DAY, (18 + (30 - day) * 5 + dice.randrange(5)) << 20) for day in range(30, 0, -1)
    ]
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        for statement in _AGEING:
            connection.execute(statement, {"hour": _DAY // 24})
        connection.executemany(
            "INSERT INTO audit_logs (at, actor, operation, resource_type, resource, succeeded)"
            " VALUES (?, ?, ?, 'artifact', ?, 1)",
            sorted(rows),
        )
        connection.executemany(
            "INSERT INTO instance_probes (id, instance_id, at, state, message, duration)"
            " SELECT id * 1000 + ?, id, ?, 'healthy', '{}', ? FROM instances WHERE kind <> 'KANGAROO'",
            [
                (number, now - (_PROBES - number) * _DAY // 1440, dice.randrange(9_000, 31_000))
                for number in range(_PROBES - 1)
            ],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO instance_statistics (instance_id, at, bytes)"
            " SELECT id, ?, ? FROM instances WHERE kind = 'KANGAROO'",
            samples,
        )
