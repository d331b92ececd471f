"""Registering a registry and changing one, with each step looked at while it is filled in."""

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure
from kangaroo.core.instances import (
    Change,
    Credential,
    Instance,
    InstanceKind,
    InstanceName,
    Integration,
    Kind,
    Registration,
    Which,
)
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.registries_checks import (
    BLAME,
    KINDS,
    Checks,
    Typed,
    blame,
    look,
    permitted,
    steps_of,
    untouched,
)
from kangaroo.entrypoints.console.registries_given import Ground, both
from kangaroo.entrypoints.console.texts import _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given


@get(both("/-/new"))
async def new(visit: Given[Visit], ground: Given[Ground]) -> Page:
    await permitted(visit, ground)
    return await _new(visit, ground, Form.filled(kind=Kind.HARBOR), untouched())


@post(both("/-/check"), status_code=200)
async def check_new(visit: Given[Visit], ground: Given[Ground]) -> Page:
    """Asked again and again while somebody types; the page stays as it is but for the steps."""
    form = await visit.form()
    return await _new(visit, ground, form, await look(visit, ground, Typed.of(form)))


@post(both(""), status_code=303)
async def create(visit: Given[Visit], ground: Given[Ground]) -> Page:
    await permitted(visit, ground)
    form = await visit.form()
    typed, checks = Typed.of(form), untouched()
    form.required("url")
    name = form.required("name")
    if form.good:
        with form.attempt(**BLAME):
            registration = Registration(
                name=InstanceName.parse(name),
                kind=typed.kind,
                url=typed.url,
                credential=typed.credential,
                ca=typed.ca,
                insecure=typed.insecure,
                description=form.text("description"),
            )
            try:
                made = await visit.services.instances.register(visit.actor, registration, ground.workspace)
            except InstanceFailure as failure:
                blame(form, failure)
                checks = steps_of(failure, typed, {})
            else:
                return visit.go(ground.url(made.name), _("Registry %(name)s was registered.", name=made.name))
    return await _new(visit, ground, form, checks, 422)


@get(both("/{registry:str}/-/edit"))
async def edit(visit: Given[Visit], ground: Given[Ground], which: Given[Which]) -> Page:
    found = await _editable(visit, ground, which)
    connection = found.connection
    form = Form.filled(
        url=connection.url,
        username=connection.username,
        ca=connection.ca,
        insecure=connection.insecure,
        description=connection.description,
    )
    return await _edit(visit, ground, found, form, untouched())


@post(both("/{registry:str}/-/check-change"), status_code=200)
async def check_change(visit: Given[Visit], ground: Given[Ground], which: Given[Which]) -> Page:
    found = await _editable(visit, ground, which)
    form = await visit.form()
    return await _edit(
        visit, ground, found, form, await look(visit, ground, Typed.of(form, found.kind), found)
    )


@post(both("/{registry:str}/-/edit"), status_code=303)
async def change(visit: Given[Visit], ground: Given[Ground], which: Given[Which]) -> Page:
    found = await _editable(visit, ground, which)
    form = await visit.form()
    typed, checks = Typed.of(form, found.kind), untouched()
    form.required("url")
    if form.good:
        with form.attempt(**BLAME | {"CONFLICT": "url"}):
            try:
                await visit.services.instances.update(visit.actor, which, _changes(found, typed, form))
            except InstanceFailure as failure:
                blame(form, failure)
                checks = steps_of(failure, typed, {})
            else:
                return visit.go(ground.url(found.name), _("The changes were saved, and work."))
    return await _edit(visit, ground, found, form, checks, 422)


async def _editable(visit: Visit, ground: Ground, which: Which) -> Instance:
    """Raises what changing it would: FORBIDDEN, NOT_FOUND, PRECONDITION."""
    found = await visit.services.instances.get(visit.actor, which)
    await permitted(visit, ground, found)
    if found.kind == InstanceKind.KANGAROO:
        raise Failure(Code.PRECONDITION, "instance_built_in", name=found.name)
    if found.integration == Integration.AUTOMATIC:
        raise Failure(Code.PRECONDITION, "instance_automatic", name=found.name)
    return found


def _changes(found: Instance, typed: Typed, form: Form) -> Change:
    """Only what is another now: whoever corrects a description need not reach the registry."""
    old = found.connection
    renamed = typed.username != old.username
    return Change(
        url=typed.url if typed.url.rstrip("/") != old.url else None,
        credential=Credential(typed.username, typed.password) if typed.password or renamed else None,
        ca=typed.ca if typed.ca != old.ca else None,
        insecure=typed.insecure if typed.insecure != old.insecure else None,
        description=form.text("description"),
    )


async def _new(visit: Visit, ground: Ground, form: Form, checks: Checks, status: int = 200) -> Page:
    return await visit.page(
        "registries/new.html", status=status, ground=ground, form=form, checks=checks, kinds=KINDS
    )


async def _edit(
    visit: Visit, ground: Ground, found: Instance, form: Form, checks: Checks, status: int = 200
) -> Page:
    return await visit.page(
        "registries/edit.html", status=status, ground=ground, registry=found, form=form, checks=checks
    )


HANDLERS = (new, check_new, create, edit, check_change, change)
