"""Names and passwords: who gets in, how fast, and how slow guessing is."""

import asyncio
import time

import pytest

from kangaroo.base.actors import ActorKind
from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import passwords
from kangaroo.core.access.passwords import QUEUE, Passwords, check_strength, random_secret
from kangaroo.core.access.throttle import delay
from tests.core.access.conftest import PASSWORD, Hands, House, grant, refused


async def fail(house: House, name: str, times: int = 1) -> None:
    for _ in range(times):
        with refused(Code.UNAUTHORIZED):
            await house.access.authenticate_basic(name, "wrong", "10.0.0.1")


async def test_a_user_signs_in(house: House) -> None:
    alice = await house.user("alice")
    assert await house.access.authenticate_basic("alice", PASSWORD, "here") == alice
    assert (alice.kind, alice.name, alice.sysadmin, alice.scopes) == (ActorKind.USER, "alice", False, None)
    assert house.admin.id == 1
    assert house.admin.sysadmin


@pytest.mark.parametrize(
    "name", ["", "nobody", "Alice", "alice ", "robot$alice", "robot$", "al\0ice", "\udcff", "x" * 700]
)
async def test_strangers_do_not(house: House, name: str) -> None:
    await house.user("alice")
    with refused(Code.UNAUTHORIZED):
        await house.access.authenticate_basic(name, PASSWORD, "here")


@pytest.mark.parametrize("password", ["", "x", PASSWORD + "x", PASSWORD.lower(), "\udcff", "y" * 100_000])
async def test_wrong_passwords_do_not_open(house: House, password: str) -> None:
    with refused(Code.UNAUTHORIZED):
        await house.access.authenticate_basic("admin", password, "here")


async def test_robots_sign_in_by_prefix(house: House) -> None:
    await house.project("library")
    robot, secret = await house.robot("ci", grant("library", "repository:pull"), level="project")
    assert (robot.kind, robot.name) == (ActorKind.ROBOT, "robot$library+ci")
    system, _ = await house.robot("ci", grant("*", "repository:pull"))
    assert system.name == "robot$ci"
    for name in ("library+ci", "robot$ci", "robot$other+ci"):
        with refused(Code.UNAUTHORIZED):
            await house.access.authenticate_basic(name, secret, "here")


async def test_disabled_and_expired_robots_do_not_sign_in(house: House) -> None:
    robot, secret = await house.robot("ci", grant("*", "repository:pull"), duration=1)
    house.clock.pass_by(86_399)
    assert await house.access.authenticate_basic(robot.name, secret, "here") == robot
    house.clock.pass_by(1)  # remembered for a minute, but not beyond its end
    assert house.access.cached_basic(robot.name, secret) is None
    with refused(Code.UNAUTHORIZED):
        await house.access.authenticate_basic(robot.name, secret, "here")


async def test_a_pair_is_remembered_for_a_minute_or_until_something_changes(house: House) -> None:
    await house.user("alice")
    assert house.access.cached_basic("alice", PASSWORD) is None
    await house.access.authenticate_basic("alice", PASSWORD, "here")
    assert house.access.cached_basic("alice", PASSWORD) is not None
    assert house.access.cached_basic("alice", PASSWORD + "x") is None
    house.clock.pass_by(61)
    assert house.access.cached_basic("alice", PASSWORD) is None
    await house.access.authenticate_basic("alice", PASSWORD, "here")
    await house.project("p")
    assert house.access.cached_basic("alice", PASSWORD) is None


async def test_a_new_password_counts_at_once(house: House) -> None:
    alice = await house.user("alice")
    await house.access.authenticate_basic("alice", PASSWORD, "here")
    await house.another_process().users.change_password(house.admin, alice.id, "Another1234")
    await fail_with(house, "alice", PASSWORD)
    assert await house.access.authenticate_basic("alice", "Another1234", "here") == alice


async def fail_with(house: House, name: str, password: str) -> None:
    with refused(Code.UNAUTHORIZED):
        await house.access.authenticate_basic(name, password, "here")


async def test_three_failures_make_even_the_right_password_wait(house: House) -> None:
    await fail(house, "admin", 3)
    for access in (house.access, house.another_process()):
        with pytest.raises(Failure) as caught:
            await access.authenticate_basic("admin", PASSWORD, "here")
        assert caught.value.code is Code.TOO_MANY_REQUESTS
        assert caught.value.retry_after == 2
    house.clock.pass_by(1.5)
    assert await house.access.authenticate_basic("admin", PASSWORD, "here")
    await fail(house, "admin", 2)  # the success has wiped the slate
    assert await house.access.authenticate_basic("admin", PASSWORD, "here")


