"""The replication engine of a Harbor, and its runs."""

import msgspec

from kangaroo.base.paging import Page, Window
from kangaroo.remote.harbor.api import Api, created_id, query
from kangaroo.remote.harbor.endpoints import HarborEndpoints
from kangaroo.remote.harbor.replication_policies import HarborPolicies
from kangaroo.remote.harbor.words import STATE_WORDS, TRIGGER_WORDS, state, trigger
from kangaroo.remote.moments import moment
from kangaroo.remote.policies import ExecutionFilter, ReplicationExecution, ReplicationTask, TaskFilter


class _Execution(msgspec.Struct):
    id: int
    policy_id: int = 0
    status: str = ""
    trigger: str = ""
    status_text: str = ""
    total: int = 0
    succeed: int = 0
    failed: int = 0
    in_progress: int = 0
    stopped: int = 0
    start_time: str | None = None
    end_time: str | None = None

    def value(self) -> ReplicationExecution:
        return ReplicationExecution(
            id=self.id,
            policy_id=self.policy_id,
            state=state(self.status),
            trigger=trigger(self.trigger),
            status_text=self.status_text,
            total=self.total,
            succeeded=self.succeed,
            failed=self.failed,
            running=self.in_progress,
            stopped=self.stopped,
            started=moment(self.start_time),
            ended=moment(self.end_time),
        )


class _Task(msgspec.Struct):
    id: int
    execution_id: int = 0
    status: str = ""
    operation: str = ""
    resource_type: str = ""
    src_resource: str = ""
    dst_resource: str = ""
    job_id: str = ""
    start_time: str | None = None
    end_time: str | None = None

    def value(self) -> ReplicationTask:
        return ReplicationTask(
            id=self.id,
            execution_id=self.execution_id,
            state=state(self.status),
            operation=self.operation,
            resource_type=self.resource_type,
            source=self.src_resource,
            target=self.dst_resource,
            job_id=self.job_id,
            started=moment(self.start_time),
            ended=moment(self.end_time),
        )


class HarborExecutions:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def page(self, window: Window, which: ExecutionFilter) -> Page[ReplicationExecution]:
        asked = query(
            policy_id=str(which.policy_id or ""),
            status=STATE_WORDS[which.state] if which.state else "",
            trigger=TRIGGER_WORDS[which.trigger] if which.trigger else "",
        )
        path = f"/replication/executions{asked}"
        found = await self._api.page(path, list[_Execution], window, "executions")
        return Page([execution.value() for execution in found.items], found.total)

    async def get(self, execution_id: int) -> ReplicationExecution:
        return (await self._api.get(_path(execution_id), _Execution, _what(execution_id))).value()

    async def start(self, policy_id: int) -> int:
        what = f"replication policy {policy_id}"
        body = {"policy_id": policy_id}
        return created_id(await self._api.good("POST", "/replication/executions", what, body))

    async def stop(self, execution_id: int) -> None:
        await self._api.good("PUT", _path(execution_id), _what(execution_id))

    async def tasks(self, execution_id: int, window: Window, which: TaskFilter) -> Page[ReplicationTask]:
        status = STATE_WORDS[which.state] if which.state else ""
        path = f"{_path(execution_id)}/tasks{query(status=status, resource_type=which.resource_type)}"
        found = await self._api.page(path, list[_Task], window, _what(execution_id))
        return Page([task.value() for task in found.items], found.total)

    async def log(self, execution_id: int, task_id: int) -> str:
        path = f"{_path(execution_id)}/tasks/{task_id}/log"
        answer = await self._api.good("GET", path, f"replication task {task_id}")
        return answer.body.decode(errors="replace")


class HarborReplication:
    def __init__(self, api: Api) -> None:
        self.endpoints = HarborEndpoints(api)
        self.policies = HarborPolicies(api)
        self.executions = HarborExecutions(api)


def _path(execution_id: int) -> str:
    return f"/replication/executions/{execution_id}"


def _what(execution_id: int) -> str:
    return f"replication execution {execution_id}"
