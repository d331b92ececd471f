"""Tag project: making, finding, changing and deleting projects."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, head, post, put

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.query import Contains, ListQuery, equal
from kangaroo.core.access import Role
from kangaroo.core.projects import AllowlistChange, ProjectDetails, ProjectSpec
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor import allowlist
from kangaroo.entrypoints.harbor.answers import created, done, listed
from kangaroo.entrypoints.harbor.paths import is_true
from kangaroo.entrypoints.harbor.shapes import Body, Int64, Shape, time
from kangaroo.entrypoints.http.framework import AnyRequest, Given


class MetadataBody(Body):
    """Texts all of them; empty is as good as absent."""

    public: str = ""
    enable_content_trust: str = ""
    enable_content_trust_cosign: str = ""
    prevent_vul: str = ""
    severity: str = ""
    auto_scan: str = ""
    auto_sbom_generation: str = ""
    reuse_sys_cve_allowlist: str = ""
    retention_id: str = ""

    @property
    def given(self) -> dict[str, str]:
        return {key: value for key, value in msgspec.structs.asdict(self).items() if value}


class ProjectBody(Body):
    """`public` of its own is how old Harbors say it when they replicate to us."""

    project_name: Annotated[str, msgspec.Meta(max_length=255)] = ""
    public: bool | None = None
    metadata: MetadataBody | None = None
    cve_allowlist: allowlist.AllowlistBody | None = None
    storage_limit: Int64 | None = None
    registry_id: Int64 | None = None

    @property
    def facts(self) -> dict[str, str]:
        return {} if self.metadata is None else self.metadata.given


class ProjectShape(Shape):
    project_id: int
    name: str
    creation_time: str
    update_time: str
    current_user_role_ids: list[int]
    repo_count: int
    current_user_role_id: int = 0
    owner_id: int = 0
    owner_name: str = ""
    metadata: Mapping[str, str] | None = None
    cve_allowlist: allowlist.AllowlistShape | None = None


class DeletableShape(Shape):
    deletable: bool = False
    message: str = ""


class SummaryQuota(Shape):
    hard: dict[str, int]
    used: dict[str, int]


class SummaryShape(Shape):
    repo_count: int
    project_admin_count: int = 0
    maintainer_count: int = 0
    developer_count: int = 0
    guest_count: int = 0
    limited_guest_count: int = 0
    quota: SummaryQuota | None = None


@post("/projects")
async def create(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, data: ProjectBody
) -> Response[Any]:
    """A name instead of the id stands in Location when a header asks for it."""
    spec = ProjectSpec(metadata=data.facts, storage_limit=data.storage_limit, registry=data.registry_id)
    identity = await services.projects.create(actor, _name(data.project_name), spec, public=bool(data.public))
    by_name = is_true(request.headers.get("X-Resource-Name-In-Location"))
    return created(request, data.project_name if by_name else identity)


@head("/projects", media_type="text/plain")
async def exists(actor: Given[Actor], services: Given[Services], project_name: str) -> None:
    try:
        name = ProjectName.parse(project_name)
    except Failure as failure:  # no project can have it
        raise Failure(Code.PROJECT_UNKNOWN, project=project_name[:255]) from failure
    if not await services.projects.exists(actor, name):
        raise Failure(Code.PROJECT_UNKNOWN, project=name)


@get("/projects")
async def list_all(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    listing: Given[ListQuery],
) -> Response[Any]:
    """Parameters of their own: `name` (a part of it), `public`, `owner`, and `with_detail` (true unless said)."""
    asked = request.query_params
    if name := asked.get("name"):
        listing = listing.where("name", Contains(name))
    if owner := asked.get("owner"):
        listing = listing.where("owner", equal(owner))
    if public := asked.get("public"):
        listing = listing.where("public", equal("true" if is_true(public) else "false"))
    found = await services.projects.page(actor, listing)
    detail = is_true(asked.get("with_detail") or "true")
    shapes = [shown(project, detail=detail) for project in found.items]
    return listed(request, listing.window, shapes, found.total)


@get("/projects/{project_name_or_id:str}")
async def get_one(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName]
) -> ProjectShape:
    return shown(await services.projects.get(actor, project), detail=True)


@put("/projects/{project_name_or_id:str}")
async def update(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName], data: ProjectBody
) -> Response[bytes]:
    listed_cves = data.cve_allowlist
    change = None
    if listed_cves is not None:
        change = AllowlistChange(listed_cves.ids, listed_cves.ends, listed_cves.project_id)
    await services.projects.update(actor, project, data.facts, change)
    return done()


@delete("/projects/{project_name_or_id:str}", status_code=200)
async def delete_one(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName]
) -> Response[bytes]:
    await services.projects.delete(actor, project)
    return done()


@get("/projects/{project_name_or_id:str}/_deletable")
async def deletable(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName]
) -> DeletableShape:
    if await services.projects.deletable(actor, project):
        return DeletableShape(deletable=True)
    return DeletableShape(message=Failure(Code.PRECONDITION, "project_not_empty").message())


@get("/projects/{project_name_or_id:str}/summary")
async def summary(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName]
) -> SummaryShape:
    found = await services.projects.summary(actor, project)
    members, quota = found.members or {}, found.quota
    return SummaryShape(
        repo_count=found.repositories,
        project_admin_count=members.get(Role.PROJECT_ADMIN, 0),
        maintainer_count=members.get(Role.MAINTAINER, 0),
        developer_count=members.get(Role.DEVELOPER, 0),
        guest_count=members.get(Role.GUEST, 0),
        limited_guest_count=members.get(Role.LIMITED_GUEST, 0),
        quota=None
        if quota is None
        else SummaryQuota(hard={"storage": quota.hard}, used={"storage": quota.used}),
    )


def _name(text: str) -> ProjectName:
    try:
        return ProjectName.parse(text)
    except Failure as failure:
        raise Failure(Code.BAD_REQUEST, "project_name_invalid") from failure


def shown(found: ProjectDetails, *, detail: bool) -> ProjectShape:
    return ProjectShape(
        project_id=found.id,
        name=str(found.name),
        owner_id=found.owner_id,
        owner_name=found.owner if detail else "",
        creation_time=time(found.created_at),
        update_time=time(found.updated_at),
        current_user_role_id=found.roles[0] if found.roles else 0,
        current_user_role_ids=list(found.roles),
        repo_count=found.repositories,
        metadata=found.metadata if detail else None,
        cve_allowlist=allowlist.shown(found.allowlist) if detail else None,
    )


HANDLERS = (create, exists, list_all, get_one, update, delete_one, deletable, summary)
