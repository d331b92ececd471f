"""Tag statistic: how much there is."""

from litestar import get

from kangaroo.base.actors import Actor
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.shapes import Shape
from kangaroo.entrypoints.http.framework import Given


class StatisticShape(Shape):
    """The totals are zero for all but administrators."""

    private_project_count: int
    private_repo_count: int
    public_project_count: int
    public_repo_count: int
    total_project_count: int
    total_repo_count: int
    total_storage_consumption: int


@get("/statistics")
async def statistics(actor: Given[Actor], services: Given[Services]) -> StatisticShape:
    found = await services.registry.catalogue.statistics(actor)
    public, private, total = found.public, found.private, found.bytes is not None
    return StatisticShape(
        private_project_count=private.projects,
        private_repo_count=private.repositories,
        public_project_count=public.projects,
        public_repo_count=public.repositories,
        total_project_count=public.projects + private.projects if total else 0,
        total_repo_count=public.repositories + private.repositories if total else 0,
        total_storage_consumption=found.bytes or 0,
    )


HANDLERS = (statistics,)
