"""Signing in to `/v2`: challenges, tokens and how long they are kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from kangaroo.base.errors import Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.challenges import Basic, Bearer, parse_challenge
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.names import ImageName
from kangaroo.remote.opening import open_remote
from kangaroo.remote.options import Options
from kangaroo.remote.values import Credential, Kind
from tests.remote.authority import Authority
from tests.remote.serving import served

IMAGE = ImageName.split("team/app")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('Basic realm="x"', Basic()),
        ("basic realm=x", Basic()),
        ('Bearer realm="https://a/t",service="s"', Bearer("https://a/t", "s")),
        (
            'Bearer service=s, realm="https://a/t?x=1" , scope="repository:a,b:pull"',
            Bearer("https://a/t?x=1", "s"),
        ),
        ('Basic realm="x", Bearer realm="https://a/t"', Bearer("https://a/t", "")),
        ("Negotiate", None),
        ("", None),
        ("Bearer", None),
    ],
)
def test_challenges(header: str, expected: object):
    assert parse_challenge(header) == expected


class TokenService:
    """Gives numbered tokens; those of the future pass."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.authorizations: list[str] = []
        self.accepted = 1
        self.life = 1000
        self.realm = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.get("/token", self._token), web.route("*", "/v2/{path:.*}", self._registry)])
        return app

    async def _token(self, request: web.Request) -> web.Response:
        self.asked.append(tuple(request.query.getall("scope", [])))
        self.authorizations.append(request.headers.get("Authorization", ""))
        return web.json_response({"access_token": f"{len(self.asked)}", "expires_in": self.life})

    async def _registry(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token.isdecimal() and int(token) >= self.accepted:
            return web.json_response({"tags": ["a"]})
        realm = self.realm or f"{request.scheme}://{request.host}/token"
        challenge = f'Bearer realm="{realm}",service="registry",scope="repository:x:pull"'
        return web.Response(status=401, headers={"WWW-Authenticate": challenge})


@asynccontextmanager
async def opened(
    url: str, credential: Credential | None = None, authorities: str = ""
) -> AsyncIterator[RemoteRegistry]:
    registry = open_remote(Kind.DOCKER_REGISTRY, url, credential, Options(authorities=authorities))
    try:
        yield registry
    finally:
        await registry.close()


async def test_a_token_is_kept_for_its_scope():
    service = TokenService()
    async with served(service.app()) as url, opened(url, Credential("a", "b")) as registry:
        for _ in range(3):
            await registry.content.tags(IMAGE)
        await registry.content.tags(ImageName.split("other/app"))
    assert service.asked == [("repository:team/app:pull",), ("repository:other/app:pull",)]
    assert service.authorizations == ["Basic YTpi"] * 2


async def test_without_a_credential_a_token_is_asked_for_too():
    service = TokenService()
    async with served(service.app()) as url, opened(url) as registry:
        assert await registry.content.tags(IMAGE) == ["a"]
    assert service.authorizations == [""]


async def test_an_old_token_is_replaced():
    service = TokenService()
    async with served(service.app()) as url, opened(url) as registry:
        await registry.content.tags(IMAGE)
        service.accepted = 2
        await registry.content.tags(IMAGE)
        service.life = 0
        service.accepted = 3
        for _ in range(3):
            await registry.content.tags(IMAGE)
    assert len(service.asked) == 5


async def test_a_token_that_does_not_suffice():
    service = TokenService()
    service.accepted = 1000
    async with served(service.app()) as url:
        async with opened(url, Credential("a", "b")) as registry:
            with pytest.raises(InstanceFailure) as caught:
                await registry.content.tags(IMAGE)
            assert caught.value.reason is Reason.FORBIDDEN
        async with opened(url) as registry:
            with pytest.raises(InstanceFailure) as caught:
                await registry.content.tags(IMAGE)
            assert caught.value.reason is Reason.UNAUTHORIZED


async def test_a_password_is_not_sent_in_clear_where_the_registry_is_not(tmp_path: Path):
    authority, service = Authority(tmp_path), TokenService()
    async with served(service.app()) as clear:
        service.realm = f"{clear}/token"
        async with (
            served(service.app(), authority.issue("127.0.0.1").context()) as url,
            opened(url, Credential("a", "b"), authority.pem) as registry,
        ):
            with pytest.raises(InstanceFailure) as caught:
                await registry.content.tags(IMAGE)
    assert caught.value.reason is Reason.BAD_ANSWER
    assert service.authorizations == []


@pytest.mark.parametrize(
    "text", ["", "UPPER", "a//b", "../x", "a/../b", "a b", "a?b", "a%2Fb", "x" * 256, "/a", "a/"]
)
def test_names_of_images(text: str):
    with pytest.raises(Failure):
        ImageName.parse("space", text)
    with pytest.raises(Failure):
        ImageName.split(text if "/" in text else f"{text}/")
    with pytest.raises(Failure):
        ImageName.parse("../x", "fine")
    with pytest.raises(Failure):
        ImageName.parse("/", "two/parts")