async def test_the_wait_doubles_up_to_five_minutes(house: House) -> None:
    assert [delay(n) / SECOND for n in range(7)] == [0, 0, 0, 1.5, 3, 6, 12]
    assert delay(11) == delay(1000) == 300 * SECOND
    await fail(house, "admin", 3)
    house.clock.pass_by(1.5)
    await fail(house, "admin")
    house.clock.pass_by(2.9)
    with refused(Code.TOO_MANY_REQUESTS):
        await house.access.authenticate_basic("admin", PASSWORD, "here")
    house.clock.pass_by(0.1)
    await house.access.authenticate_basic("admin", PASSWORD, "here")


async def test_one_principal_waits_alone(house: House) -> None:
    await house.user("alice")
    await fail(house, "alice", 3)
    assert await house.access.authenticate_basic("admin", PASSWORD, "here")


async def test_unknown_names_wait_like_known_ones(house: House) -> None:
    await fail(house, "nobody", 3)
    with refused(Code.TOO_MANY_REQUESTS):
        await house.access.authenticate_basic("nobody", PASSWORD, "here")


async def test_a_robot_waits_too(house: House) -> None:
    robot, secret = await house.robot("ci", grant("*", "repository:pull"))
    await fail(house, robot.name, 3)
    with refused(Code.TOO_MANY_REQUESTS):
        await house.access.authenticate_basic(robot.name, secret, "here")
    house.clock.pass_by(2)
    await house.access.authenticate_basic(robot.name, secret, "here")


async def test_failures_are_forgotten_after_an_hour(house: House) -> None:
    await fail(house, "admin", 2)
    house.clock.pass_by(3601)
    await fail(house, "nobody")  # whoever fails next sweeps
    await fail(house, "admin", 2)
    await house.access.authenticate_basic("admin", PASSWORD, "here")


async def test_guesses_at_the_same_time_count(house: House) -> None:
    tries = [house.access.authenticate_basic("admin", f"wrong{n}", "here") for n in range(20)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    codes = [result.code for result in results if isinstance(result, Failure)]
    assert len(codes) == 20
    assert codes.count(Code.UNAUTHORIZED) <= 4


async def test_the_queue_for_the_hash_is_short(house: House) -> None:
    tries = [house.access.authenticate_basic(f"n{n}", "wrong", "here") for n in range(QUEUE + 10)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    codes = [result.code for result in results if isinstance(result, Failure)]
    assert codes.count(Code.TOO_MANY_REQUESTS) >= 1
    assert codes.count(Code.UNAUTHORIZED) >= QUEUE


async def test_unknown_users_take_as_long_as_known_ones(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []
    matches = passwords._matches

    def counting(stored: str, password: str) -> bool:
        computed.append(stored)
        return matches(stored, password)

    monkeypatch.setattr(passwords, "_matches", counting)
    for name in ("admin", "nobody"):
        await fail(house, name)
    assert len(computed) == 2
    assert {len(stored) for stored in computed} == {len(computed[0])}


async def test_a_proved_password_is_not_computed_again() -> None:
    clock = Hands()
    found = Passwords(clock)
    stored = await found.hash(PASSWORD)
    assert await found.verify(stored, PASSWORD)
    start = time.perf_counter()
    assert await found.verify(stored, PASSWORD)
    assert time.perf_counter() - start < 0.005
    assert not await found.verify(stored, PASSWORD + "x")
    assert not await found.verify("", "anything")
    assert not await found.verify("broken", PASSWORD)


@pytest.mark.parametrize("password", ["Short1x", "alllower1", "ALLUPPER1", "NoDigits!", "Aa1" + "x" * 126])
def test_weak_passwords(password: str) -> None:
    with refused(Code.BAD_REQUEST):
        check_strength(password)


def test_good_passwords() -> None:
    for password in ("Harbor12345", "Aa345678", "Aa1" + "x" * 125, "ÄÖÜ aA1\n密码", random_secret()):
        check_strength(password)
    assert len({random_secret() for _ in range(100)}) == 100


async def test_secrets_are_nowhere_in_the_database(house: House) -> None:
    _, secret = await house.robot("ci", grant("*", "repository:pull"))
    account = await house.access._accounts.named("robot$ci")
    assert account is not None
    assert secret not in account.secret
    assert account.secret not in repr(account)
