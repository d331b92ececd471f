"""The doctor: what is to be examined is chosen, and the links of its chain appear as they are looked at.

A script of the page takes the rows as they come, a piece of HTML in each line; without scripts the whole page comes
when everything was looked at. A link such as /doctor?cluster=home fills the form in, and examines at once.
"""

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery
from kangaroo.core.instances import Point
from kangaroo.core.workspaces import Outlook
from kangaroo.entrypoints.console.answers import page_answer
from kangaroo.entrypoints.console.doctor_asked import EXAMINATIONS, FIELDS, Examination, kind_of
from kangaroo.entrypoints.console.doctor_told import pieces, streamed
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.rendering import render
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

DOCTOR = "/doctor"
_ALL = Window(1, 0)
_SHOWN = Window(1, 100)


@get(DOCTOR)
async def show(visit: Given[Visit]) -> Page:
    """With what the URL says: then it is examined at once."""
    given = visit.request.query_params
    form = Form.filled(**{name: str(given.get(name, ""))[:600] for name in FIELDS})
    offered = await _offered(visit)
    chosen = kind_of(form, offered)
    complete = bool(chosen.subject) and bool(form.text(chosen.subject))
    return await _page(visit, form, chosen, now=complete)


@post(DOCTOR, status_code=200)
async def examine(visit: Given[Visit]) -> Page:
    """Whole, for who has no scripts."""
    form = await visit.form()
    chosen = await _chosen(visit, form)
    with form.attempt():
        rows = await chosen.begin(visit, form)
        told = [piece async for piece in pieces(rows, visit.language)]
        return await _page(visit, form, chosen, told=told)
    return await _page(visit, form, chosen, status=422)


@post(f"{DOCTOR}/rows", status_code=200)
async def stream(visit: Given[Visit]) -> Page:
    """Row by row."""
    form = await visit.form()
    chosen = await _chosen(visit, form)
    with form.attempt():
        rows = await chosen.begin(visit, form)
        return streamed(pieces(rows, visit.language), visit.language)
    html = render("doctor/refused.html", "", {"form": form, "visit": visit})
    return page_answer(html, visit.request.headers.get("accept-encoding", ""), 422)


async def _chosen(visit: Visit, form: Form) -> Examination:
    """Raises FORBIDDEN for what he is not offered, and for what there is not."""
    offered, wanted = await _offered(visit), form.text("examine")
    for one in offered:
        if one.key == wanted:
            return one
    raise Failure(Code.FORBIDDEN, action="examine", resource=wanted[:40] or "nothing")


async def _offered(visit: Visit) -> list[Examination]:
    """Raises FORBIDDEN for who may examine nothing."""
    rights = await visit.rights()
    page = await visit.services.workspaces.directory.page(visit.actor, Window(1, 1))
    found = [one for one in EXAMINATIONS if one.offered(rights, bool(page.total))]
    if not found:
        raise Failure(Code.FORBIDDEN, action="read", resource="doctor")
    return found


async def _page(
    visit: Visit,
    form: Form,
    chosen: Examination,
    *,
    status: int = 200,
    told: list[str] | None = None,
    now: bool = False,
) -> Page:
    return await visit.page(
        "doctor/doctor.html",
        status=status,
        form=form,
        chosen=chosen,
        offered=await _offered(visit),
        told=told or [],
        now=now,
        **await _choices(visit, chosen),
    )


async def _choices(visit: Visit, chosen: Examination) -> dict[str, object]:
    """What the fields of this examination offer."""
    services, rights = visit.services, await visit.rights()
    found: dict[str, object] = {"registries": [], "workspaces": [], "clusters": [], "harbors": []}
    if chosen.key == "instance":
        page = await services.workspaces.looking.instances(visit.actor, Outlook(None), _ALL)
        found["registries"] = [one.name for one in page.items]
    if chosen.key in ("instance", "pull"):
        known = await services.workspaces.directory.page(visit.actor, _SHOWN)
        found["workspaces"] = [(one.id, one.name) for one in known.items]
    if rights.may(Point.GET_MANAGED_HARBOR):
        if chosen.key in ("cluster", "pull"):
            clusters = await services.clusters.page(visit.actor, ListQuery(window=_ALL))
            found["clusters"] = [one.name for one in clusters.items]
        if chosen.key in ("managed", "dependencies"):
            harbors = await services.managed.page(visit.actor, ListQuery(window=_ALL))
            found["harbors"] = [str(one.name) for one in harbors.items]
    return found


HANDLERS = (show, examine, stream)
