"""Registries that a Harbor knows as ends of its replication."""

from typing import Any

import msgspec

from kangaroo.base.paging import Page, Window
from kangaroo.remote.harbor.api import Api, contains, created_id, query
from kangaroo.remote.moments import moment
from kangaroo.remote.policies import Endpoint


class _Credential(msgspec.Struct):
    type: str = ""
    access_key: str = ""


class HarborEndpoint(msgspec.Struct):
    id: int = 0
    name: str = ""
    type: str = ""
    url: str = ""
    credential: _Credential | None = None
    insecure: bool = False
    description: str = ""
    status: str = ""
    creation_time: str | None = None

    def value(self) -> Endpoint:
        credential = self.credential or _Credential()
        return Endpoint(
            name=self.name,
            type=self.type,
            url=self.url,
            id=self.id,
            access_key=credential.access_key,
            credential_type=credential.type or "basic",
            insecure=self.insecure,
            description=self.description,
            healthy=self.status == "healthy",
            created=moment(self.creation_time),
        )


class HarborEndpoints:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def page(self, window: Window, fuzzy: str = "") -> Page[Endpoint]:
        path = f"/registries{query(q=contains('name', fuzzy))}"
        found = await self._api.page(path, list[HarborEndpoint], window, "endpoints")
        return Page([endpoint.value() for endpoint in found.items], found.total)

    async def create(self, endpoint: Endpoint) -> int:
        body: dict[str, Any] = {**_body(endpoint), "type": endpoint.type}
        if endpoint.access_key:
            body["credential"] = {
                "type": endpoint.credential_type,
                "access_key": endpoint.access_key,
                "access_secret": endpoint.access_secret,
            }
        return created_id(await self._api.good("POST", "/registries", f"endpoint {endpoint.name}", body))

    async def update(self, endpoint: Endpoint) -> None:
        body = _body(endpoint)
        if endpoint.access_secret:
            body["access_key"] = endpoint.access_key
            body["access_secret"] = endpoint.access_secret
            body["credential_type"] = endpoint.credential_type
        await self._api.good("PUT", f"/registries/{endpoint.id}", f"endpoint {endpoint.id}", body)

    async def delete(self, endpoint_id: int) -> None:
        await self._api.good("DELETE", f"/registries/{endpoint_id}", f"endpoint {endpoint_id}")


def _body(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "url": endpoint.url,
        "insecure": endpoint.insecure,
        "description": endpoint.description,
    }
