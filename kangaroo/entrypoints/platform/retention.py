"""Group Retention: what is kept in the spaces of a workspace, and the runs that delete the rest.

Ours beyond the published description: deleting a policy, and the tasks of a run with their logs, without which nobody
learns what a dry run would delete.
"""

from litestar import Router, delete, get, post, put
from litestar.di import Provide

from kangaroo.base.paging import Window
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.given import number
from kangaroo.entrypoints.platform.images_given import IN_WORKSPACE, At
from kangaroo.entrypoints.platform.retention_shapes import (
    Execution,
    GivenRetention,
    GivenRun,
    Policy,
    Task,
    execution_of,
    policy_of,
    task_of,
)
from kangaroo.entrypoints.platform.shapes import Created, Empty, Listed, Log, int64, listed

_ALL = "/workspaces/{workspace:str}/registries/{registry:str}/retention"
_ONE = f"{_ALL}/{{retentionId:str}}"
_RUNS = f"{_ONE}/executions"
_RUN = f"{_RUNS}/{{executionId:str}}"


async def _policy_id(request: AnyRequest) -> int:
    return number(request, "retentionId", "retention policy")


async def _execution_id(request: AnyRequest) -> int:
    return number(request, "executionId", "retention execution")


async def _task_id(request: AnyRequest) -> int:
    return number(request, "taskId", "retention task")


@post(_ALL, status_code=200, operation_id="Retention_CreateRetention")
async def create(at: Given[At], services: Given[Services], data: GivenRetention) -> Created:
    wanted = data.retention
    made = await services.retention.create(at.actor, at.place, wanted.scope.ref, wanted.draft())
    return Created(id=int64(made))


@get(_ONE, operation_id="Retention_GetRetention")
async def get_(at: Given[At], services: Given[Services], policy_id: Given[int]) -> Policy:
    return policy_of(await services.retention.get(at.actor, at.place, policy_id))


@put(_ONE, operation_id="Retention_UpdateRetention")
async def update(
    at: Given[At], services: Given[Services], policy_id: Given[int], data: GivenRetention
) -> Policy:
    """All of it, but for its space."""
    draft = data.retention.draft()
    return policy_of(await services.retention.update(at.actor, at.place, policy_id, draft))


@delete(_ONE, status_code=200, operation_id="Retention_DeleteRetention")
async def delete_(at: Given[At], services: Given[Services], policy_id: Given[int]) -> Empty:
    await services.retention.delete(at.actor, at.place, policy_id)
    return Empty()


@get(_RUNS, operation_id="Retention_ListRetentionExecutions")
async def executions(
    at: Given[At], services: Given[Services], policy_id: Given[int], window: Given[Window]
) -> Listed[Execution]:
    page = await services.retention.executions(at.actor, at.place, policy_id, window)
    return listed(window, page, execution_of)


@post(_RUNS, status_code=200, operation_id="Retention_CreateRetentionExecution")
async def start(at: Given[At], services: Given[Services], policy_id: Given[int], data: GivenRun) -> Empty:
    await services.retention.start(at.actor, at.place, policy_id, dry_run=data.dry_run)
    return Empty()


@put(_RUN, operation_id="Retention_StopRetentionExecution")
async def stop(
    at: Given[At], services: Given[Services], policy_id: Given[int], execution_id: Given[int]
) -> Empty:
    await services.retention.stop(at.actor, at.place, policy_id, execution_id)
    return Empty()


@get(f"{_RUN}/tasks", operation_id="Retention_ListRetentionTasks")
async def tasks(
    at: Given[At],
    services: Given[Services],
    policy_id: Given[int],
    execution_id: Given[int],
    window: Given[Window],
) -> Listed[Task]:
    page = await services.retention.tasks(at.actor, at.place, policy_id, execution_id, window)
    return listed(window, page, task_of)


@get(f"{_RUN}/tasks/{{taskId:str}}/log", operation_id="Retention_GetRetentionTaskLog")
async def log(
    at: Given[At],
    services: Given[Services],
    policy_id: Given[int],
    execution_id: Given[int],
    task_id: Given[int],
) -> Log:
    """It lists each artifact with what became of it."""
    run = (execution_id, task_id)
    return Log(log=await services.retention.log(at.actor, at.place, policy_id, run))


_GIVEN = {
    **IN_WORKSPACE,
    "policy_id": Provide(_policy_id),
    "execution_id": Provide(_execution_id),
    "task_id": Provide(_task_id),
}
HANDLERS = (
    Router(
        "",
        dependencies=_GIVEN,
        route_handlers=[create, get_, update, delete_, executions, start, stop, tasks, log],
    ),
)
