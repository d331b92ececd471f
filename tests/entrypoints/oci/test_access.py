"""How clients log in, and what each may do."""

import base64

import pytest

from tests.entrypoints.oci.registry import Registry


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


async def test_everybody_is_challenged_first(registry: Registry) -> None:
    await registry.push_image("library/app", "1")
    for path, scope in (
        ("/v2/", ""),
        ("/v2/library/app/manifests/1", ',scope="repository:library/app:pull"'),
    ):
        refused = await registry.anonymous("GET", path)
        assert refused.status == 401
        assert refused.headers["www-authenticate"] == (
            'Bearer realm="http://registry.test/service/token",service="harbor-registry"' + scope
        )
        assert refused.json()["errors"][0]["code"] == "UNAUTHORIZED"


async def test_the_challenge_of_pushes_and_mounts(registry: Registry) -> None:
    push = await registry.anonymous("POST", "/v2/library/app/blobs/uploads/")
    assert 'scope="repository:library/app:pull,push"' in push.headers["www-authenticate"]
    mount = await registry.anonymous("POST", "/v2/library/app/blobs/uploads/?mount=sha256:x&from=other/app")
    assert (
        'scope="repository:library/app:pull,push repository:other/app:pull"'
        in mount.headers["www-authenticate"]
    )
    delete = await registry.anonymous("DELETE", "/v2/library/app/manifests/1")
    assert 'scope="repository:library/app:delete"' in delete.headers["www-authenticate"]


async def test_a_header_cannot_be_injected_through_a_name(registry: Registry) -> None:
    refused = await registry.anonymous("GET", "/v2/a%22%0d%0ax/b/manifests/1")
    assert "\n" not in refused.headers["www-authenticate"]
    assert refused.headers["www-authenticate"].count('"') == 6


async def test_anonymous_pulls_public_content_with_a_token(registry: Registry) -> None:
    await registry.push_image("library/app", "1")
    await registry.push_image("private/app", "1")
    token = await registry.token(None, "repository:library/app:pull")
    assert (await registry("GET", "/v2/library/app/manifests/1", authorization=token)).status == 200
    assert (await registry("GET", "/v2/private/app/manifests/1", authorization=token)).status == 401
    token = await registry.token(None, "repository:private/app:pull")
    assert (await registry("GET", "/v2/private/app/manifests/1", authorization=token)).status == 401
    assert (await registry("PUT", "/v2/library/app/manifests/1", b"{}", authorization=token)).status == 401


async def test_docker_login(registry: Registry) -> None:
    member = await registry.member("library", "guest")
    answer = await registry("GET", "/service/token?service=harbor-registry", authorization=member)
    assert answer.status == 200
    assert set(answer.json()) >= {"token", "expires_in", "issued_at"}
    bearer = f"Bearer {answer.json()['token']}"
    assert (await registry("GET", "/v2/", authorization=bearer)).status == 200
    wrong = await registry(
        "GET", "/service/token?service=harbor-registry", authorization=basic("admin", "wrong")
    )
    assert (wrong.status, wrong.body) == (401, b"")
    nobody = await registry.anonymous("GET", "/service/token?service=harbor-registry")
    assert (nobody.status, nobody.body) == (401, b"")
    assert (await registry("GET", "/service/token?service=other", authorization=member)).status == 400


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("limitedGuest", {"pull"}),
        ("guest", {"pull"}),
        ("developer", {"pull", "push"}),
        ("maintainer", {"pull", "push", "delete"}),
        ("projectAdmin", {"pull", "push", "delete"}),
    ],
)
@pytest.mark.parametrize("form", ["basic", "bearer"])
async def test_roles(registry: Registry, role: str, may: set[str], form: str) -> None:
    image = await registry.push_image("private/app", "1")
    member = await registry.member("private", role)
    if form == "bearer":
        member = await registry.token(member, "repository:private/app:pull,push,delete")
    url = "/v2/private/app/manifests"
    pull = await registry("GET", f"{url}/1", authorization=member)
    push = await registry("PUT", f"{url}/2", image.content, authorization=member)
    delete = await registry("DELETE", f"{url}/{image.digest}", authorization=member)
    allowed = {"pull": pull.status == 200, "push": push.status == 201, "delete": delete.status == 202}
    assert {action for action, answer in allowed.items() if answer} == may
    if "push" not in may:
        message = push.json()["errors"][0]["message"]
        assert message.startswith("unauthorized to access repository: private/app, action: push")


async def test_a_stranger_does_not_learn_what_exists(registry: Registry) -> None:
    await registry.push_image("private/app", "1")
    stranger = await registry.member(None, "")
    answers = [
        await registry("GET", f"/v2/{name}/manifests/1", authorization=stranger)
        for name in ("private/app", "private/none", "nowhere/app")
    ]
    assert {answer.status for answer in answers} == {401}


async def test_a_role_taken_away_ends_a_token_at_once(registry: Registry) -> None:
    await registry.push_image("private/app", "1")
    member = await registry.token(await registry.member("private", "guest"), "repository:private/app:pull")
    assert (await registry("GET", "/v2/private/app/manifests/1", authorization=member)).status == 200
    await registry.dismiss_members("private")
    assert (await registry("GET", "/v2/private/app/manifests/1", authorization=member)).status == 401


async def test_robots(registry: Registry) -> None:
    image = await registry.push_image("private/app", "1")
    robot = await registry.robot("private", ["pull"])
    assert (await registry("GET", "/v2/private/app/manifests/1", authorization=robot)).status == 200
    token = await registry.token(robot, "repository:private/app:pull,push")
    assert (await registry("GET", "/v2/private/app/manifests/1", authorization=token)).status == 200
    for authorization in (robot, token):
        url = "/v2/private/app/manifests/2"
        assert (await registry("PUT", url, image.content, authorization=authorization)).status == 401


@pytest.mark.parametrize(
    "header", ["Bearer x", "Bearer a.b.c", "Basic !", "Basic eA==", "Digest x", "Bearer", ""]
)
async def test_wrong_credentials(registry: Registry, header: str) -> None:
    assert (await registry("GET", "/v2/", authorization=header)).status == 401


async def test_failed_logins_are_slowed_down(registry: Registry) -> None:
    for _ in range(4):
        answer = await registry("GET", "/v2/", authorization=basic("admin", "wrong"))
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) >= 1
