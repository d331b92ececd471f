"""Robots of the system: accounts of programs, with rights in some or all spaces of the built-in registry."""

from litestar import get, post

from kangaroo.base.actors import Grant, Right
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import RobotSpec
from kangaroo.core.access.robots import FOR_EVER
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.texts import N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

ROBOTS = "/administration/robots"
EVERYWHERE = "*"
_COLUMNS = {"name": "name", "created": "creation_time", "ends": "expires_at"}
_PULL = (
    Right("repository", "pull"),
    Right("repository", "list"),
    Right("artifact", "read"),
    Right("artifact", "list"),
)
_PUSH = (*_PULL, Right("repository", "push"), Right("tag", "create"), Right("artifact-label", "create"))
_CLEAN = (*_PUSH, Right("artifact", "delete"), Right("tag", "delete"), Right("repository", "delete"))
RIGHTS = {"pull": _PULL, "push": _PUSH, "clean": _CLEAN}
MAY = (
    ("pull", N_("Pull"), N_("Read images: what clusters and scanners need.")),
    ("push", N_("Pull and push"), N_("Besides, write images and tags: what pipelines need.")),
    ("clean", N_("Pull, push and delete"), N_("Besides, delete tags, artifacts and images.")),
)


@get(ROBOTS)
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    page = await visit.services.access.robots.page(visit.actor, listing.query(_COLUMNS))
    now = visit.surroundings.clock()
    return await visit.page("administration/robots.html", listing=listing, page=page, now=now)


@get(f"{ROBOTS}/new")
async def new(visit: Given[Visit]) -> Page:
    await visit.services.access.require(visit.actor, "robot", "create")
    return await visit.page("administration/robot_new.html", form=Form.filled(may="pull", days=30), may=MAY)


@post(ROBOTS, status_code=303)
async def create(visit: Given[Visit]) -> Page:
    """The answer shows the secret, this once: it is no redirect, and nobody keeps the page."""
    form = await visit.form()
    spec = _spec(form)
    if form.good:
        with form.attempt(
            CONFLICT="name", PROJECT_UNKNOWN="spaces", NAME_INVALID="spaces", BAD_REQUEST="name"
        ):
            robot, secret = await visit.services.access.robots.create(visit.actor, spec)
            return await visit.page("administration/robot_made.html", robot=robot, secret=secret)
    return await visit.page("administration/robot_new.html", status=422, form=form, may=MAY)


@post(f"{ROBOTS}/{{robot:str}}/secret", status_code=303)
async def refresh(visit: Given[Visit]) -> Page:
    robots = visit.services.access.robots
    robot = await robots.get(visit.actor, _id(visit))
    secret = await robots.refresh_secret(visit.actor, robot.id)
    return await visit.page("administration/robot_made.html", robot=robot, secret=secret)


@post(f"{ROBOTS}/{{robot:str}}/state", status_code=303)
async def switch(visit: Given[Visit]) -> Page:
    disabled, robots = (await visit.form()).flag("disabled"), visit.services.access.robots
    robot = await robots.get(visit.actor, _id(visit))
    spec = RobotSpec(
        name=robot.name,
        level=robot.level,
        grants=robot.state.grants,
        description=robot.state.description,
        disabled=disabled,
        duration=robot.state.duration,
        expires_at=robot.state.expires_at,
    )
    await robots.update(visit.actor, robot.id, spec)
    told = _("%(name)s can sign in no longer.") if disabled else _("%(name)s can sign in again.")
    return visit.go(ROBOTS, told % {"name": robot.name})


@post(f"{ROBOTS}/{{robot:str}}/delete", status_code=303)
async def delete(visit: Given[Visit]) -> Page:
    robots = visit.services.access.robots
    robot = await robots.get(visit.actor, _id(visit))
    if (await visit.form()).text("confirm") != robot.name:
        return visit.go(ROBOTS, _("Nothing was deleted: the name was another."), tone="warning")
    await robots.delete(visit.actor, robot.id)
    return visit.go(ROBOTS, _("Robot %(name)s was deleted.", name=robot.name))


def _spec(form: Form) -> RobotSpec:
    """An empty list of spaces is every space, those to come included."""
    rights = RIGHTS.get(form.text("may"))
    if rights is None:
        form.refuse("may", _("Choose one."))
    spaces = form.text("spaces").replace(",", " ").split() or [EVERYWHERE]
    days = form.number("days")
    if days is not None and days < 1:
        form.refuse("days", _("At least one day; leave it empty for ever."))
    return RobotSpec(
        name=form.required("name"),
        level="system",
        grants=tuple(Grant("project", space, rights or ()) for space in spaces),
        description=form.text("description"),
        duration=FOR_EVER if days is None else days,
    )


def _id(visit: Visit) -> int:
    text = visit.segment("robot")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Failure(Code.NOT_FOUND, what=f"robot {text[:20]}")
    return int(text)


HANDLERS = (list_, new, create, refresh, switch, delete)
