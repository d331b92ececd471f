"""Roles: the built-in ones, those an installation makes for itself, and who holds one of the platform."""

from collections.abc import Sequence

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.instances import PLATFORM, Point
from kangaroo.core.workspaces import Role, Scope
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.texts import LANGUAGE, N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.console.workspaces_members import KINDS, NAMES, kind_of, member_of
from kangaroo.entrypoints.http.framework import Given

ROLES = "/administration/roles"
SCOPES: tuple[tuple[Scope, str, str], ...] = (
    ("workspace", N_("Of workspaces"), N_("Held in one workspace, by members of it.")),
    ("platform", N_("Of the platform"), N_("Held everywhere, outside the workspaces.")),
)
ACTIONS = {
    "Get": N_("see"),
    "Create": N_("create"),
    "Update": N_("change"),
    "Delete": N_("delete"),
    "Bind": N_("bind"),
}
SUBJECTS = {
    "Image": N_("Image"),
    "ConnectedRegistry": N_("Registries of the workspace"),
    "RegistryIntegration": N_("Registries of the platform"),
    "RegistrySpace": N_("Image spaces"),
    "ManagedHarbor": N_("Managed Harbor"),
}
_BUILT_IN_ADMIN = "Admin"


@get(ROLES)
async def list_(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require_admin(visit.actor, "roles")
    found = [(title, sentence, await _all(visit, scope)) for scope, title, sentence in SCOPES]
    members = await visit.services.workspaces.members.page(visit.actor, PLATFORM, Window(1, 0))
    return await visit.page(
        "workspaces/roles.html", scopes=found, members=members.items, names=NAMES, told=points_told
    )


@get(f"{ROLES}/new")
async def new(visit: Given[Visit]) -> Page:
    return await _form(visit, Form.filled(scope="workspace"))


@post(ROLES, status_code=303)
async def create(visit: Given[Visit]) -> Page:
    form = await visit.form()
    name, scope = form.required("name"), _scope(form.text("scope"))
    if form.good:
        with form.attempt(CONFLICT="name", permissions="points"):
            roles = visit.services.workspaces.roles
            await roles.create(visit.actor, scope, name, _points(form, scope))
            return visit.go(ROLES, _("Role %(name)s was created.", name=name))
    return await _form(visit, form, status=422)


@get(f"{ROLES}/{{reach:str}}/{{role:str}}")
async def edit(visit: Given[Visit]) -> Page:
    role = await _custom(visit)
    form = Form({"points": [str(point) for point in role.points], "scope": [role.scope]})
    return await _form(visit, form, role)


@post(f"{ROLES}/{{reach:str}}/{{role:str}}", status_code=303)
async def change(visit: Given[Visit]) -> Page:
    form, role = await visit.form(), await _custom(visit)
    with form.attempt(permissions="points"):
        roles = visit.services.workspaces.roles
        await roles.update(visit.actor, role.scope, role.name, _points(form, role.scope))
        return visit.go(ROLES, _("Role %(name)s was changed, for everybody who holds it.", name=role.name))
    return await _form(visit, form, role, 422)


@post(f"{ROLES}/{{reach:str}}/{{role:str}}/delete", status_code=303)
async def delete(visit: Given[Visit]) -> Page:
    role = await _custom(visit)
    if (await visit.form()).text("confirm") != role.name:
        return visit.go(ROLES, _("Nothing was deleted: the name was another."), tone="warning")
    try:
        await visit.services.workspaces.roles.delete(visit.actor, role.scope, role.name)
    except Failure as failure:
        if failure.code is not Code.REFERENCED:
            raise
        return visit.go(ROLES, failure.message(LANGUAGE.get()), tone="warning")
    return visit.go(ROLES, _("Role %(name)s was deleted.", name=role.name))


@get(f"{ROLES}/holders")
async def give(visit: Given[Visit]) -> Page:
    return await _holder(visit, Form.filled(kind="user", role="Kangaroo Owner"))


@post(f"{ROLES}/holders", status_code=303)
async def add_holder(visit: Given[Visit]) -> Page:
    form = await visit.form()
    name = form.required("name")
    if form.good:
        with form.attempt(CONFLICT="name", NOT_FOUND="name", memberName="name", roleName="role"):
            members = visit.services.workspaces.members
            await members.add(visit.actor, PLATFORM, kind_of(form), name, form.text("role"))
            return visit.go(ROLES, _("%(name)s holds the role now.", name=name))
    return await _holder(visit, form, 422)


@post(f"{ROLES}/holders/{{member:str}}/remove", status_code=303)
async def remove_holder(visit: Given[Visit]) -> Page:
    found = await member_of(visit, PLATFORM)
    if (await visit.form()).text("confirm") != found.name:
        return visit.go(ROLES, _("Nothing was removed: the name was another."), tone="warning")
    await visit.services.workspaces.members.remove(visit.actor, PLATFORM, found.id)
    return visit.go(ROLES, _("%(name)s holds the role no longer.", name=found.name))


def points_told(points: Sequence[Point]) -> list[tuple[str, list[str]]]:
    """By what they are about: `Images: see, create`."""
    found: dict[str, list[str]] = {}
    for point in sorted(points, key=_rank):
        action, subject = _halves(point)
        found.setdefault(_(SUBJECTS[subject]), []).append(_(ACTIONS[action]))
    return list(found.items())


def _halves(point: Point) -> tuple[str, str]:
    action = next(word for word in ACTIONS if point.startswith(word))
    return action, point.removeprefix(action)


def _rank(point: Point) -> tuple[int, int]:
    """By subject, then from seeing to deleting."""
    action, subject = _halves(point)
    return list(SUBJECTS).index(subject), list(ACTIONS).index(action)


def _grouped(roles: Sequence[Role]) -> list[tuple[str, list[tuple[str, str]]]]:
    """All points of a scope by subject: those its strongest built-in role holds."""
    groups: dict[str, list[tuple[str, str]]] = {}
    everything = max((one for one in roles if one.built_in), key=lambda one: len(one.points))
    for point in sorted(everything.points, key=_rank):
        action, subject = _halves(point)
        groups.setdefault(SUBJECTS[subject], []).append((str(point), ACTIONS[action]))
    return list(groups.items())


async def _all(visit: Visit, scope: Scope) -> list[Role]:
    return await visit.services.workspaces.roles.all(visit.actor, scope)


async def _custom(visit: Visit) -> Role:
    """The one of the path; those that are built in are not changed. Raises NOT_FOUND."""
    await visit.services.workspaces.authority.require_admin(visit.actor, "roles")
    name = visit.segment("role")
    for one in await _all(visit, _scope(visit.segment("reach"))):
        if one.name == name and not one.built_in:
            return one
    raise Failure(Code.NOT_FOUND, what=f"role {name[:80]}")


async def _form(visit: Visit, form: Form, role: Role | None = None, status: int = 200) -> Page:
    await visit.services.workspaces.authority.require_admin(visit.actor, "roles")
    chosen = [one for one in SCOPES if role is None or one[0] == role.scope]
    offered = [
        (scope, title, sentence, _grouped(await _all(visit, scope))) for scope, title, sentence in chosen
    ]
    return await visit.page("workspaces/role_edit.html", status=status, form=form, role=role, offered=offered)


async def _holder(visit: Visit, form: Form, status: int = 200) -> Page:
    await visit.services.workspaces.authority.require_admin(visit.actor, "roles")
    roles = [one.name for one in await _all(visit, "platform") if one.name != _BUILT_IN_ADMIN]
    return await visit.page(
        "workspaces/role_give.html", status=status, form=form, roles=roles, names=NAMES, kinds=KINDS
    )


def _scope(text: str) -> Scope:
    return "platform" if text == "platform" else "workspace"


def _points(form: Form, scope: Scope) -> list[str]:
    """Those of its scope: the boxes of the other one may be ticked, too."""
    workspace = ("Image", "ConnectedRegistry")
    return [point for point in form.texts("points") if point.endswith(workspace) is (scope == "workspace")]


HANDLERS = (list_, new, create, give, add_holder, remove_holder, edit, change, delete)
