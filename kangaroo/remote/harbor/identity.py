"""What a Harbor says of itself and of our credential: is it one, is it new enough, may it do what we need."""

import re
from typing import TypeVar

import msgspec

from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.answers import Answer
from kangaroo.remote.failures import refusal, said
from kangaroo.remote.harbor.api import Api
from kangaroo.remote.values import Account, Capability, Identity, Kind

T = TypeVar("T")
OLDEST = (2, 4, 0)  # stop of a scan, speed of replication, excluding filters
_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?")

# What a credential needs beyond rights in projects: the right of a robot that stands for it.
_SYSTEM_RIGHTS = {
    Capability.SPACES_CREATE: ("project", "create"),
    Capability.REPLICATION: ("replication-policy", "create"),
    Capability.ROBOTS: ("robot", "create"),
}


class _Info(msgspec.Struct):
    auth_mode: str | None = None
    harbor_version: str | None = None
    project_creation_restriction: str | None = None


class _User(msgspec.Struct):
    username: str = ""
    sysadmin_flag: bool = False
    admin_role_in_auth: bool = False


class _Right(msgspec.Struct):
    resource: str = ""
    action: str = ""


class _Component(msgspec.Struct):
    name: str = ""
    status: str = ""


class _Health(msgspec.Struct):
    status: str
    components: list[_Component] | None = None


async def identify(api: Api) -> Identity:
    """Raises NOT_A_REGISTRY, VERSION_TOO_OLD, UNAUTHORIZED and whatever keeps us from asking."""
    info = await _info(api)
    _new_enough(api, info.harbor_version or "")
    every = frozenset(Capability)
    version = (info.harbor_version or "").removeprefix("v")
    if api.anonymous:
        return Identity(Kind.HARBOR, version, Account.ANONYMOUS, "", frozenset())
    answer = await api.ask("GET", "/users/current")
    if answer.status == 412:
        rights = await _robot_rights(api)
        lacking = {able for able, right in _SYSTEM_RIGHTS.items() if right not in rights}
        return Identity(Kind.HARBOR, version, Account.ROBOT, api.user, every - lacking, rights)
    user = _read_user(api, answer)
    if user.sysadmin_flag or user.admin_role_in_auth:
        return Identity(Kind.HARBOR, version, Account.ADMIN, user.username, every)
    lacking = set(_SYSTEM_RIGHTS)
    if info.project_creation_restriction != "adminonly":
        lacking.discard(Capability.SPACES_CREATE)
    return Identity(Kind.HARBOR, version, Account.USER, user.username, every - lacking)


async def check(api: Api) -> None:
    """That it is well, and knows us. Raises UNHEALTHY and UNAUTHORIZED."""
    answer = await api.ask("GET", "/health")
    health = _read(api, answer, _Health)
    if health.status != "healthy":
        sick = [one.name for one in health.components or () if one.status != "healthy"]
        raise InstanceFailure(Reason.UNHEALTHY, url=answer.origin, parts=", ".join(sick) or "?")
    if not api.anonymous:
        known = await api.ask("GET", "/users/current")
        if known.status != 412:
            _read_user(api, known)


async def _info(api: Api) -> _Info:
    answer = await api.ask("GET", "/systeminfo")
    if answer.status != 200:
        raise await _old_harbor(api) or _no_harbor(api, answer)
    info = _read(api, answer, _Info)
    if not info.auth_mode:
        raise _no_harbor(api, answer)
    return info


async def _old_harbor(api: Api) -> InstanceFailure | None:
    """Harbor 1.x had its API elsewhere."""
    answer = await api.transport.call("GET", "/api/systeminfo")
    try:
        version = answer.json(_Info).harbor_version if answer.status == 200 else None
    except InstanceFailure:
        return None
    return _too_old(api, version) if version else None


def _new_enough(api: Api, version: str) -> None:
    """A version without numbers (dev) passes: who builds such a thing knows."""
    found = _VERSION.match(version)
    if found is not None and tuple(int(part or 0) for part in found.groups()) < OLDEST:
        raise _too_old(api, found[0])


def _too_old(api: Api, version: str) -> InstanceFailure:
    needed = ".".join(map(str, OLDEST))
    found = version.removeprefix("v")
    return InstanceFailure(Reason.VERSION_TOO_OLD, url=api.transport.origin, found=found, needed=needed)


def _read(api: Api, answer: Answer, shape: type[T]) -> T:
    """What every Harbor answers, to anybody."""
    if answer.status != 200:
        raise _no_harbor(api, answer)
    try:
        return answer.json(shape)
    except InstanceFailure as failure:
        raise _no_harbor(api, answer) from failure


def _no_harbor(api: Api, answer: Answer) -> InstanceFailure:
    found = f"GET {answer.url} answers {answer.status}: {said(answer)[:80]}"
    return InstanceFailure(Reason.NOT_A_REGISTRY, url=api.transport.origin, kind="Harbor", found=found)


def _read_user(api: Api, answer: Answer) -> _User:
    if answer.status != 200:
        raise refusal(answer, "current user", api.user)
    return answer.json(_User)


async def _robot_rights(api: Api) -> frozenset[tuple[str, str]]:
    """At system level. A Harbor that does not tell them to robots leaves them with none."""
    answer = await api.ask("GET", "/users/current/permissions?scope=/system&relative=true")
    if answer.status != 200:
        return frozenset()
    return frozenset((right.resource, right.action) for right in answer.rows(list[_Right]))
