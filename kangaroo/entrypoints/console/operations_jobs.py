"""Jobs: what the workers do and did, with what they said; garbage collection on demand."""

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.core.operations import Run, Status
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.texts import N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

JOBS = "/operations/jobs"
GARBAGE = "/operations/garbage"
# Harbor's words for how a run is, and ours (status.py).
WORDS = {"InProgress": "running", "Succeed": "succeeded", "Failed": "failed", "Stopped": "stopped"}
TASK_WORDS = {
    "queued": "pending",
    "running": "running",
    "done": "succeeded",
    "failed": "failed",
    "stopped": "stopped",
}
FILTERS = (
    ("InProgress", N_("Running")),
    ("Succeed", N_("Succeeded")),
    ("Failed", N_("Failed")),
    ("Stopped", N_("Stopped")),
)


@get(JOBS)
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    operations = visit.services.operations
    status = next((one for one in Status if one == listing.filter("status")), None)
    page = await operations.page(visit.actor, listing.window, listing.filter("kind") or None, status)
    backlogs, workers = await operations.backlogs(visit.actor), await operations.workers(visit.actor)
    return await visit.page(
        "operations/jobs.html",
        listing=listing,
        page=page,
        backlogs=backlogs,
        workers=workers,
        words=WORDS,
        filters=FILTERS,
    )


@get(f"{JOBS}/{{run:str}}")
async def show(visit: Given[Visit]) -> Page:
    """Refreshes itself until the run is over."""
    run = await visit.services.operations.show(visit.actor, _number(visit, "run"))
    return await visit.page(
        "operations/job.html", run=run, words=WORDS, task_words=TASK_WORDS, logs=await _logs(visit, run)
    )


@post(f"{JOBS}/{{run:str}}/stop", status_code=303)
async def stop(visit: Given[Visit]) -> Page:
    run = _number(visit, "run")
    stopped = await visit.services.operations.stop(visit.actor, run)
    told = _("The run is being stopped.") if stopped else _("The run was over already.")
    return visit.go(f"{JOBS}/{run}", told)


@get(GARBAGE)
async def garbage(visit: Given[Visit], listing: Given[Listing]) -> Page:
    page = await visit.services.operations.collections(visit.actor, listing.window)
    return await visit.page("operations/garbage.html", listing=listing, page=page, words=WORDS)


@post(GARBAGE, status_code=303)
async def collect(visit: Given[Visit]) -> Page:
    dry_run = (await visit.form()).flag("dry_run")
    try:
        run = await visit.services.operations.collect(visit.actor, dry_run=dry_run)
    except Failure as failure:
        if failure.code is not Code.CONFLICT:
            raise
        return visit.go(GARBAGE, failure.message(visit.language), tone="warning")
    return visit.go(f"{JOBS}/{run}")


async def _logs(visit: Visit, run: Run) -> dict[int, object]:
    log = visit.services.operations.log
    return {task.id: await log(visit.actor, task.id) for task in run.tasks[:20]}


def _number(visit: Visit, name: str) -> int:
    text = visit.segment(name)
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Failure(Code.NOT_FOUND, what=f"run {text[:20]}")
    return int(text)


HANDLERS = (list_, show, stop, garbage, collect)
