"""Clients: one per instance, another one for another connection, closed when nobody uses it any more."""

from dataclasses import dataclass, field, replace

import pytest

from kangaroo.base.actors import SYSTEM
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.instances import BuiltIn, Credential, Inside, Opener, opener
from kangaroo.remote.options import Options
from kangaroo.store.meta.instances import Connection, HealthRow, InstanceRow


@dataclass
class FakeClient:
    url: str
    credential: Credential | None
    closed: bool = False

    async def close(self) -> None:
        assert not self.closed
        self.closed = True


@dataclass
class Made:
    opener: Opener
    clients: list[FakeClient] = field(default_factory=list)


@pytest.fixture
def made() -> Made:
    clients: list[FakeClient] = []

    def connect(kind, url, credential, options):
        clients.append(FakeClient(url, credential))
        return clients[-1]

    return Made(Opener(connect, Inside(*[None] * 5), Cipher(b"k" * 32), Options()), clients)  # type: ignore[arg-type]


def instance(identity: int = 1, kind: str = "DOCKER_REGISTRY", **connection: str) -> InstanceRow:
    return InstanceRow(
        identity,
        0,
        "hub",
        kind,
        "Manual",
        "admin",
        1,
        1,
        Connection("http://x", **connection),
        HealthRow("healthy"),
    )


async def test_one_for_each(made):
    for _ in range(3):
        async with made.opener.use(SYSTEM, instance()):
            pass
        async with made.opener.use(SYSTEM, instance(2)):
            pass
    assert len(made.clients) == 2
    await made.opener.close()
    assert all(client.closed for client in made.clients)


async def test_a_change_is_noticed_and_who_is_inside_may_finish(made):
    changed = replace(instance(), updated_at=2)
    async with made.opener.use(SYSTEM, instance()) as old:
        async with made.opener.use(SYSTEM, changed) as new:
            assert new is not old
            assert not old.closed
        assert not old.closed
    assert old.closed
    assert not new.closed
    await made.opener.drop(1)
    assert new.closed
    await made.opener.drop(1)


async def test_idle_ones_are_closed(made, monkeypatch):
    async with made.opener.use(SYSTEM, instance()):
        pass
    monkeypatch.setattr(opener, "IDLE_SECONDS", -1.0)
    async with made.opener.use(SYSTEM, instance(2)):
        assert [client.closed for client in made.clients] == [True, False]


async def test_the_password_is_encrypted(made):
    sealed = made.opener.sealed(Credential("u", "secret"))
    assert "secret" not in sealed
    async with made.opener.use(SYSTEM, instance(username="u", credential=sealed)):
        pass
    assert made.clients[0].credential == Credential("u", "secret")
    other = Cipher(b"o" * 32).encrypt("x", "credential of an instance")
    with pytest.raises(Failure) as caught:
        async with made.opener.use(SYSTEM, instance(3, username="u", credential=other)):
            pass
    assert caught.value.code is Code.INTERNAL


async def test_failures_of_the_instance_are_reported_and_others_are_not(made):
    reported = []

    async def report(which, failure):
        reported.append((which.id, failure.reason))

    made.opener.report = report
    for reason in (Reason.CONNECTION_LOST, Reason.UNSUPPORTED, Reason.FORBIDDEN):
        with pytest.raises(InstanceFailure):
            async with made.opener.use(SYSTEM, instance()):
                raise InstanceFailure(reason)
    with pytest.raises(Failure):
        async with made.opener.use(SYSTEM, instance()):
            raise Failure(Code.NOT_FOUND, what="x")
    assert reported == [(1, Reason.CONNECTION_LOST)]


async def test_the_built_in_registry_needs_no_connection(made):
    async with made.opener.use(SYSTEM, instance(kind="KANGAROO")) as client:
        assert isinstance(client, BuiltIn)
    assert made.clients == []
