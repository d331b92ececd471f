"""What a Harbor copies, from where to where, and when."""

from typing import Any

import msgspec

from kangaroo.base.paging import Page, Window
from kangaroo.remote.harbor.api import Api, contains, created_id, query
from kangaroo.remote.harbor.endpoints import HarborEndpoint
from kangaroo.remote.harbor.words import TRIGGER_WORDS, trigger
from kangaroo.remote.moments import moment
from kangaroo.remote.policies import Endpoint, ReplicationFilter, ReplicationPolicy, Trigger

_UNLIMITED = -1


class _Settings(msgspec.Struct):
    cron: str = ""


class _Trigger(msgspec.Struct):
    type: str = "manual"
    trigger_settings: _Settings | None = None


class _Filter(msgspec.Struct):
    type: str
    value: str | list[str] | None = None
    decoration: str = ""

    def found(self) -> ReplicationFilter:
        values = [self.value] if isinstance(self.value, str) else self.value or []
        return ReplicationFilter(self.type, tuple(values), self.decoration == "excludes")


class _Policy(msgspec.Struct):
    id: int = 0
    name: str = ""
    description: str = ""
    src_registry: HarborEndpoint | None = None
    dest_registry: HarborEndpoint | None = None
    dest_namespace: str = ""
    trigger: _Trigger | None = None
    filters: list[_Filter] | None = None
    override: bool = False
    enabled: bool = False
    speed: int = _UNLIMITED
    creation_time: str | None = None
    update_time: str | None = None

    def value(self) -> ReplicationPolicy:
        when = self.trigger or _Trigger()
        return ReplicationPolicy(
            name=self.name,
            source=_end(self.src_registry),
            target=_end(self.dest_registry),
            trigger=trigger(when.type),
            cron=when.trigger_settings.cron if when.trigger_settings else "",
            filters=tuple(one.found() for one in self.filters or ()),
            target_space=self.dest_namespace,
            description=self.description,
            enabled=self.enabled,
            override=self.override,
            speed=self.speed if self.speed > 0 else None,
            id=self.id,
            created=moment(self.creation_time),
            updated=moment(self.update_time),
        )


class HarborPolicies:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def page(self, window: Window, fuzzy: str = "") -> Page[ReplicationPolicy]:
        path = f"/replication/policies{query(q=contains('name', fuzzy))}"
        found = await self._api.page(path, list[_Policy], window, "replication policies")
        return Page([policy.value() for policy in found.items], found.total)

    async def get(self, policy_id: int) -> ReplicationPolicy:
        return (await self._api.get(_path(policy_id), _Policy, _what(policy_id))).value()

    async def create(self, policy: ReplicationPolicy) -> int:
        what = f"replication policy {policy.name}"
        return created_id(await self._api.good("POST", "/replication/policies", what, _body(policy)))

    async def update(self, policy: ReplicationPolicy) -> None:
        """What the contract does not know of a policy stays as it is."""
        held = await self._api.get(_path(policy.id), dict[str, Any], _what(policy.id))
        await self._api.good("PUT", _path(policy.id), _what(policy.id), {**held, **_body(policy)})

    async def delete(self, policy_id: int) -> None:
        await self._api.good("DELETE", _path(policy_id), _what(policy_id))


def _body(policy: ReplicationPolicy) -> dict[str, Any]:
    settings = {"cron": policy.cron} if policy.trigger is Trigger.SCHEDULED else {}
    return {
        "name": policy.name,
        "description": policy.description,
        "src_registry": {"id": policy.source.id} if policy.source else None,
        "dest_registry": {"id": policy.target.id} if policy.target else None,
        "dest_namespace": policy.target_space,
        "trigger": {"type": TRIGGER_WORDS[policy.trigger], "trigger_settings": settings},
        "filters": list(map(_filter, policy.filters)),
        "override": policy.override,
        "enabled": policy.enabled,
        "speed": _UNLIMITED if policy.speed is None else policy.speed,
    }


def _filter(given: ReplicationFilter) -> dict[str, Any]:
    value = list(given.values) if given.type == "label" else given.values[0]
    plain = {"type": given.type, "value": value}
    return plain if given.type == "resource" else {**plain, "decoration": _decoration(given)}


def _decoration(given: ReplicationFilter) -> str:
    return "excludes" if given.excludes else "matches"


def _end(endpoint: HarborEndpoint | None) -> Endpoint | None:
    """Harbor names itself as the one with id 0."""
    return endpoint.value() if endpoint and endpoint.id else None


def _path(policy_id: int) -> str:
    return f"/replication/policies/{policy_id}"


def _what(policy_id: int) -> str:
    return f"replication policy {policy_id}"
