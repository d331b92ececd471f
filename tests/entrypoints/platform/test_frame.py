"""The way of a request through the platform dialect: who asks, what is read, how failures are said."""

import msgspec
import pytest

from kangaroo.entrypoints.http import csrf
from kangaroo.entrypoints.http.language import language_of
from tests.entrypoints.platform.conftest import PASSWORD


class TestWhoAsks:
    async def test_nobody(self, nobody):
        assert await nobody.refused("GET", "registries") == (401, "UNAUTHORIZED")

    async def test_a_wrong_password_is_told(self, nobody):
        assert await nobody.signed_in("admin", "wrong").refused("GET", "registries") == (401, "UNAUTHORIZED")

    @pytest.mark.parametrize("header", ["Basic ?", "Bearer kgr_none", "Digest x", "Bearer", ""])
    async def test_what_is_no_credential(self, nobody, header):
        client = nobody.with_headers(authorization=header)
        assert await client.refused("GET", "registries") == (401, "UNAUTHORIZED")

    async def test_an_api_token(self, site, nobody):
        made = await site.services.access.api_tokens.create(await site.admin(), "ci")
        client = nobody.with_headers(authorization=f"Bearer {made.secret}")
        assert (await client.get("registries"))["pagination"]["total"] == 1

    async def test_a_token_of_the_registry_is_none_of_this_api(self, site, nobody):
        token = await site.services.access.issue_token(await site.admin(), [])
        client = nobody.with_headers(authorization=f"Bearer {token.token}")
        assert await client.refused("GET", "registries") == (401, "UNAUTHORIZED")

    async def test_a_session_may_change_something_only_with_its_token(self, site, nobody):
        cookie = await site.services.access.sessions.begin(await site.admin())
        client = nobody.with_headers(cookie=f"sid={cookie}")
        answer = await client("GET", "registries")
        token = answer.headers[csrf.HEADER.lower()]
        assert await client.refused("POST", "registries/kangaroo/health") == (403, "FORBIDDEN")
        shown = client.with_headers(**{csrf.HEADER: token})
        assert (await shown.ok("POST", "registries/kangaroo/health"))["state"] == "healthy"

    async def test_a_session_that_is_none(self, nobody):
        assert await nobody.with_headers(cookie="sid=nothing").refused("GET", "registries") == (
            401,
            "UNAUTHORIZED",
        )

    async def test_plain_users_have_no_points(self, site, nobody):
        await site.user("jane")
        jane = nobody.signed_in("jane", PASSWORD)
        assert await jane.refused("GET", "registries") == (403, "FORBIDDEN")
        assert await jane.get("current-user/global-permissions") == {"permissions": []}
        assert await jane.refused("GET", "cluster") == (403, "FORBIDDEN")

    async def test_administrators_hold_all_points_of_the_platform(self, admin):
        points = (await admin.get("current-user/global-permissions"))["permissions"]
        assert len(points) == 13
        assert "BindRegistrySpace" in points
        assert "GetImage" not in points


