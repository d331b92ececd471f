"""How members of a workspace sign in to push: a command with a temporary credential, and the workspace's own robot."""

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.clock import SECOND, rfc3339
from kangaroo.core.instances import Which
from kangaroo.core.services import Services
from kangaroo.core.workspaces import Issued, Pass, commands
from kangaroo.entrypoints.http.framework import Given
from kangaroo.entrypoints.platform.given import Int64
from kangaroo.entrypoints.platform.shapes import Shape, int64
from kangaroo.entrypoints.platform.surroundings import Surroundings
from kangaroo.entrypoints.platform.view import View

_ONE = "/workspaces/{workspace:str}/registries/{registry:str}"


class Tools(Shape):
    docker: str
    podman: str
    nerdctl: str
    containerd: str
    skopeo: str
    helm: str


class PushCommand(Shape):
    """Beyond `cmd`: what other tools take, in `commands`; in `trust` what to do before, by tool, where a certificate
    is not publicly trusted; `spaces`, where the credential may push: empty is everywhere at this registry."""

    cmd: str
    expired: str
    expired_at: str
    host: str
    username: str
    commands: Tools
    trust: dict[str, str]
    spaces: list[str]


class RobotInfo(Shape, rename="pascal"):
    """Capitals, as published."""

    username: str
    password: str


@get(f"{_ONE}/push", operation_id="Image_GetPushCommand")
async def push(
    actor: Given[Actor],
    services: Given[Services],
    surroundings: Given[Surroundings],
    view: Given[View],
    which: Given[Which],
    expired: Annotated[Int64, Parameter(description="For how many seconds; 0 is a day.")] = 0,
) -> PushCommand:
    """Makes a credential at every call; it may push and pull where the workspace may push, and nowhere else."""
    credentials = services.workspaces.credentials
    issued = await credentials.login(actor, which.workspace, which.name, expired)
    endpoint = services.workspaces.endpoint(issued, view.own_url)
    told = commands(endpoint, Pass(issued.username, issued.secret), _example(issued))
    until = issued.expires_at or 0
    return PushCommand(
        cmd=told.login["docker"],
        expired=int64(-(-(until - surroundings.clock()) // SECOND)),
        expired_at=rfc3339(until),
        host=endpoint.host,
        username=issued.username,
        commands=Tools(**told.login),
        trust=dict(told.trust),
        spaces=list(issued.spaces),
    )


@get(f"{_ONE}/robot_info", operation_id="Registries_GetRegistryRobotInfo")
async def robot_info(actor: Given[Actor], services: Given[Services], which: Given[Which]) -> RobotInfo:
    issued = await services.workspaces.credentials.standing(actor, which.workspace, which.name)
    return RobotInfo(username=issued.username, password=issued.secret)


def _example(issued: Issued) -> str:
    return f"{issued.spaces[0] if issued.spaces else 'SPACE'}/IMAGE:TAG"


HANDLERS = (push, robot_info)
