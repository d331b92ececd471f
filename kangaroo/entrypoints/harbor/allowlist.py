"""Tag SystemCVEAllowlist, and the shape a project's own list has, too."""

import msgspec
from litestar import Response, get, put

from kangaroo.base.actors import Actor
from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.core.projects import Allowlist
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import done
from kangaroo.entrypoints.harbor.shapes import Body, Int64, Shape, time
from kangaroo.entrypoints.http.framework import Given

_LAST = (2**63 - 1) // SECOND


class Item(Body):
    cve_id: str = ""


class AllowlistBody(Body):
    """`expires_at` in seconds since 1970."""

    items: list[Item] = msgspec.field(default_factory=list)
    expires_at: Int64 | None = None
    project_id: Int64 = 0

    @property
    def ids(self) -> list[str]:
        return [item.cve_id for item in self.items]

    @property
    def ends(self) -> Micros | None:
        """Raises INVALID_FIELD for a time no clock will show."""
        if self.expires_at is None:
            return None
        if not -_LAST <= self.expires_at <= _LAST:
            raise Failure(Code.INVALID_FIELD, field="expires_at", reason="too far away")
        return self.expires_at * SECOND


class AllowlistShape(Shape):
    items: list[Item]
    creation_time: str
    update_time: str
    id: int = 0
    project_id: int = 0
    expires_at: int | None = None


def shown(found: Allowlist) -> AllowlistShape:
    return AllowlistShape(
        id=found.project_id,
        project_id=found.project_id,
        items=[Item(cve_id=item) for item in found.items],
        expires_at=None if found.expires_at is None else found.expires_at // SECOND,
        creation_time=time(found.created_at),
        update_time=time(found.updated_at),
    )


@get("/system/CVEAllowlist")
async def get_system(actor: Given[Actor], services: Given[Services]) -> AllowlistShape:
    return shown(await services.projects.allowlists.system(actor))


@put("/system/CVEAllowlist")
async def put_system(actor: Given[Actor], services: Given[Services], data: AllowlistBody) -> Response[bytes]:
    await services.projects.allowlists.set_system(actor, data.ids, data.ends)
    return done()


HANDLERS = (get_system, put_system)
