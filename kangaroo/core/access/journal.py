"""The audit log as it is written: who did what, noted in the transaction that does it.

It stands beside the decision, beneath every subject: whoever asks `access.require` notes here what came of it
(`access.journal.record`), so the change and its row are committed together, or neither is. Pulls are too many for a
transaction each: they are counted in memory and noted when the counts are written. Reading is core/notices.

Administrators switch off types of events (`disabled_audit_log_event_types`), pulls (`pull_audit_log_disable`) or
everything (`skip_audit_log_database`).
"""

from dataclasses import dataclass
from typing import Literal, get_args

from kangaroo.base.clock import Clock
from kangaroo.base.digests import Digest
from kangaroo.base.names import RepositoryName, Tag
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.configuration_keys import Values
from kangaroo.store.meta import notices as rows
from kangaroo.store.meta.database import Transaction
from kangaroo.store.meta.notices import Notice

Operation = Literal["create", "delete", "pull", "update", "login", "logout"]
EventType = Literal[
    "create_artifact", "pull_artifact", "delete_artifact",
    "create_tag", "delete_tag",
    "update_repository", "delete_repository",
    "create_project", "update_project", "delete_project",
    "create_member", "update_member", "delete_member",
    "create_robot", "update_robot", "delete_robot",
    "create_label", "update_label", "delete_label",
    "create_immutable-tag", "update_immutable-tag", "delete_immutable-tag",
    "update_quota",
    "create_user", "update_user", "delete_user", "login_user", "logout_user",
    "create_user-group", "update_user-group", "delete_user-group",
    "update_configuration", "update_job", "create_garbage-collection",
    "create_workspace", "update_workspace", "delete_workspace", "login_workspace",
    "create_workspace-member", "update_workspace-member", "delete_workspace-member",
    "create_role", "update_role", "delete_role",
    "create_space-binding", "delete_space-binding", "create_credential",
    "create_api-token", "delete_api-token",
    "create_harbor", "update_harbor", "delete_harbor", "create_middleware",
    "create_instance", "update_instance", "delete_instance",
    "create_retention-policy", "update_retention-policy", "delete_retention-policy",
    "create_retention-execution", "update_retention-execution",
    "create_replication-target", "update_replication-target", "delete_replication-target",
    "create_replication-policy", "update_replication-policy", "delete_replication-policy",
    "create_replication-execution", "update_replication-execution",
    "create_cluster", "update_cluster", "delete_cluster",
    "create_namespace-binding", "delete_namespace-binding", "update_pull-secret",
]  # fmt: skip
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)
_LONGEST_NAME = 600  # of somebody who may not exist


@dataclass(frozen=True, slots=True)
class Deed:
    """`event` is the operation and the type of the resource; `name` says which one. `project` 0: none's."""

    event: EventType
    name: str
    project: int = 0
    text: str = ""
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class PulledBy:
    """What somebody pulled from a repository, and how often."""

    who: str
    repository: int
    artifact: str
    times: int


def artifact_name(repository: RepositoryName, digest: Digest, tag: Tag | None) -> str:
    return f"{repository}@{digest}" if tag is None else f"{repository}:{tag}"


class Journal:
    def __init__(self, configuration: Configuration, clock: Clock) -> None:
        self._configuration = configuration
        self._clock = clock

    async def record(self, transaction: Transaction, who: str, deed: Deed) -> None:
        """`who` is the actor's name, or what somebody who failed to sign in called himself."""
        if _kept(await self._configuration.values(transaction), deed.event):
            await rows.add(transaction, self._notice(who, deed))

    async def record_pulls(self, transaction: Transaction, *pulls: PulledBy) -> None:
        """One row for all pulls of one artifact by one, however many they were since the last time."""
        values = await self._configuration.values(transaction)
        if values.pull_audit_log_disable or not _kept(values, "pull_artifact"):
            return
        for one in pulls:
            text = f"pull artifact with name: {one.artifact}" + (f", {one.times} times" * (one.times > 1))
            notice = self._notice(one.who, Deed("pull_artifact", one.artifact, text=text))
            await rows.add_of_repository(transaction, notice, one.repository)

    def _notice(self, who: str, deed: Deed) -> Notice:
        operation, _, kind = deed.event.partition("_")
        text = deed.text or f"{operation} {kind} with name: {deed.name[:_LONGEST_NAME]}"
        name = deed.name[:_LONGEST_NAME]
        return Notice(
            who[:_LONGEST_NAME], operation, kind, name, deed.project, text, deed.succeeded, self._clock()
        )


def _kept(values: Values, event: EventType) -> bool:
    if values.skip_audit_log_database:
        return False
    return event not in {name.strip() for name in values.disabled_audit_log_event_types.split(",")}
