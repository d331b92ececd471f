"""The configuration: what may be set, what it does, and how secrets are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kangaroo.base.actors import ANONYMOUS, SYSTEM
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.core.access import (
    KEYS,
    SECRETS,
    Access,
    AccessSettings,
    RobotSpec,
    TokenSigner,
    Values,
    generate_signing_key,
)
from kangaroo.core.access.configuration_keys import wrong_with
from kangaroo.core.access.secrets import Cipher
from kangaroo.store.meta.schema.registry import artifacts, repositories, tags
from kangaroo.store.meta.schema.tenancy import configurations
from kangaroo.store.meta.statements import Query
from tests.core.projects.conftest import Ground, grant, refused

STORED = Query(select(configurations.c.key, configurations.c.value))
KEY = b"k" * 32
TIMES = ("repository", "artifact", "tag")
PULLED = Query(
    select(
        repositories.c.pull_count,
        repositories.c.pulled_at.label("repository"),
        artifacts.c.pulled_at.label("artifact"),
        tags.c.pulled_at.label("tag"),
    )
    .join(artifacts, artifacts.c.repository_id == repositories.c.id)
    .join(tags, tags.c.artifact_id == artifacts.c.id)
)


@given(st.text(), st.sampled_from(SECRETS))
def test_secrets_are_for_their_key_and_purpose_alone(secret: str, purpose: str) -> None:
    cipher = Cipher(KEY)
    sealed = cipher.encrypt(secret, purpose)
    assert cipher.decrypt(sealed, purpose) == secret
    assert sealed != cipher.encrypt(secret, purpose)
    for other, text, meant in (
        (Cipher(b"x" * 32), sealed, purpose),
        (cipher, sealed, "another"),
        (cipher, sealed[:-4], purpose),
        (cipher, "", purpose),
        (cipher, "no base64", purpose),
    ):
        with pytest.raises(Failure) as caught:
            other.decrypt(text, meant)
        assert caught.value.code is Code.INTERNAL


def test_every_default_may_be_set_unless_it_must_be_replaced() -> None:
    must = {"ldap_url", "ldap_base_dn"}
    assert {name for name in KEYS if wrong_with(name, getattr(Values(), name))} == must
    assert all(kind in (str, int, bool) for kind in KEYS.values())


async def test_values_are_kept_and_everybody_knows_at_once(ground: Ground) -> None:
    await ground.configure(banner_message="hello", session_timeout=5, read_only=False, nothing="known")
    values = await ground.access.configuration.values()
    assert (values.banner_message, values.session_timeout, values.token_expiration) == ("hello", 5, 30)
    await ground.configure(session_timeout=6)
    assert (await ground.access.configuration.values()).session_timeout == 6
    shown = await ground.access.configuring.show(ground.admin)
    assert shown["session_timeout"] == (6, True)
    assert set(shown) == set(KEYS)


async def test_another_process_knows_too(ground: Ground) -> None:
    settings = AccessSettings(token_minutes=7, secret_key=KEY)
    signer = TokenSigner(generate_signing_key())
    other = Access(ground.database, lambda: 0, signer, settings)
    assert (await other.configuration.values()).token_expiration == 7  # by its settings
    await ground.configure(token_expiration=8)
    assert (await other.configuration.values()).token_expiration == 8


async def test_secrets_are_encrypted_and_never_shown(ground: Ground) -> None:
    secret = "hunter2, of course"
    await ground.configure(oidc_client_secret=secret, ldap_search_password=secret)
    assert await ground.access.configuration.secret("oidc_client_secret") == secret
    assert await ground.access.configuration.secret("uaa_client_secret") == ""
    async with ground.database.read() as snapshot:
        stored = {row["key"]: row["value"] for row in await snapshot.all(STORED)}
    assert set(stored) == {"oidc_client_secret", "ldap_search_password"}
    assert not any("hunter2" in value for value in stored.values())
    shown = await ground.access.configuring.show(ground.admin)
    assert not any(name in shown for name in SECRETS)
    stranger = Access(ground.database, lambda: 0, TokenSigner(generate_signing_key()))
    with refused(Code.INTERNAL):
        await stranger.configuration.secret("oidc_client_secret")
    await ground.configure(oidc_client_secret="")
    assert await ground.access.configuration.secret("oidc_client_secret") == ""


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "auth_mode",
            "uaa_auth",
            "bad request: invalid auth_mode, should be db_auth, ldap_auth or oidc_auth",
        ),
        ("project_creation_restriction", "nobody", None),
        ("session_timeout", 0, "bad request: the session_timeout value must be positive"),
        (
            "token_expiration",
            10**10,
            "bad request: the token_expiration value is over the limit value: 9999999999",
        ),
        ("robot_token_duration", 36_501, None),
        ("robot_name_prefix", "", None),
        ("robot_name_prefix", "a:b", None),
        ("storage_per_project", 0, None),
        ("storage_per_project", -2, None),
        ("ldap_scope", 3, None),
        ("ldap_url", " ", None),
        ("oidc_extra_redirect_parms", "[]", None),
        ("oidc_extra_redirect_parms", '{"a":1}', None),
        ("banner_message", "x" * 70_000, None),
        ("skip_audit_log_database", True, None),
    ],
)
async def test_values_that_cannot_be(lawn: Ground, key: str, value: object, message: str | None) -> None:
    with pytest.raises(Failure) as caught:
        await lawn.configure(**{"banner_message": "half", key: value})
    assert caught.value.code is Code.BAD_REQUEST
    assert message in (None, str(caught.value))
    assert (await lawn.access.configuration.values()).banner_message == ""


async def test_the_way_of_signing_in_is_fixed_once_there_are_people(lawn: Ground) -> None:
    assert (await lawn.access.configuring.show(lawn.admin))["auth_mode"] == ("db_auth", True)
    await lawn.user("alice")
    assert (await lawn.access.configuring.show(lawn.admin))["auth_mode"] == ("db_auth", False)
    with pytest.raises(Failure) as caught:
        await lawn.configure(auth_mode="ldap_auth")
    assert (
        str(caught.value) == "the auth mode cannot be modified as new users have been inserted into database"
    )
    await lawn.configure(auth_mode="db_auth")


async def test_who_configures(lawn: Ground) -> None:
    alice = await lawn.user("alice")
    for actor, code in ((alice, Code.FORBIDDEN), (ANONYMOUS, Code.UNAUTHORIZED)):
        with refused(code):
            await lawn.access.configuring.show(actor)
        with refused(code):
            await lawn.access.configuring.change(actor, {})


async def test_the_prefix_of_robots(ground: Ground) -> None:
    await ground.project("p")
    robot = await ground.registry.robot("p", ["pull"])
    assert (await ground.registry("GET", "/v2/", authorization=robot)).status == 200
    await ground.configure(robot_name_prefix="bot+")
    assert (await ground.registry("GET", "/v2/", authorization=robot)).status == 401
    made = await ground.robot("ci", grant("p", "repository:pull"))
    assert made.name == "bot+ci"


async def test_the_life_of_tokens_and_robots(ground: Ground) -> None:
    await ground.project("p")
    await ground.configure(token_expiration=3, robot_token_duration=2)
    answer = await ground.registry("GET", "/service/token?service=harbor-registry")
    assert answer.json()["expires_in"] == 180
    spec = RobotSpec(name="ci", level="system", grants=(grant("p", "repository:pull"),), duration=0)
    made, _ = await ground.access.robots.create(ground.admin, spec)
    assert made.state.duration == 2


async def test_read_only_stops_every_push_and_delete(ground: Ground) -> None:
    await ground.project("p", public=True)
    image = await ground.registry.push_image("p/app", "1")
    token = await ground.registry.token(
        await ground.registry.member("p", "developer"), "repository:p/app:push"
    )
    await ground.configure(read_only=True)
    for method, path, body in (
        ("POST", "/v2/p/app/blobs/uploads/", None),
        ("PUT", "/v2/p/app/manifests/2", image.content),
        ("DELETE", "/v2/p/app/manifests/1", None),
    ):
        for _ in range(2):  # the second time from memory
            answer = await ground.registry(method, path, body)
            assert (answer.status, answer.json()["errors"][0]) == (
                403,
                {
                    "code": "DENIED",
                    "message": "The system is in read only mode. Any modification is prohibited.",
                    "detail": {},
                },
            )
    for _ in range(2):
        refused_token = await ground.registry(
            "PUT", "/v2/p/app/manifests/2", image.content, authorization=token
        )
        assert refused_token.status == 403
    assert (await ground.registry("GET", "/v2/p/app/manifests/1")).status == 200
    await ground.access.require(SYSTEM, "repository", "push", ProjectName("p"))
    await ground.configure(read_only=False)
    assert (await ground.registry("PUT", "/v2/p/app/manifests/2", image.content)).status == 201
    assert (
        await ground.registry("PUT", "/v2/p/app/manifests/2", image.content, authorization=token)
    ).status == 201


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("timed", [True, False])
async def test_pulls_leave_what_they_may(ground: Ground, counted: bool, timed: bool) -> None:
    await ground.project("p", public=True)
    await ground.registry.push_image("p/app", "1")
    await ground.configure(pull_count_update_disable=not counted, pull_time_update_disable=not timed)
    assert (await ground.registry("GET", "/v2/p/app/manifests/1")).status == 200
    await ground.registry.services.registry.pull.flush_counts()
    async with ground.database.read() as snapshot:
        [row] = await snapshot.all(PULLED)
    assert (row["pull_count"], [row[name] is not None for name in TIMES]) == (int(counted), [timed] * 3)
