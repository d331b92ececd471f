"""Robots of one space: accounts of programs, with rights in it alone."""

from litestar import get, post

from kangaroo.base.actors import Grant
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Robot, RobotSpec
from kangaroo.core.access.robots import FOR_EVER
from kangaroo.entrypoints.console.administration_robots import MAY, RIGHTS
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.spaces_given import ONE, SpaceView
from kangaroo.entrypoints.console.spaces_members import number_of
from kangaroo.entrypoints.console.texts import _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_COLUMNS = {"name": "name", "created": "creation_time"}


@get(f"{ONE}/-/robots")
async def list_(visit: Given[Visit], space: Given[SpaceView], listing: Given[Listing]) -> Page:
    return await _page(visit, space, listing, Form.filled(may="pull", days=30))


@post(f"{ONE}/-/robots", status_code=303)
async def create(visit: Given[Visit], space: Given[SpaceView], listing: Given[Listing]) -> Page:
    """The answer shows the secret, this once: it is no redirect, and nobody keeps the page."""
    await visit.services.access.require(visit.actor, "robot", "create", space.project_name)
    form = await visit.form()
    name, rights, days = form.required("name"), RIGHTS.get(form.text("may")), form.number("days")
    if rights is None:
        form.refuse("may", _("Choose one."))
    if days is not None and days < 1:
        form.refuse("days", _("At least one day; leave it empty for ever."))
    if form.good:
        with form.attempt(CONFLICT="name", BAD_REQUEST="name"):
            spec = RobotSpec(
                name=name,
                level="project",
                grants=(Grant("project", space.name, rights or ()),),
                description=form.text("description"),
                duration=FOR_EVER if days is None else days,
            )
            robot, secret = await visit.services.access.robots.create(visit.actor, spec)
            return await _made(visit, space, robot, secret)
    return await _page(visit, space, listing, form, 422)


@post(f"{ONE}/-/robots/{{robot:str}}/secret", status_code=303)
async def refresh(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    robot = await _found(visit, space)
    secret = await visit.services.access.robots.refresh_secret(visit.actor, robot.id)
    return await _made(visit, space, robot, secret)


@post(f"{ONE}/-/robots/{{robot:str}}/state", status_code=303)
async def switch(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    disabled, robot = (await visit.form()).flag("disabled"), await _found(visit, space)
    spec = RobotSpec(
        name=robot.name,
        level=robot.level,
        grants=robot.state.grants,
        description=robot.state.description,
        disabled=disabled,
        duration=robot.state.duration,
        expires_at=robot.state.expires_at,
    )
    await visit.services.access.robots.update(visit.actor, robot.id, spec)
    told = _("%(name)s can sign in no longer.") if disabled else _("%(name)s can sign in again.")
    return visit.go(space.at("robots"), told % {"name": robot.name})


@post(f"{ONE}/-/robots/{{robot:str}}/delete", status_code=303)
async def delete(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    robot = await _found(visit, space)
    if (await visit.form()).text("confirm") != robot.name:
        told = _("Nothing was deleted: the name was another.")
        return visit.go(space.at("robots"), told, tone="warning")
    await visit.services.access.robots.delete(visit.actor, robot.id)
    return visit.go(space.at("robots"), _("Robot %(name)s was deleted.", name=robot.name))


async def _found(visit: Visit, space: SpaceView) -> Robot:
    """Of this space: others are not found here."""
    robot = await visit.services.access.robots.get(visit.actor, number_of(visit, "robot"))
    if robot.project != space.name:
        raise Failure(Code.NOT_FOUND, what=f"robot {robot.id}")
    return robot


async def _made(visit: Visit, space: SpaceView, robot: Robot, secret: str) -> Page:
    return await visit.page("spaces/robot_made.html", space=space, robot=robot, secret=secret)


async def _page(visit: Visit, space: SpaceView, listing: Listing, form: Form, status: int = 200) -> Page:
    robots = visit.services.access.robots
    page = await robots.page(visit.actor, listing.query(_COLUMNS), space.project_name)
    return await visit.page(
        "spaces/robots.html",
        status=status,
        space=space,
        listing=listing,
        page=page,
        form=form,
        may=MAY,
        now=visit.surroundings.clock(),
    )


HANDLERS = (list_, create, refresh, switch, delete)
