"""The frame every handler stands on: paths, bodies, lists, places, failures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from litestar import Response, Router, get, post

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, Reference, RepositoryName
from kangaroo.base.query import ListQuery
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import created, listed
from kangaroo.entrypoints.harbor.shapes import Body, Int64, Shape, or_null, time
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.store.meta.database import Database
from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.conftest import PASSWORD, Installation, install

NUMBERS = list(range(25))
FACTS: dict[str, Any] = dict.fromkeys(
    (
        *(
            "reason",
            "what",
            "field",
            "limit",
            "project",
            "repository",
            "by",
            "seconds",
            "reference",
            "digest",
        ),
        *(
            "action",
            "resource",
            "name",
            "tag",
            "range",
            "method",
            "actual",
            "expected",
            "adding",
            "used",
            "hard",
        ),
        "upload",
    ),
    "x",
)


class Thing(Shape):
    id: int
    tags: Sequence[str] | None
    made: str
    name: str = ""
    hidden: bool = False


class NewThing(Body):
    name: str
    count: int = 0
    labels: list[str] | None = None


@get("/things/{thing_id:str}")
async def thing(thing_id: Int64, with_tag: bool = True) -> Thing:
    return Thing(id=thing_id, tags=or_null(["x"] if with_tag else []), made=time(None))


@get("/things")
async def things(request: AnyRequest, listing: Given[ListQuery]) -> Response[Any]:
    window = listing.window
    page = NUMBERS[window.offset : window.offset + window.size] if window.size else NUMBERS
    return listed(request, window, page, len(NUMBERS))


@post("/things")
async def new_thing(request: AnyRequest, data: NewThing) -> Response[Any]:
    content = {"name": data.name, "count": data.count, "labels": data.labels}
    return created(request, 42, content if data.count else b"")


@get("/projects/{project_name_or_id:str}/echo")
async def echo_project(project: Given[ProjectName], actor: Given[Actor]) -> dict[str, str]:
    return {"project": project, "actor": actor.name}


@get("/projects/{project_name:str}/repositories/{repository_name:str}/artifacts/{reference:str}/echo")
async def echo_reference(
    repository: Given[RepositoryName],
    artifact: Given[Reference],
    services: Given[Services],
    actor: Given[Actor],
) -> dict[str, str]:
    await services.access.require(actor, "repository", "pull", repository.project)
    return {"repository": repository, "reference": artifact, "kind": type(artifact).__name__}


@get("/fail/{code:str}")
async def fail(code: str) -> None:
    if code == "BUG":
        raise RuntimeError("secret detail")
    raise Failure(Code[code], **FACTS)


PROBES = Router("/api/v2.0", route_handlers=[thing, things, new_thing, echo_project, echo_reference, fail])


@pytest.fixture
async def installation(tmp_path: Path, harbor_database: Database) -> Installation:
    return await install(tmp_path, harbor_database, PROBES)


# paths


DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize("repository", ["a%252Fb", "a%2Fb"])
@pytest.mark.parametrize(
    ("reference", "text", "kind"),
    [("v1", "v1", "Tag"), (DIGEST, DIGEST, "Digest"), (DIGEST.replace(":", "%3A"), DIGEST, "Digest")],
)
async def test_names_reach_the_handler(admin, repository, reference, text, kind) -> None:
    found = await admin.get(f"projects/library/repositories/{repository}/artifacts/{reference}/echo")
    assert found == {"repository": "library/a/b", "reference": text, "kind": kind}


async def test_a_slash_that_is_not_encoded_is_another_path(admin) -> None:
    answer = await admin("GET", "projects/library/repositories/a/b/artifacts/v1/echo")
    assert answer.status == 404


async def test_what_can_be_no_repository_or_reference_is_not_found(admin) -> None:
    for path in (
        "repositories/UPPER/artifacts/v1",
        "repositories/a/artifacts/sha256:0",
        "repositories/a/artifacts/%20",
    ):
        answer = await admin("GET", f"projects/library/{path}/echo")
        assert answer.status == 404
        assert answer.json()["errors"][0]["code"] == "NOT_FOUND"


async def test_a_project_by_name_and_by_id(installation, admin) -> None:
    await installation.wired.services.projects.create(await _actor(installation), ProjectName("77"))
    assert (await admin.get("projects/library/echo"))["project"] == "library"
    assert (await admin.get("projects/1/echo"))["project"] == "library"
    answer = await admin("GET", "projects/77/echo")
    assert answer.status == 404
    named = admin.with_headers(x_is_resource_name="true")
    assert (await named.get("projects/77/echo"))["project"] == "77"
    assert (await named("GET", "projects/1/echo")).status == 200, "a name without a project: core decides"


@pytest.mark.parametrize("name", ["999999", "No-Such", "%2e%2e", "a%2Fb"])
async def test_which_projects_exist_is_not_for_everybody(installation, anonymous, admin, name) -> None:
    await _user(installation, "normal")
    normal = anonymous.signed_in("normal", PASSWORD)
    statuses = [
        (await client("GET", f"projects/{name}/echo")).status for client in (anonymous, normal, admin)
    ]
    assert statuses == [401, 403, 404]


async def test_numbers_in_paths(admin) -> None:
    assert (await admin.get("things/5"))["id"] == 5
    for text in ("x", "1.5", "9" * 30, "%00"):
        answer = await admin("GET", f"things/{text}")
        assert answer.status == 422
        assert answer.json()["errors"][0]["code"] == "UNPROCESSABLE_ENTITY"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("things/x", "thing_id in path: Expected `int`, got `str`"),
        ("things/1?with_tag=x", "with_tag in query: Expected `bool`, got `str`"),
    ],
)
async def test_what_is_wrong_is_said(admin, path, message) -> None:
    answer = await admin("GET", path)
    assert answer.json()["errors"][0]["message"] == f"validation failure list:\n{message}"


# shapes and bodies


async def test_zeros_are_left_out_times_and_nulls_are_not(admin) -> None:
    answer = await admin("GET", "things/5?with_tag=false")
    assert answer.body == b'{"id":5,"tags":null,"made":"0001-01-01T00:00:00.000Z"}'


async def test_null_is_absent(admin) -> None:
    answer = await admin(
        "POST", "things", {"name": "x", "count": None, "labels": None, "unknown": {"a": None}}
    )
    assert answer.status == 201
    assert answer.body == b""
    assert answer.headers["location"] == "/api/v2.0/things/42"


async def test_a_body_with_content(admin) -> None:
    answer = await admin("POST", "things/", {"name": "x", "count": 3, "labels": ["a"]})
    assert answer.json() == {"name": "x", "count": 3, "labels": ["a"]}
    assert answer.headers["location"] == "/api/v2.0/things/42"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"count":1}',
        b'{"name":5}',
        b'{"name":null}',
        b'{"name":"x","count":"many"}',
        b'{"name":"x","count":1e400}',
        b'{"name":"x","count":99999999999999999999}',
        b'{"name":"a\\u0000b"}',
        b'{"name":"\\ud800"}',
        b'{"name":"\xff"}',
        b"[" * 100_000,
    ],
)
async def test_a_body_that_is_not_what_it_should_be(admin, body) -> None:
    answer = await admin("POST", "things", body=body)
    assert answer.status == 422, answer
    error = answer.json()["errors"][0]
    assert error["code"] == "UNPROCESSABLE_ENTITY"
    assert error["message"].startswith("validation failure list:\n")


async def test_a_body_without_a_content_type_is_json(admin) -> None:
    assert (await admin("POST", "things", body=b'{"name":"x"}', content_type="")).status == 201


async def test_a_body_has_a_limit(admin) -> None:
    answer = await admin("POST", "things", body=b'{"name":"' + b"x" * (5 << 20) + b'"}')
    assert answer.status == 413
    assert answer.json()["errors"][0]["code"] == "REQUEST_ENTITY_TOO_LARGE"


async def test_a_client_that_leaves_is_no_fault_of_ours(installation) -> None:
    sent = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    path = "/api/v2.0/things"
    scope = {"type": "http", "method": "POST", "scheme": "http", "path": path, "raw_path": path.encode()}
    await installation({**scope, "query_string": b"", "headers": [], "client": None}, receive, send)
    assert sent[0]["status"] == 400


# lists


async def test_a_list_and_the_way_through_it(admin) -> None:
    seen, url = [], "things?page_size=10&q=a%3Db"
    while url:
        answer = await admin("GET", url)
        seen += answer.json()
        assert answer.headers["x-total-count"] == "25"
        links = dict(
            reversed(part.split("; rel=")) for part in answer.headers.get("link", "").split(" , ") if part
        )
        url = links.get('"next"', "<>")[1:-1]
    assert seen == NUMBERS


async def test_everything_at_once_and_nothing(admin) -> None:
    answer = await admin("GET", "things?page_size=0")
    assert (answer.json(), answer.headers.get("link")) == (NUMBERS, None)
    assert (await admin("GET", "things?page=9")).body == b"[]"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("page_size=101", 422, "UNPROCESSABLE_ENTITY"),
        ("page=x", 422, "UNPROCESSABLE_ENTITY"),
        ("q=x", 400, "BAD_REQUEST"),
        ("q=a%3D%5B1", 400, "BAD_REQUEST"),
        ("q=a%3D%2500", 400, "BAD_REQUEST"),
        ("q=%00", 422, "UNPROCESSABLE_ENTITY"),
    ],
)
async def test_questions_that_are_refused(admin, query, status, code) -> None:
    answer = await admin("GET", f"things?{query}")
    assert (answer.status, answer.json()["errors"][0]["code"]) == (status, code)


async def test_the_message_for_a_page_too_large_is_harbors(admin) -> None:
    answer = await admin("GET", "things?page_size=101")
    message = "validation failure list:\npage_size in query should be less than or equal to 100"
    assert answer.json() == {"errors": [{"code": "UNPROCESSABLE_ENTITY", "message": message}]}


async def test_flags_in_queries(admin) -> None:
    assert "tags" in await admin.get("things/1?with_tag=True")
    assert (await admin("GET", "things/1?with_tag=maybe")).status == 422


# failures


@pytest.mark.parametrize("code", [*Code])
async def test_every_failure_has_words(anonymous, code) -> None:
    answer = await anonymous("GET", f"fail/{code.name}")
    (error,) = answer.json()["errors"]
    assert answer.status == code.status
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    if code.status >= 500:
        assert error == {"code": "UNKNOWN", "message": "internal server error"}
    if code.heals:
        assert answer.headers["retry-after"] == "5"


HARBORS_WORDS = {
    400: {"BAD_REQUEST", "DIGEST_INVALID", "MANIFEST_INVALID", "UNSUPPORTED"},
    401: {"UNAUTHORIZED"},
    403: {"FORBIDDEN", "DENIED"},
    404: {"NOT_FOUND"},
    405: {"METHOD_NOT_ALLOWED"},
    409: {"CONFLICT"},
    412: {"PRECONDITION", "VIOLATE_FOREIGN_KEY_CONSTRAINT", "PROJECTPOLICYVIOLATION"},
    413: {"REQUEST_ENTITY_TOO_LARGE"},
    416: {"BAD_REQUEST"},
    422: {"UNPROCESSABLE_ENTITY"},
    429: {"TOO_MANY_REQUEST"},
    500: {"UNKNOWN"},
    503: {"UNKNOWN"},
}


async def test_the_words_are_harbors_and_all_are_used(anonymous) -> None:
    used: dict[int, set[str]] = {}
    for code in Code:
        answer = await anonymous("GET", f"fail/{code.name}")
        used.setdefault(answer.status, set()).add(answer.json()["errors"][0]["code"])
    assert used == HARBORS_WORDS


async def test_a_bug_is_not_shown(anonymous) -> None:
    answer = await anonymous("GET", "fail/BUG")
    assert answer.status == 500
    assert answer.body == b'{"errors":[{"code":"UNKNOWN","message":"internal server error"}]}\n'


async def test_no_such_path_and_no_such_method(anonymous) -> None:
    assert (await anonymous("GET", "nowhere")).json()["errors"][0]["code"] == "NOT_FOUND"
    answer = await anonymous("PUT", "things")
    assert answer.json()["errors"][0]["code"] == "METHOD_NOT_ALLOWED"
    assert "POST" in answer.headers["allow"]
    assert (await anonymous("HEAD", "things")).body == b""


# the rest


async def test_every_answer_has_a_request_id(anonymous) -> None:
    for path in ("ping", "nowhere", "fail/BUG"):
        assert (await anonymous("GET", path)).headers["x-request-id"]
        assert (await anonymous("GET", path, x_request_id="mine")).headers["x-request-id"] == "mine"


async def test_the_metrics_know_the_handler(installation, anonymous) -> None:
    await anonymous("GET", "ping")
    assert installation.scope["kangaroo.route"] == "ping.ping"
    await anonymous("GET", "nowhere/at/all")
    assert installation.scope["kangaroo.route"] == "nowhere"


async def test_a_wrong_host_is_no_bug(anonymous) -> None:
    assert (await anonymous("GET", "ping", host="a b")).status == 422


async def _actor(installation: Installation) -> Actor:
    return await installation.wired.services.access.authenticate_basic("admin", PASSWORD, "test")


async def _user(installation: Installation, name: str) -> HarborClient:
    from kangaroo.core.access import Profile

    access = installation.wired.services.access
    await access.users.create(await _actor(installation), name, PASSWORD, Profile(f"{name}@example.com"))
    return HarborClient(installation).signed_in(name, PASSWORD)
