"""Managed Harbors: the list with three lights each, and one with everything that was seen of it."""

from litestar import get, post

from kangaroo.base.errors import Failure
from kangaroo.core.instances import Point
from kangaroo.core.managed import Change as HarborChange
from kangaroo.core.managed import Farewell, HarborName, Secrets
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.managed_given import BLAME, change_of, filled
from kangaroo.entrypoints.console.managed_seen import lights, name_in, overall, path_to, pods_of, summary_of
from kangaroo.entrypoints.console.texts import _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

MANAGED = "/managed"
_ONE = f"{MANAGED}/{{cluster:str}}/{{namespace:str}}/{{name:str}}"
_COLUMNS = {"name": "name", "created": "created_at"}


@get(MANAGED)
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    page = await visit.services.managed.page(visit.actor, listing.query(_COLUMNS))
    return await visit.page(
        "managed/list.html",
        listing=listing,
        page=page,
        lights=lights,
        overall=overall,
        path_to=path_to,
        may_create=(await visit.rights()).may(Point.CREATE_MANAGED_HARBOR),
    )


@get(_ONE)
async def show(visit: Given[Visit]) -> Page:
    """As it was seen last; while something moves the page looks again."""
    harbor = await visit.services.managed.get(visit.actor, name_in(visit))
    rights = await visit.rights()
    return await visit.page(
        "managed/harbor.html",
        harbor=harbor,
        base=path_to(harbor.name),
        overall=overall(harbor),
        lights=lights(harbor),
        pods=pods_of(harbor),
        summary=summary_of(harbor.name, harbor.spec),
        may_change=rights.may(Point.UPDATE_MANAGED_HARBOR),
        may_delete=rights.may(Point.DELETE_MANAGED_HARBOR),
    )


@post(f"{_ONE}/-/check", status_code=303)
async def check(visit: Given[Visit]) -> Page:
    harbor = await visit.services.managed.check(visit.actor, name_in(visit))
    return visit.go(path_to(harbor.name), _("It was looked at; how it is is shown here."), tone="info")


@get(f"{_ONE}/-/edit")
async def edit(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require(visit.actor, Point.UPDATE_MANAGED_HARBOR)
    harbor = await visit.services.managed.get(visit.actor, name_in(visit))
    return await _edit(visit, harbor.name, filled(harbor.spec), Form())


@post(f"{_ONE}/-/edit", status_code=303)
async def update(visit: Given[Visit]) -> Page:
    """The cluster is asked before anything is changed."""
    await visit.services.workspaces.authority.require(visit.actor, Point.UPDATE_MANAGED_HARBOR)
    name, form = name_in(visit), await visit.form()
    change = change_of(form)
    if form.good:
        with form.attempt(**BLAME):
            await visit.services.managed.change(visit.actor, name, change)
            return visit.go(path_to(name), _("The change is rolling out."))
    return await _edit(visit, name, form, Form(), 422)


@post(f"{_ONE}/-/password", status_code=303)
async def password(visit: Given[Visit]) -> Page:
    """Of Harbor's administrator; the integration signs in with it afterwards."""
    await visit.services.workspaces.authority.require(visit.actor, Point.UPDATE_MANAGED_HARBOR)
    name, form = name_in(visit), await visit.form()
    form.required("admin_password")
    if form.good and form.raw("admin_password") != form.raw("again"):
        form.refuse("again", _("The two are not the same."))
    if form.good:
        with form.attempt(**BLAME):
            change = HarborChange(secrets=Secrets(admin=form.raw("admin_password")))
            await visit.services.managed.change(visit.actor, name, change)
            return visit.go(path_to(name), _("The password is being changed."))
    harbor = await visit.services.managed.get(visit.actor, name)
    return await _edit(visit, name, filled(harbor.spec), form, 422)


@post(f"{_ONE}/-/delete", status_code=303)
async def delete(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require(visit.actor, Point.DELETE_MANAGED_HARBOR)
    name, form = name_in(visit), await visit.form()
    here = path_to(name)
    if form.text("confirm") != name.name:
        return visit.go(here, _("Nothing was deleted: the name was another."), tone="warning")
    farewell = Farewell(keep_data=form.flag("keep_data"))
    try:
        await visit.services.managed.delete(visit.actor, name, farewell)
    except Failure as failure:
        return visit.go(here, failure.message(visit.language), tone="danger")
    return visit.go(MANAGED, _("Harbor %(name)s is being deleted.", name=name.name))


async def _edit(visit: Visit, name: HarborName, form: Form, secret: Form, status: int = 200) -> Page:
    """Without an offer, when the cluster is away, the version stays as it is."""
    versions = [form.text("version")]
    try:
        offer = await visit.services.managed.choices.offer(visit.actor, name.place.cluster)
        versions += [one for one in offer.versions if one not in versions]
    except Failure as failure:
        form.refuse("", failure.message(visit.language))
    return await visit.page(
        "managed/edit.html",
        status=status,
        harbor=name,
        base=path_to(name),
        form=form,
        secret=secret,
        versions=[(one, one) for one in versions if one],
    )


HANDLERS = (list_, show, check, edit, update, password, delete)
