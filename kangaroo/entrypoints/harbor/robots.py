"""Tag robot: accounts for programs, of a project or of the system."""

from typing import Any, Literal

from litestar import Response, delete, get, patch, post, put

from kangaroo.base.actors import Actor, Grant, Right
from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.query import ListQuery
from kangaroo.core.access import Robot, RobotSpec
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import created, done, listed
from kangaroo.entrypoints.harbor.shapes import Body, Int64, Shape, time
from kangaroo.entrypoints.harbor.surroundings import Surroundings
from kangaroo.entrypoints.http.framework import AnyRequest, Given

_NOWHERE = ProjectName(":")  # no project can have this name


class AccessBody(Body):
    resource: str = ""
    action: str = ""
    effect: str = ""


class PermissionBody(Body):
    kind: str = ""
    namespace: str = ""
    access: tuple[AccessBody, ...] = ()

    @property
    def grant(self) -> Grant:
        """Raises BAD_REQUEST."""
        kind: Literal["system", "project"]
        match self.kind:
            case "system":
                kind = "system"
            case "project":
                kind = "project"
            case _:
                raise Failure(
                    Code.BAD_REQUEST, reason=f"bad request error permission kind input: {self.kind}"
                )
        return Grant(kind, self.namespace, tuple(map(_right, self.access)))


def _right(access: AccessBody) -> Right:
    match access.effect:
        case "" | "allow":
            return Right(access.resource, access.action)
        case "deny":
            return Right(access.resource, access.action, "deny")
    raise Failure(Code.BAD_REQUEST, reason=f"bad request error effect input: {access.effect}")


class RobotBody(Body):
    name: str = ""
    description: str = ""
    disable: bool = False
    duration: int = 0
    level: str = ""
    permissions: tuple[PermissionBody, ...] = ()

    @property
    def spec(self) -> RobotSpec:
        return RobotSpec(
            name=self.name,
            level=self.level,
            grants=tuple(permission.grant for permission in self.permissions),
            description=self.description,
            disabled=self.disable,
            duration=self.duration,
        )


class SecretBody(Body):
    secret: str = ""


class SecretShape(Shape):
    secret: str = ""


class AccessShape(Shape):
    resource: str = ""
    action: str = ""
    effect: str = ""


class PermissionShape(Shape):
    access: list[AccessShape]
    kind: str = ""
    namespace: str = ""


class RobotShape(Shape):
    creation_time: str
    update_time: str
    disable: bool
    editable: bool
    duration: int
    permissions: list[PermissionShape]
    id: int = 0
    name: str = ""
    description: str = ""
    level: str = ""
    expires_at: int = 0


class CreatedShape(Shape):
    creation_time: str
    id: int = 0
    name: str = ""
    secret: str = ""
    expires_at: int = 0


def shown(robot: Robot) -> RobotShape:
    return RobotShape(
        id=robot.id,
        name=robot.name,
        description=robot.state.description,
        level=robot.level,
        duration=robot.state.duration,
        disable=robot.state.disabled,
        editable=True,
        expires_at=_end(robot.state.expires_at),
        permissions=[_permission(grant) for grant in robot.state.grants],
        creation_time=time(robot.created_at),
        update_time=time(robot.updated_at),
    )


def _permission(grant: Grant) -> PermissionShape:
    access = [
        AccessShape(resource=one.resource, action=one.action, effect=one.effect) for one in grant.access
    ]
    return PermissionShape(kind=grant.kind, namespace=grant.namespace, access=access)


def _end(at: Micros | None) -> int:
    """Seconds; -1: never."""
    return -1 if at is None else at // SECOND


@get("/robots")
async def list_all(
    actor: Given[Actor],
    services: Given[Services],
    surroundings: Given[Surroundings],
    request: AnyRequest,
    listing: Given[ListQuery],
) -> Response[Any]:
    """Those of the system, or with `q=Level=project,ProjectID=1` those of a project."""
    project = await _home(listing, surroundings)
    rest = listing.without("level", "project_id")
    found = await services.access.robots.page(actor, rest, project)
    return listed(request, listing.window, [shown(robot) for robot in found.items], found.total)


async def _home(listing: ListQuery, surroundings: Surroundings) -> ProjectName | None:
    match listing.text("level"):
        case None | "system":
            return None
        case "project":
            if listing.find("project_id") is None:
                raise Failure(Code.BAD_REQUEST, reason="must with project ID when to query project robots")
            number = listing.number("project_id")
            if number is None:
                raise Failure(Code.BAD_REQUEST, reason="Project ID must be int type.")
            return await surroundings.project_named(number) or _NOWHERE
    raise Failure(Code.BAD_REQUEST, reason="bad request error level input")


@post("/robots")
async def create(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, data: RobotBody
) -> Response[Any]:
    robot, secret = await services.access.robots.create(actor, data.spec)
    content = CreatedShape(
        id=robot.id,
        name=robot.name,
        secret=secret,
        creation_time=time(robot.created_at),
        expires_at=_end(robot.state.expires_at),
    )
    return created(request, robot.id, content)


@get("/robots/{robot_id:str}")
async def get_one(actor: Given[Actor], services: Given[Services], robot_id: Int64) -> RobotShape:
    return shown(await services.access.robots.get(actor, robot_id))


@put("/robots/{robot_id:str}")
async def update(
    actor: Given[Actor], services: Given[Services], robot_id: Int64, data: RobotBody
) -> Response[bytes]:
    await services.access.robots.update(actor, robot_id, data.spec)
    return done()


@patch("/robots/{robot_id:str}")
async def refresh_secret(
    actor: Given[Actor], services: Given[Services], robot_id: Int64, data: SecretBody
) -> SecretShape:
    """Only a secret the server made up is shown."""
    secret = await services.access.robots.refresh_secret(actor, robot_id, data.secret)
    return SecretShape(secret="" if data.secret else secret)


@delete("/robots/{robot_id:str}", status_code=200)
async def delete_one(actor: Given[Actor], services: Given[Services], robot_id: Int64) -> Response[bytes]:
    await services.access.robots.delete(actor, robot_id)
    return done()


HANDLERS = (list_all, create, get_one, update, refresh_secret, delete_one)
