"""Projects of a Harbor are its spaces."""

import msgspec

from kangaroo.base.paging import Page, Window
from kangaroo.remote.harbor.api import Api, project_path, query
from kangaroo.remote.moments import moment
from kangaroo.remote.names import SpaceName
from kangaroo.remote.values import Quota, Space, Statistics


class _Metadata(msgspec.Struct):
    public: str | None = None
    retention_id: str | None = None


class _Project(msgspec.Struct):
    name: str
    project_id: int = 0
    repo_count: int = 0
    registry_id: int | None = None
    creation_time: str = ""
    metadata: _Metadata | None = None

    def value(self) -> Space:
        metadata = self.metadata or _Metadata()
        retention = metadata.retention_id or ""
        return Space(
            name=SpaceName(self.name),
            public=metadata.public == "true",
            images=self.repo_count,
            created=moment(self.creation_time),
            id=self.project_id,
            retention_id=int(retention) if retention.isdecimal() else 0,
            proxy=bool(self.registry_id),
        )


class _Resources(msgspec.Struct):
    storage: int = 0


class _Quota(msgspec.Struct):
    hard: _Resources | None = None
    used: _Resources | None = None


class _Summary(msgspec.Struct):
    quota: _Quota | None = None


class _Statistic(msgspec.Struct):
    private_project_count: int = 0
    private_repo_count: int = 0
    public_project_count: int = 0
    public_repo_count: int = 0
    total_storage_consumption: int | None = None


class HarborSpaces:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def page(self, window: Window, fuzzy: str = "", public: bool | None = None) -> Page[Space]:
        asked = query(name=fuzzy, public="" if public is None else str(public).lower())
        found = await self._api.page(f"/projects{asked}", list[_Project], window, "spaces")
        return Page([project.value() for project in found.items], found.total)

    async def get(self, space: SpaceName) -> Space:
        return (await self._api.get(project_path(space), _Project, f"space {space}")).value()

    async def create(self, space: SpaceName, *, public: bool) -> None:
        body = {"project_name": space, "metadata": {"public": str(public).lower()}}
        await self._api.good("POST", "/projects", f"space {space}", body)

    async def delete(self, space: SpaceName) -> None:
        await self._api.good("DELETE", project_path(space), f"space {space}")

    async def set_public(self, space: SpaceName, *, public: bool) -> None:
        body = {"metadata": {"public": str(public).lower()}}
        await self._api.good("PUT", project_path(space), f"space {space}", body)

    async def quota(self, space: SpaceName) -> Quota:
        summary = await self._api.get(f"{project_path(space)}/summary", _Summary, f"space {space}")
        quota = summary.quota or _Quota()
        hard = quota.hard.storage if quota.hard else -1
        return Quota(used=quota.used.storage if quota.used else 0, limit=None if hard < 0 else hard)

    async def statistics(self) -> Statistics:
        found = await self._api.get("/statistics", _Statistic, "statistics")
        return Statistics(
            public_spaces=found.public_project_count,
            private_spaces=found.private_project_count,
            public_images=found.public_repo_count,
            private_images=found.private_repo_count,
            storage=found.total_storage_consumption,
        )
