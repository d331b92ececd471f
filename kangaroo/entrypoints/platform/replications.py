"""Group Replications, policies and runs: what a registered Harbor copies from and to others by itself.

Ours beyond the published description: reading one policy; and a making answers with the id it made.
"""

from typing import Annotated

from litestar import Router, delete, get, post, put
from litestar.di import Provide
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Window
from kangaroo.core.instances import Which
from kangaroo.core.services import Services
from kangaroo.core.sync import ExecutionFilter, TaskFilter
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.given import number
from kangaroo.entrypoints.platform.replications_shapes import (
    CreatePolicy,
    Execution,
    Policy,
    StartExecution,
    Task,
    UpdatePolicy,
    execution_of,
    policy_of,
    task_of,
)
from kangaroo.entrypoints.platform.replications_words import state_of, trigger_of
from kangaroo.entrypoints.platform.shapes import Created, Empty, Fuzzy, Listed, Log, int64, listed

_POLICIES = "/registries/{registry:str}/policies"
_POLICY = f"{_POLICIES}/{{policyId:str}}"
_RUNS = "/registries/{registry:str}/executions"
_RUN = f"{_RUNS}/{{executionId:str}}"
Said = Annotated[str, Parameter(max_length=40)]


async def _policy_id(request: AnyRequest) -> int:
    return number(request, "policyId", "sync policy")


async def _execution_id(request: AnyRequest) -> int:
    return number(request, "executionId", "sync execution")


async def _task_id(request: AnyRequest) -> int:
    return number(request, "taskId", "sync task")


async def _of_runs(
    policy: Annotated[int, Parameter(query="policyId", ge=0, le=2**63 - 1)] = 0,
    status: Said = "",
    trigger: Said = "",
) -> ExecutionFilter:
    return ExecutionFilter(policy or None, state_of(status), trigger_of(trigger))


async def _of_tasks(
    resource_type: Annotated[str, Parameter(query="resourceType", max_length=40)] = "", status: Said = ""
) -> TaskFilter:
    return TaskFilter(state_of(status), resource_type)


@get(_POLICIES, operation_id="Replications_ListPolicies")
async def policies(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    window: Given[Window],
    fuzzy: Fuzzy = "",
) -> Listed[Policy]:
    page = await services.sync.policies.page(actor, which.name, window, fuzzy)
    return listed(window, page, policy_of)


@post(_POLICIES, status_code=200, operation_id="Replications_CreatePolicy")
async def create_policy(
    actor: Given[Actor], services: Given[Services], which: Given[Which], data: CreatePolicy
) -> Created:
    return Created(id=int64(await services.sync.policies.create(actor, which.name, data.change())))


@get(_POLICY, operation_id="Replications_GetPolicy")
async def policy(
    actor: Given[Actor], services: Given[Services], which: Given[Which], policy_id: Given[int]
) -> Policy:
    return policy_of(await services.sync.policies.get(actor, which.name, policy_id))


@put(_POLICY, operation_id="Replications_UpdatePolicy")
async def update_policy(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    policy_id: Given[int],
    data: UpdatePolicy,
) -> Empty:
    await services.sync.policies.update(actor, which.name, policy_id, data.change())
    return Empty()


@delete(_POLICY, status_code=200, operation_id="Replications_DeletePolicy")
async def delete_policy(
    actor: Given[Actor], services: Given[Services], which: Given[Which], policy_id: Given[int]
) -> Empty:
    await services.sync.policies.delete(actor, which.name, policy_id)
    return Empty()


@get(_RUNS, operation_id="Replications_ListExecutions")
async def executions(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    window: Given[Window],
    of_runs: Given[ExecutionFilter],
) -> Listed[Execution]:
    page = await services.sync.runs.page(actor, which.name, window, of_runs)
    return listed(window, page, execution_of)


@post(_RUNS, status_code=200, operation_id="Replications_CreateExecution")
async def start(
    actor: Given[Actor], services: Given[Services], which: Given[Which], data: StartExecution
) -> Created:
    return Created(id=int64(await services.sync.runs.start(actor, which.name, data.policy_id)))


@get(_RUN, operation_id="Replications_GetExecution")
async def execution(
    actor: Given[Actor], services: Given[Services], which: Given[Which], execution_id: Given[int]
) -> Execution:
    return execution_of(await services.sync.runs.get(actor, which.name, execution_id))


@put(_RUN, operation_id="Replications_StopExecution")
async def stop(
    actor: Given[Actor], services: Given[Services], which: Given[Which], execution_id: Given[int]
) -> Empty:
    await services.sync.runs.stop(actor, which.name, execution_id)
    return Empty()


@get(f"{_RUN}/tasks", operation_id="Replications_ListReplicationTasks")
async def tasks(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    execution_id: Given[int],
    window: Given[Window],
    of_tasks: Given[TaskFilter],
) -> Listed[Task]:
    page = await services.sync.runs.tasks(actor, which.name, execution_id, window, of_tasks)
    return listed(window, page, task_of)


@get(f"{_RUN}/tasks/{{taskId:str}}/log", operation_id="Replications_GetReplicationTasksLog")
async def log(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    execution_id: Given[int],
    task_id: Given[int],
) -> Log:
    return Log(log=await services.sync.runs.log(actor, which.name, execution_id, task_id))


_GIVEN = {
    "policy_id": Provide(_policy_id),
    "execution_id": Provide(_execution_id),
    "task_id": Provide(_task_id),
    "of_runs": Provide(_of_runs),
    "of_tasks": Provide(_of_tasks),
}
HANDLERS = (
    Router(
        "",
        dependencies=_GIVEN,
        route_handlers=[
            policies,
            create_policy,
            policy,
            update_policy,
            delete_policy,
            executions,
            start,
            execution,
            stop,
            tasks,
            log,
        ],
    ),
)
