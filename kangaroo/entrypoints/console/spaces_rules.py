"""Labels of a space, and the tags in it that stay what they are."""

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.core.projects import KeptRule, Rule, Selector, Wording
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.spaces_given import ONE, SpaceView
from kangaroo.entrypoints.console.spaces_members import number_of
from kangaroo.entrypoints.console.texts import N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_OF_PROJECT = "p"
_COLUMNS = {"name": "name", "created": "creation_time"}
_MOST_RULES = 200
# Of Harbor's palette: what other programs show the labels in, too.
COLOURS = (
    ("#0065AB", N_("Blue")),
    ("#48960C", N_("Green")),
    ("#C92100", N_("Red")),
    ("#FFDC0B", N_("Yellow")),
    ("#9B56BB", N_("Purple")),
    ("#737373", N_("Grey")),
)
FITS = (("matches", N_("that match")), ("excludes", N_("that do not match")))


@get(f"{ONE}/-/labels")
async def labels(visit: Given[Visit], space: Given[SpaceView], listing: Given[Listing]) -> Page:
    return await _labels(visit, space, listing, Form.filled(colour=COLOURS[0][0]))


@post(f"{ONE}/-/labels", status_code=303)
async def create_label(visit: Given[Visit], space: Given[SpaceView], listing: Given[Listing]) -> Page:
    await visit.services.access.require(visit.actor, "label", "create", space.project_name)
    form = await visit.form()
    name = form.required("name")
    if form.good:
        with form.attempt(CONFLICT="name", BAD_REQUEST="name"):
            wording = Wording(name, form.text("description"), _colour(form))
            made = visit.services.projects.labels
            await made.create(visit.actor, _OF_PROJECT, space.project, wording)
            return visit.go(space.at("labels"), _("Label %(name)s was created.", name=name))
    return await _labels(visit, space, listing, form, 422)


@post(f"{ONE}/-/labels/{{label:str}}/delete", status_code=303)
async def delete_label(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    kept = visit.services.projects.labels
    found = await kept.get(visit.actor, number_of(visit, "label"))
    if found.project_id != space.project:
        raise Failure(Code.NOT_FOUND, what=f"label {found.id}")
    if (await visit.form()).text("confirm") != found.wording.name:
        told = _("Nothing was deleted: the name was another.")
        return visit.go(space.at("labels"), told, tone="warning")
    await kept.delete(visit.actor, found.id)
    return visit.go(space.at("labels"), _("Label %(name)s was deleted.", name=found.wording.name))


@get(f"{ONE}/-/immutability")
async def rules(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    form = Form.filled(images="**", images_fit="matches", tags="**", tags_fit="matches")
    return await _rules(visit, space, form)


@post(f"{ONE}/-/immutability", status_code=303)
async def create_rule(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    await visit.services.access.require(visit.actor, "immutable-tag", "create", space.project_name)
    form = await visit.form()
    images, tags = form.required("images"), form.required("tags")
    if form.good:
        with form.attempt():
            rule = Rule(
                tag_selectors=(Selector("doublestar", _fit(form, "tags_fit", "matches", "excludes"), tags),),
                scope_selectors={
                    "repository": (
                        Selector(
                            "doublestar", _fit(form, "images_fit", "repoMatches", "repoExcludes"), images
                        ),
                    )
                },
            )
            await visit.services.projects.immutability.create(visit.actor, space.project_name, rule)
            return visit.go(space.at("immutability"), _("The rule holds from now on."))
    return await _rules(visit, space, form, 422)


@post(f"{ONE}/-/immutability/{{rule:str}}/state", status_code=303)
async def switch_rule(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    disabled, found = (await visit.form()).flag("disabled"), await _rule(visit, space)
    immutability = visit.services.projects.immutability
    await immutability.update(visit.actor, space.project_name, found.id, found.rule, disabled=disabled)
    told = _("The rule holds no longer.") if disabled else _("The rule holds from now on.")
    return visit.go(space.at("immutability"), told)


@post(f"{ONE}/-/immutability/{{rule:str}}/delete", status_code=303)
async def delete_rule(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    rule = number_of(visit, "rule")
    await visit.services.projects.immutability.delete(visit.actor, space.project_name, rule)
    return visit.go(space.at("immutability"), _("The rule was deleted: its tags can be changed again."))


async def _rule(visit: Visit, space: SpaceView) -> KeptRule:
    wanted = number_of(visit, "rule")
    for one in await _all_rules(visit, space):
        if one.id == wanted:
            return one
    raise Failure(Code.NOT_FOUND, what=f"immutable rule {wanted}")


async def _all_rules(visit: Visit, space: SpaceView) -> list[KeptRule]:
    query = Listing("", size=_MOST_RULES).query({})
    return (await visit.services.projects.immutability.page(visit.actor, space.project_name, query)).items


async def _rules(visit: Visit, space: SpaceView, form: Form, status: int = 200) -> Page:
    found = await _all_rules(visit, space)
    return await visit.page(
        "spaces/immutability.html", status=status, space=space, kept=found, form=form, fits=FITS
    )


async def _labels(visit: Visit, space: SpaceView, listing: Listing, form: Form, status: int = 200) -> Page:
    kept = visit.services.projects.labels
    page = await kept.page(visit.actor, _OF_PROJECT, space.project, listing.query(_COLUMNS))
    return await visit.page(
        "spaces/labels.html",
        status=status,
        space=space,
        listing=listing,
        page=page,
        form=form,
        colours=COLOURS,
    )


def _colour(form: Form) -> str:
    chosen = form.text("colour")
    return chosen if chosen in dict(COLOURS) else COLOURS[0][0]


def _fit(form: Form, name: str, fits: str, others: str) -> str:
    return others if form.text(name) == "excludes" else fits


HANDLERS = (
    labels,
    create_label,
    delete_label,
    rules,
    create_rule,
    switch_rule,
    delete_rule,
)
