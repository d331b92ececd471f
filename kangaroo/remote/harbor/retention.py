"""Tag retention of a Harbor: its policies and their runs."""

import msgspec

from kangaroo.base.paging import Page, Window
from kangaroo.remote.harbor import retention_rules as rules
from kangaroo.remote.harbor.api import Api, created_id
from kangaroo.remote.harbor.words import state, trigger
from kangaroo.remote.moments import moment
from kangaroo.remote.policies import RetentionExecution, RetentionPolicy, RetentionTask


class _Execution(msgspec.Struct):
    id: int
    policy_id: int = 0
    start_time: str | None = None
    end_time: str | None = None
    status: str = ""
    trigger: str = ""
    dry_run: bool = False

    def value(self) -> RetentionExecution:
        return RetentionExecution(
            id=self.id,
            policy_id=self.policy_id,
            state=state(self.status),
            trigger=trigger(self.trigger),
            dry_run=self.dry_run,
            started=moment(self.start_time),
            ended=moment(self.end_time),
        )


class _Task(msgspec.Struct):
    id: int
    repository: str = ""
    status: str = ""
    total: int = 0
    retained: int = 0
    start_time: str | None = None
    end_time: str | None = None

    def value(self) -> RetentionTask:
        return RetentionTask(
            id=self.id,
            image=self.repository,
            state=state(self.status),
            total=self.total,
            retained=self.retained,
            started=moment(self.start_time),
            ended=moment(self.end_time),
        )


class HarborRetention:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def create(self, policy: RetentionPolicy) -> int:
        what = f"retention policy of space {policy.space_id}"
        return created_id(await self._api.good("POST", "/retentions", what, rules.to_json(policy)))

    async def get(self, policy_id: int) -> RetentionPolicy:
        found = await self._api.get(_path(policy_id), rules.Policy, _what(policy_id))
        return found.value()

    async def update(self, policy: RetentionPolicy) -> None:
        await self._api.good("PUT", _path(policy.id), _what(policy.id), rules.to_json(policy))

    async def delete(self, policy_id: int) -> None:
        await self._api.good("DELETE", _path(policy_id), _what(policy_id))

    async def start(self, policy_id: int, *, dry_run: bool) -> None:
        body = {"dry_run": dry_run}
        await self._api.good("POST", f"{_path(policy_id)}/executions", _what(policy_id), body)

    async def stop(self, policy_id: int, execution_id: int) -> None:
        path = f"{_path(policy_id)}/executions/{execution_id}"
        await self._api.good("PATCH", path, f"retention execution {execution_id}", {"action": "stop"})

    async def executions(self, policy_id: int, window: Window) -> Page[RetentionExecution]:
        path = f"{_path(policy_id)}/executions?"
        found = await self._api.page(path, list[_Execution], window, _what(policy_id))
        return Page([execution.value() for execution in found.items], found.total)

    async def tasks(self, policy_id: int, execution_id: int, window: Window) -> Page[RetentionTask]:
        path = f"{_path(policy_id)}/executions/{execution_id}/tasks?"
        found = await self._api.page(path, list[_Task], window, f"retention execution {execution_id}")
        return Page([task.value() for task in found.items], found.total)

    async def log(self, policy_id: int, execution_id: int, task_id: int) -> str:
        path = f"{_path(policy_id)}/executions/{execution_id}/tasks/{task_id}"
        answer = await self._api.good("GET", path, f"retention task {task_id}")
        return answer.body.decode(errors="replace")


def _path(policy_id: int) -> str:
    return f"/retentions/{policy_id}"


def _what(policy_id: int) -> str:
    return f"retention policy {policy_id}"
