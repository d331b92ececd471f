"""Runs of sync policies: which there were, what each copied, what it said; and stopping one."""

from litestar import get, post

from kangaroo.base.errors import Failure
from kangaroo.base.paging import Page as Rows
from kangaroo.base.paging import Window
from kangaroo.core.sync import ExecutionFilter, State, TaskFilter
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.sync import may_change
from kangaroo.entrypoints.console.sync_given import (
    ONE,
    TRIGGERS,
    answered,
    number_in,
    path_in,
    refused,
    registry_in,
)
from kangaroo.entrypoints.console.texts import N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_RUNS = f"{ONE}/runs"
_RUN = f"{_RUNS}/{{run:str}}"
FILTERS = (
    (State.RUNNING, N_("Running")),
    (State.SUCCEEDED, N_("Succeeded")),
    (State.FAILED, N_("Failed")),
    (State.STOPPED, N_("Stopped")),
)


@get(_RUNS)
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    name, services = registry_in(visit), visit.services
    policy = listing.filter("policy")
    which = ExecutionFilter(
        policy_id=int(policy) if policy.isascii() and policy.isdigit() and len(policy) < 16 else None,
        state=_state(listing),
    )
    page, problem = await answered(
        services.sync.runs.page(visit.actor, name, listing.window, which), Rows([], 0)
    )
    known, _problem = await answered(
        services.sync.policies.page(visit.actor, name, Window(1, 0)), Rows([], 0)
    )
    return await visit.page(
        "sync/runs.html",
        registry=name,
        listing=listing,
        page=page,
        problem=problem,
        policies={one.id: one.name for one in known.items},
        triggers=TRIGGERS,
        filters=FILTERS,
    )


@get(_RUN)
async def show(visit: Given[Visit], listing: Given[Listing]) -> Page:
    """Refreshes itself until the run is over."""
    name, run, runs = registry_in(visit), number_in(visit, "run"), visit.services.sync.runs
    found = await runs.get(visit.actor, name, run)
    tasks = await runs.tasks(visit.actor, name, run, listing.window, TaskFilter(_state(listing)))
    policy, _problem = await answered(
        visit.services.sync.policies.get(visit.actor, name, found.policy_id), None
    )
    return await visit.page(
        "sync/run.html",
        registry=name,
        run=found,
        policy=policy,
        tasks=tasks,
        listing=listing,
        triggers=TRIGGERS,
        may_change=await may_change(visit),
    )


@post(f"{_RUN}/stop", status_code=303)
async def stop(visit: Given[Visit]) -> Page:
    name, run = registry_in(visit), number_in(visit, "run")
    here = path_in(name, "runs", run)
    try:
        await visit.services.sync.runs.stop(visit.actor, name, run)
    except Failure as failure:
        return refused(visit, here, failure)
    return visit.go(here, _("The run is being stopped."))


@get(f"{_RUN}/tasks/{{task:str}}")
async def log(visit: Given[Visit]) -> Page:
    name, run, task = registry_in(visit), number_in(visit, "run"), number_in(visit, "task")
    text = await visit.services.sync.runs.log(visit.actor, name, run, task)
    return await visit.page("sync/log.html", registry=name, run=run, task=task, text=text)


def _state(listing: Listing) -> State | None:
    return next((one for one in State if one == listing.filter("status")), None)


HANDLERS = (list_, show, stop, log)