class TestReading:
    async def test_names_in_snake_case(self, admin):
        answer = await admin.get("registries?page_size=1&fuzzy_name=KANG")
        assert answer["pagination"] == {"page": 1, "pageSize": 1, "total": 1, "pages": 1}

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("", {"page": 1, "pageSize": 10, "total": 1, "pages": 1}),
            ("?page=0&pageSize=0", {"page": 1, "pageSize": 10, "total": 1, "pages": 1}),
            ("?page=7&pageSize=3", {"page": 7, "pageSize": 3, "total": 1, "pages": 1}),
            ("?pageSize=-1", {"page": 1, "pageSize": 1, "total": 1, "pages": 1}),
            ("?pageSize=1000&unknown=1", {"page": 1, "pageSize": 1000, "total": 1, "pages": 1}),
            ("?fuzzyName=nothing", {"page": 1, "pageSize": 10, "total": 0, "pages": 0}),
            ("?fuzzyName=nothing&pageSize=-1", {"page": 1, "pageSize": 0, "total": 0, "pages": 0}),
        ],
    )
    async def test_pages(self, admin, query, shown):
        assert (await admin.get(f"registries{query}"))["pagination"] == shown

    @pytest.mark.parametrize(
        "query", ["page=x", "pageSize=1001", "pageSize=-2", "page=-1", "intergratedType=x", "fuzzyName=%00"]
    )
    async def test_what_is_no_query(self, admin, query):
        status, _ = await admin.refused("GET", f"registries?{query}")
        assert status == 400

    async def test_an_empty_body_is_all_defaults(self, admin):
        answer = await admin("POST", "registries")
        assert answer.status == 400
        assert answer.json()["details"][0]["metadata"]["field"] == "type"

    async def test_null_is_absent_and_unknown_fields_are_ignored(self, admin):
        body = {"name": None, "type": "HARBOR", "nothing": {"a": [1]}, "credential": None}
        answer = await admin("POST", "registries", body)
        assert answer.json()["details"][0]["reason"] == "NAME_INVALID"

    @pytest.mark.parametrize("body", [b"{", b"\xff", b"[1]", b'"x"', b"[" * 100_000])
    async def test_what_is_no_json_object(self, admin, body):
        answer = await admin("POST", "registries", body=body, content_type="application/json")
        assert (answer.status, answer.json()["code"]) == (400, 3)

    async def test_nul_in_a_text(self, admin):
        assert await admin.refused("POST", "registries", {"name": "a\0b"}) == (400, "BAD_REQUEST")

    async def test_names_in_paths_are_decoded(self, admin):
        assert (await admin.get("registries/kan%67aroo"))["name"] == "kangaroo"
        assert await admin.refused("GET", "registries/a%252Fb") == (404, "NOT_FOUND")

    async def test_a_body_that_is_too_large(self, admin):
        body = b'{"name":"' + b"x" * (5 << 20) + b'"}'
        answer = await admin("POST", "registries", body=body, content_type="application/json")
        assert answer.status == 400


class TestFailures:
    async def test_in_the_language_asked_for(self, admin):
        english = await admin("GET", "registries/none")
        assert english.json()["message"] == "registry none not found"
        chinese = await admin.with_headers(accept_language="zh-CN,zh;q=0.9,en;q=0.8")(
            "GET", "registries/none"
        )
        assert "不存在" in chinese.json()["message"]
        info = {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "NOT_FOUND",
            "domain": "kangaroo.io",
            "metadata": {"what": "registry none"},
        }
        assert english.json() == {"code": 5, "message": "registry none not found", "details": [info]}

    async def test_no_such_path_and_no_such_method(self, admin):
        assert await admin.refused("GET", "nothing/here") == (404, "NOT_FOUND")
        assert await admin.refused("PATCH", "registries") == (501, "UNIMPLEMENTED")
        assert await admin.refused("GET", "/apis/other.io/v1") == (404, "NOT_FOUND")

    async def test_what_nobody_foresaw_is_not_told(self, site, admin, monkeypatch):
        async def broken(*_: object, **__: object) -> None:
            raise RuntimeError("secret")

        monkeypatch.setattr(type(site.services.instances), "page", broken)
        answer = await admin("GET", "registries")
        assert (answer.status, answer.json()["code"]) == (500, 13)
        assert b"secret" not in answer.body


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("de,zh;q=0.5", "zh"),
        ("en;q=0.4, zh-Hans-CN;q=0.6", "zh"),
        ("en,zh", "en"),
        ("fr", "en"),
        ("zh;q=0", "en"),
        ("zh;q=..", "en"),
        (";;;,,,", "en"),
    ],
)
def test_languages(header, language):
    assert language_of(header) == language


async def test_our_description_of_it(nobody):
    answer = await nobody.unjudged()("GET", "/apis/kangaroo.io/openapi.json")
    assert answer.status == 200
    document = msgspec.json.decode(answer.body)
    assert document["openapi"].startswith("3.1")
    one = document["paths"]["/apis/kangaroo.io/v1alpha1/registries/{registry}"]["get"]
    assert one["operationId"] == "Registries_GetRegistry"
    assert {told["name"] for told in one["parameters"]} == {"registry"}
    assert set(one["responses"]) == {"200", "default"}
    assert not [name for name in document["components"]["schemas"] if "kangaroo" in name]
