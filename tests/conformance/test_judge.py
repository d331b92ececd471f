"""The judge itself: what it lets pass, and what it does not."""

from typing import Any

import msgspec
import pytest

from tests.asgi import Response
from tests.conformance import judge, swagger

ARTIFACT = {
    "id": 1,
    "type": "IMAGE",
    "digest": "sha256:0",
    "push_time": "2026-01-01T00:00:00.000Z",
    "pull_time": "0001-01-01T00:00:00.000Z",
    "extra_attrs": {"os": "linux", "config": {"Cmd": ["sh"]}, "created": None},
    "tags": None,
    "labels": None,
    "references": [{"child_id": 2, "platform": {"'os.features'": None, "os": "linux"}}],
    "accessories": [],
    "addition_links": {"build_history": {"absolute": False, "href": "/x"}},
}
PATH = "/api/v2.0/projects/library/repositories/a%252Fb/artifacts"


def answer(content: object, status: int = 200, media_type: str = "application/json") -> Response:
    body = content if isinstance(content, bytes) else msgspec.json.encode(content)
    return Response(status, {"content-type": media_type}, body)


def found(method: str, path: str, given: Response, sent: object = None) -> list[str]:
    swagger.required()
    return judge.problems(method, path, sent, given)


def test_a_good_answer() -> None:
    assert found("GET", PATH, answer([ARTIFACT])) == []
    assert found("GET", f"{PATH}/sha256:0", answer(ARTIFACT)) == []
    assert found("GET", PATH, answer([])) == []
    assert found("POST", "/api/v2.0/projects", answer(b"", 201), {"project_name": "x"}) == []
    assert found("GET", "/api/v2.0/ping", answer(b"Pong", media_type="text/plain; charset=utf-8")) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "1"},
        {"push_time": "2026-01-01T00:00:00Z"},
        {"push_time": None},
        {"tags": {}},
        {"digests": "an unknown member"},
        {"references": [{"platform": {"os": 5}}]},
    ],
)
def test_a_wrong_shape(wrong: dict[str, Any]) -> None:
    (problem,) = found("GET", PATH, answer([ARTIFACT | wrong]))
    assert problem.startswith("0")


@pytest.mark.parametrize(
    ("method", "path", "given", "words"),
    [
        ("GET", PATH, answer(b"null"), "never null"),
        ("GET", PATH + "/v1", answer(b"null"), "not of type 'object'"),
        ("GET", PATH, answer([], 201), "knows no status 201"),
        ("GET", PATH, answer([], media_type="text/plain"), "answers JSON"),
        ("GET", "/api/v2.0/ping", answer("Pong"), "answers text/plain"),
        ("POST", "/api/v2.0/projects", answer({"id": 1}, 201), "answers with nothing"),
        ("GET", PATH, answer({"error": "x"}, 404), "another shape"),
        ("GET", PATH, answer({"errors": [{"code": "X", "message": "y"}]}, 404), "newline"),
        ("GET", PATH, answer(b"nope", 404, "text/plain"), "a failure of type"),
        ("GET", PATH, answer(b"nope", 404), "no JSON"),
        ("GET", PATH, answer(b"nope"), "no JSON"),
        ("GET", PATH, answer(b"", 418), "no way to refuse"),
        ("HEAD", "/api/v2.0/projects", answer(b"x", 404), "no content"),
    ],
)
def test_a_wrong_answer(method: str, path: str, given: Response, words: str) -> None:
    assert any(words in problem for problem in found(method, path, given))


def test_a_request_that_is_not_as_described() -> None:
    (problem,) = found("POST", "/api/v2.0/projects", answer(b"", 201), {"project_nam": "x"})
    assert problem.startswith("request")


def test_operations_are_found_by_their_paths() -> None:
    spec = swagger.required()
    wanted = {
        ("GET", "/users/current"): "getCurrentUserInfo",
        ("GET", "/users/1"): "getUser",
        (
            "GET",
            f"{PATH.removeprefix(swagger.BASE)}/v1/additions/vulnerabilities",
        ): "getVulnerabilitiesAddition",
        ("GET", f"{PATH.removeprefix(swagger.BASE)}/v1/additions/build_history"): "getAddition",
        ("GET", "/projects/library/metadatas"): "listProjectMetadatas",
        ("PUT", "/system/gc/schedule"): "updateGCSchedule",
        ("HEAD", "/projects"): "headProject",
    }
    for (method, path), name in wanted.items():
        operation = spec.operation(method, swagger.BASE + path)
        assert operation is not None
        assert operation.id == name
    assert spec.operation("GET", "/api/v2.0/nowhere") is None
    assert spec.operation("GET", "/v2/ping") is None


def test_without_the_description_only_failures_are_judged(monkeypatch) -> None:
    monkeypatch.setattr(swagger, "load", lambda: None)
    assert judge.problems("GET", PATH, None, answer(b"null")) == []
    assert judge.problems("GET", PATH, None, answer(b"x", 404)) != []


def test_without_the_description_the_walk_is_skipped_but_not_in_ci(monkeypatch) -> None:
    monkeypatch.setattr(swagger, "load", lambda: None)
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception):
        swagger.required()
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception):
        swagger.required()
