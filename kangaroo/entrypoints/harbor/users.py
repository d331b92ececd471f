"""Tag user: people, and what somebody may do."""

import re
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.names import ProjectName
from kangaroo.base.query import Contains, ListQuery
from kangaroo.core.access import Identity, Profile, User
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import created, done, listed
from kangaroo.entrypoints.harbor.shapes import Body, Int64, Shape, time
from kangaroo.entrypoints.harbor.surroundings import Surroundings
from kangaroo.entrypoints.http import csrf, session
from kangaroo.entrypoints.http.framework import AnyRequest, Given

_SCOPE = re.compile(r"(?P<place>/system|/project/(?P<id>[0-9]{1,18}))(?:/|$)")
_NOWHERE = ProjectName(":")  # no project can have this name
Name = Annotated[str, msgspec.Meta(max_length=255)]


class ProfileBody(Body):
    email: Name = ""
    realname: str = ""
    comment: str = ""

    @property
    def profile(self) -> Profile:
        return Profile(self.email, self.realname, self.comment)


class NewUser(ProfileBody):
    username: Name = ""
    password: str = ""


class SysAdminFlag(Body):
    sysadmin_flag: bool = False


class NewPassword(Body):
    old_password: str = ""
    new_password: str = ""


class Secret(Body):
    secret: str = ""


class OidcMeta(Shape):
    """Without the secret: only its hash is kept."""

    creation_time: str
    update_time: str
    id: int = 0
    user_id: int = 0
    subiss: str = ""


class UserShape(Shape):
    creation_time: str
    update_time: str
    sysadmin_flag: bool
    admin_role_in_auth: bool
    user_id: int = 0
    username: str = ""
    email: str = ""
    realname: str = ""
    comment: str = ""
    oidc_user_meta: OidcMeta | None = None


class Found(Shape):
    user_id: int = 0
    username: str = ""


class Permission(Shape):
    resource: str = ""
    action: str = ""


def shown(user: User, *, identity: Identity | None = None, oneself: bool = False) -> UserShape:
    return UserShape(
        user_id=user.id,
        username=user.username,
        email=user.profile.email or "",
        realname=user.profile.realname,
        comment=user.profile.comment,
        sysadmin_flag=user.sysadmin,
        admin_role_in_auth=oneself and user.group_sysadmin,
        creation_time=time(user.created_at),
        update_time=time(user.updated_at),
        oidc_user_meta=None if identity is None else _meta(identity),
    )


def _meta(identity: Identity) -> OidcMeta:
    issuer, _, subject = identity.subject.partition(" ")
    return OidcMeta(
        id=identity.user,
        user_id=identity.user,
        subiss=subject + issuer,
        creation_time=time(identity.created_at),
        update_time=time(identity.updated_at),
    )


@get("/users")
async def list_all(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, listing: Given[ListQuery]
) -> Response[Any]:
    for key in ("username", "email"):
        if part := request.query_params.get(key):
            listing = listing.where(key, Contains(part))
    found = await services.access.users.page(actor, listing)
    return listed(request, listing.window, [shown(user) for user in found.items], found.total)


@post("/users")
async def create(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, data: NewUser
) -> Response[Any]:
    """Self-registration is for browsers: they bring a session cookie, if only an old one."""
    in_browser = session.cookie(request.scope["headers"]) is not None
    csrf.check_site(request.headers.get("sec-fetch-site"))
    identity = await services.access.users.create(
        actor, data.username, data.password, data.profile, in_browser=in_browser
    )
    return created(request, identity)


@get("/users/current")
async def current(actor: Given[Actor], services: Given[Services]) -> UserShape:
    user = await services.access.users.current(actor)
    identity = await services.access.cli_secrets.identity(actor, user.id)
    return shown(user, identity=identity, oneself=True)


@get("/users/search")
async def search(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    listing: Given[ListQuery],
    username: Annotated[str, Parameter(query="username")],
) -> Response[Any]:
    found = await services.access.users.search(actor, username, listing.window)
    items = [Found(user_id=user, username=name) for user, name in found.items]
    return listed(request, listing.window, items, found.total)


@get("/users/{user_id:str}")
async def get_one(actor: Given[Actor], services: Given[Services], user_id: Int64) -> UserShape:
    user = await services.access.users.get(actor, user_id)
    return shown(user, identity=await services.access.cli_secrets.identity(actor, user_id))


@put("/users/{user_id:str}")
async def update(
    actor: Given[Actor], services: Given[Services], user_id: Int64, data: ProfileBody
) -> Response[bytes]:
    await services.access.users.update(actor, user_id, data.profile)
    return done()


@delete("/users/{user_id:str}", status_code=200)
async def delete_one(actor: Given[Actor], services: Given[Services], user_id: Int64) -> Response[bytes]:
    await services.access.users.delete(actor, user_id)
    return done()


@put("/users/{user_id:str}/sysadmin")
async def set_sysadmin(
    actor: Given[Actor], services: Given[Services], user_id: Int64, data: SysAdminFlag
) -> Response[bytes]:
    await services.access.users.set_sysadmin(actor, user_id, data.sysadmin_flag)
    return done()


@put("/users/{user_id:str}/password")
async def set_password(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, user_id: Int64, data: NewPassword
) -> Response[bytes]:
    source = request.client.host if request.client else ""
    await services.access.users.change_password(
        actor, user_id, data.new_password, old=data.old_password, source=source
    )
    return done()


@put("/users/{user_id:str}/cli_secret")
async def set_cli_secret(
    actor: Given[Actor], services: Given[Services], user_id: Int64, data: Secret
) -> Response[bytes]:
    await services.access.cli_secrets.set(actor, user_id, data.secret)
    return done()


@get("/users/current/permissions")
async def permissions(
    actor: Given[Actor],
    services: Given[Services],
    surroundings: Given[Surroundings],
    request: AnyRequest,
    relative: bool = False,
) -> list[Permission]:
    """`scope` is /system or /project/{id}; of anything else nobody has permissions."""
    matched = _SCOPE.match(request.query_params.get("scope", ""))
    project = None
    if matched is not None and matched["id"]:
        project = await surroundings.project_named(int(matched["id"])) or _NOWHERE
    pairs = await services.access.permissions(actor, project)
    if matched is None:
        return []
    place = "" if relative else matched["place"] + "/"
    of_project = matched["id"] is not None
    return [Permission(resource=_resource(place, pair, of_project), action=pair[1]) for pair in pairs]


def _resource(place: str, pair: tuple[str, str], of_project: bool) -> str:
    """A project itself has no name of its own inside its place."""
    if of_project and pair[0] == "project":
        return place.rstrip("/") or "."
    return place + pair[0]


HANDLERS = (
    list_all,
    create,
    current,
    search,
    get_one,
    update,
    delete_one,
    set_sysadmin,
    set_password,
    set_cli_secret,
    permissions,
)
