"""What the stand-in of a Harbor does by itself: robots, scans, retention, replication; each run ends at once."""

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.remote.v2_stand_in import refused

if TYPE_CHECKING:
    from tests.remote.harbor_stand_in import HarborStandIn

API = "/api/v2.0"
TIME = "2024-05-06T07:08:09.123Z"
REPORT = "application/vnd.security.vulnerability.report; version=1.1"
SCANNER = {"name": "Trivy", "vendor": "Aqua Security", "version": "v0.50"}


class Engines:
    def __init__(self, harbor: "HarborStandIn") -> None:
        self._harbor = harbor
        self._numbers = itertools.count(1)
        self._secrets = itertools.count(1)
        self.robots: dict[int, dict[str, Any]] = {}
        self.scans: dict[str, str] = {}
        self.tables: dict[str, dict[int, dict[str, Any]]] = {
            "retentions": {},
            "registries": {},
            "replication/policies": {},
            "retention-executions": {},
            "replication-executions": {},
        }

    def routes(self) -> list[web.RouteDef]:
        artifact = API + "/projects/{project}/repositories/{image}/artifacts/{reference}"
        runs, copies = API + "/retentions/{policy}/executions", API + "/replication/executions"
        routes = [
            web.get(API + "/robots", self._list_robots),
            web.post(API + "/robots", self._create_robot),
            web.get(API + "/robots/{id}", self._get_robot),
            web.put(API + "/robots/{id}", self._update_robot),
            web.patch(API + "/robots/{id}", self._refresh_robot),
            web.delete(API + "/robots/{id}", self._delete_robot),
            web.get(API + "/projects/{project}/scanner", self._scanner),
            web.post(artifact + "/scan", self._scan),
            web.post(artifact + "/scan/stop", self._stop_scan),
            web.get(artifact + "/scan/{report}/log", self._log),
            web.get(artifact + "/additions/vulnerabilities", self._report),
            web.post(runs, self._run_retention),
            web.get(runs, self._list_runs),
            web.patch(runs + "/{id}", self._stop_run),
            web.get(runs + "/{id}/tasks", self._run_tasks),
            web.get(runs + "/{id}/tasks/{task}", self._log),
            web.post(copies, self._copy),
            web.get(copies, self._list_copies),
            web.get(copies + "/{id}", self._get_copy),
            web.put(copies + "/{id}", self._stop_copy),
            web.get(copies + "/{id}/tasks", self._copy_tasks),
            web.get(copies + "/{id}/tasks/{task}/log", self._log),
        ]
        for table in ("retentions", "registries", "replication/policies"):
            routes += self._table_routes(table)
        return routes

    def _table_routes(self, table: str) -> Iterable[web.RouteDef]:
        """Create, get, replace, delete: the same for all that is only kept."""
        rows = self.tables[table]

        async def create(request: web.Request) -> web.Response:
            row = await request.json()
            if any(one.get("name") == row.get("name") != None for one in rows.values()):  # noqa: E711
                return refused(409, "CONFLICT", "it exists")
            number = next(self._numbers)
            rows[number] = _kept(row, number)
            if table == "retentions":
                project = next(
                    one for one in self._harbor.projects.values() if one["project_id"] == row["scope"]["ref"]
                )
                project["metadata"]["retention_id"] = str(number)
            return web.Response(status=201, headers={"Location": f"{API}/{table}/{number}"})

        async def listed(request: web.Request) -> web.Response:
            wanted = request.query.get("q", "").partition("=~")[2]
            return self._harbor.page(request, [one for one in rows.values() if wanted in one["name"]])

        async def get(request: web.Request) -> web.Response:
            return web.json_response(_found(rows, request))

        async def replace(request: web.Request) -> web.Response:
            held, given = _found(rows, request), await request.json()
            rows[held["id"]] = held | _kept(given, held["id"])
            return web.Response()

        async def delete(request: web.Request) -> web.Response:
            number = _found(rows, request)["id"]
            if table == "registries" and self._copied_with(number):
                return refused(412, "PRECONDITION", "the registry is referenced by replication policies")
            del rows[number]
            return web.Response()

        path = f"{API}/{table}"
        yield web.post(path, create)
        if table != "retentions":
            yield web.get(path, listed)
        yield web.get(path + "/{id}", get)
        yield web.put(path + "/{id}", replace)
        yield web.delete(path + "/{id}", delete)

    def _copied_with(self, registry: int) -> bool:
        policies = self.tables["replication/policies"].values()
        return any(
            one[end]["id"] == registry for one in policies for end in ("src_registry", "dest_registry")
        )

    # --- robots -------------------------------------------------------------

    def robot_secrets(self) -> dict[str, str]:
        return {robot["name"]: robot["secret"] for robot in self.robots.values()}

    def robot_rights(self, name: str) -> list[tuple[str, str]]:
        robot = next(one for one in self.robots.values() if one["name"] == name)
        system = [one for one in robot["permissions"] if one["kind"] == "system"]
        return [(right["resource"], right["action"]) for one in system for right in one["access"]]

    async def _list_robots(self, request: web.Request) -> web.Response:
        wanted = request.query.get("q", "").partition("name=")[2]
        shown = [_without_secret(one) for one in self.robots.values() if one["level"] == "system"]
        return self._harbor.page(request, [one for one in shown if one["name"] == f"robot${wanted}"])

    async def _create_robot(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if f"robot${asked['name']}" in self.robot_secrets():
            return refused(409, "CONFLICT", "robot exists")
        if self._harbor.user(request) != "admin":
            return refused(403, "FORBIDDEN", "forbidden")
        number, expires = next(self._numbers), -1 if asked["duration"] == -1 else 2_000_000_000
        made = {
            "name": f"robot${asked['name']}",
            "secret": f"secret-{next(self._secrets)}",
            "expires_at": expires,
        }
        self.robots[number] = {**asked, "id": number, **made}
        return web.json_response({"id": number, "creation_time": TIME, **made}, status=201)

    async def _get_robot(self, request: web.Request) -> web.Response:
        return web.json_response(_without_secret(_found(self.robots, request)))

    async def _update_robot(self, request: web.Request) -> web.Response:
        held, asked = _found(self.robots, request), await request.json()
        if (asked["name"], asked["level"]) != (held["name"], held["level"]):
            return refused(400, "BAD_REQUEST", "cannot update the level or name of robot")
        held.update(asked)
        return web.Response()

    async def _refresh_robot(self, request: web.Request) -> web.Response:
        held = _found(self.robots, request)
        held["secret"] = f"secret-{next(self._secrets)}"
        return web.json_response({"secret": held["secret"]})

    async def _delete_robot(self, request: web.Request) -> web.Response:
        del self.robots[_found(self.robots, request)["id"]]
        return web.Response()

    # --- scans --------------------------------------------------------------

    def overview(self, digest: str) -> dict[str, Any]:
        status = self.scans.get(digest)
        if status is None:
            return {}
        summary = {"total": 3, "fixable": 1, "summary": {"Critical": 1, "Low": 1, "Negligible": 1}}
        times = {"start_time": TIME, "end_time": TIME, "duration": 0}
        row = {"report_id": "report-1", "scan_status": status, "severity": "Critical", **times}
        return {REPORT: {**row, "summary": summary, "scanner": SCANNER}}

    async def _scanner(self, request: web.Request) -> web.Response:
        self._harbor.project(request)
        return web.json_response(
            {
                "uuid": "u-1",
                "name": "Trivy",
                "url": "http://trivy:8080",
                "health": "healthy",
                "is_default": True,
            }
        )

    async def _scan(self, request: web.Request) -> web.Response:
        self.scans[self._harbor.artifact(request)[1]] = "Success"
        return web.Response(status=202)

    async def _stop_scan(self, request: web.Request) -> web.Response:
        self.scans[self._harbor.artifact(request)[1]] = "Stopped"
        return web.Response(status=202)

    async def _report(self, request: web.Request) -> web.Response:
        self._harbor.artifact(request)
        return web.json_response({REPORT: {"vulnerabilities": [{"id": "CVE-2024-1"}]}})

    async def _log(self, request: web.Request) -> web.Response:
        return web.Response(text=f"log of {request.path.rpartition('/')[0][-40:]}")

    # --- runs ---------------------------------------------------------------

    async def _run_retention(self, request: web.Request) -> web.Response:
        policy, number = int(request.match_info["policy"]), next(self._numbers)
        if policy not in self.tables["retentions"]:
            return refused(400, "BAD_REQUEST", "no such retention policy")
        self.tables["retention-executions"][number] = {
            "id": number,
            "policy_id": policy,
            "status": "Success",
            "trigger": "MANUAL",
            "dry_run": (await request.json())["dry_run"],
            "start_time": TIME,
            "end_time": TIME,
        }
        return web.Response(status=201, headers={"Location": f"{request.path}/{number}"})

    async def _list_runs(self, request: web.Request) -> web.Response:
        policy = int(request.match_info["policy"])
        rows = self.tables["retention-executions"].values()
        return self._harbor.page(request, [one for one in rows if one["policy_id"] == policy])

    async def _stop_run(self, request: web.Request) -> web.Response:
        assert await request.json() == {"action": "stop"}
        _found(self.tables["retention-executions"], request)["status"] = "Stopped"
        return web.Response()

    async def _run_tasks(self, request: web.Request) -> web.Response:
        execution = int(request.match_info["id"])
        times = {"start_time": TIME, "end_time": TIME}
        task = {"id": 1, "execution_id": execution, "repository": "library/nginx", "status": "Success"}
        return self._harbor.page(request, [{**task, "total": 5, "retained": 2, **times}])

    async def _copy(self, request: web.Request) -> web.Response:
        policy, number = (await request.json())["policy_id"], next(self._numbers)
        if policy not in self.tables["replication/policies"]:
            return refused(404, "NOT_FOUND", "no such policy")
        self.tables["replication-executions"][number] = {
            "id": number,
            "policy_id": policy,
            "status": "Succeed",
            "trigger": "manual",
            "total": 1,
            "succeed": 1,
            "start_time": TIME,
            "end_time": TIME,
        }
        return web.Response(status=201, headers={"Location": f"{request.path}/{number}"})

    async def _list_copies(self, request: web.Request) -> web.Response:
        asked = {name: request.query.get(name) for name in ("policy_id", "status", "trigger")}
        rows = self.tables["replication-executions"].values()
        fits = [one for one in rows if all(value in (None, str(one[name])) for name, value in asked.items())]
        return self._harbor.page(request, fits)

    async def _get_copy(self, request: web.Request) -> web.Response:
        return web.json_response(_found(self.tables["replication-executions"], request))

    async def _stop_copy(self, request: web.Request) -> web.Response:
        _found(self.tables["replication-executions"], request)["status"] = "Stopped"
        return web.Response()

    async def _copy_tasks(self, request: web.Request) -> web.Response:
        row = {
            "id": 7,
            "execution_id": int(request.match_info["id"]),
            "status": "Succeed",
            "operation": "copy",
        }
        row |= {"resource_type": "image", "src_resource": "library/nginx:1", "dst_resource": "mirror/nginx:1"}
        asked = {name: request.query.get(name) for name in ("status", "resource_type")}
        fits = all(value in (None, row[name]) for name, value in asked.items())
        return self._harbor.page(request, [row] if fits else [])


def _kept(row: dict[str, Any], number: int) -> dict[str, Any]:
    """As it comes back: ends of replication as whole registries, and never a secret."""
    kept = {**row, "id": number}
    for end in ("src_registry", "dest_registry"):
        if end in kept and kept[end] is None:
            kept[end] = {"id": 0, "name": "Local", "type": "harbor"}
    if "access_key" in kept:  # a change writes a credential in other words than a making
        names = {"access_key": "access_key", "access_secret": "access_secret", "type": "credential_type"}
        kept["credential"] = {name: kept.pop(word) for name, word in names.items()}
    credential = kept.get("credential")
    if credential:
        kept["credential"] = {**credential, "access_secret": "*****"}
    return kept


def _found(rows: dict[int, dict[str, Any]], request: web.Request) -> dict[str, Any]:
    row = rows.get(int(request.match_info["id"]))
    if row is None:
        text = '{"errors":[{"code":"NOT_FOUND","message":"no such thing"}]}'
        raise web.HTTPNotFound(text=text, content_type="application/json")
    return row


def _without_secret(robot: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in robot.items() if name != "secret"}
