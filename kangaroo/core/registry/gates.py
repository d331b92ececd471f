"""What may refuse a push, a pull or a removal before it happens. Subjects above plug in here; wiring gives the order
(proxy refusal, immutability, quota, content trust, vulnerability).

A gate raises a Failure to refuse. It decides from the transaction it is given and must not wait for anything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.names import RepositoryName, Tag
from kangaroo.store.meta.database import Selects, Transaction


@dataclass(frozen=True, slots=True)
class ManifestPush:
    """A manifest about to be written. `replaces` is the id of the artifact that carries the tag now."""

    actor: Actor
    repository: RepositoryName
    project_id: int
    digest: Digest
    tag: Tag | None
    replaces: int | None


@dataclass(frozen=True, slots=True)
class ManifestPull:
    repository: RepositoryName
    artifact_id: int
    digest: Digest
    tag: Tag | None


@dataclass(frozen=True, slots=True)
class Removal:
    """Tags about to disappear, with their artifact or alone."""

    actor: Actor
    repository: RepositoryName
    project_id: int
    tags: Sequence[str]


class Gate(Protocol):
    async def before_push(self, transaction: Transaction, push: ManifestPush) -> None: ...

    async def before_pull(self, selects: Selects, pull: ManifestPull) -> None: ...

    async def before_removal(self, transaction: Transaction, removal: Removal) -> None: ...


class Gates:
    """All gates in order; the first refusal counts."""

    def __init__(self, gates: Sequence[Gate] = ()) -> None:
        self._gates = tuple(gates)

    async def before_push(self, transaction: Transaction, push: ManifestPush) -> None:
        for gate in self._gates:
            await gate.before_push(transaction, push)

    async def before_pull(self, selects: Selects, pull: ManifestPull) -> None:
        for gate in self._gates:
            await gate.before_pull(selects, pull)

    async def before_removal(self, transaction: Transaction, removal: Removal) -> None:
        for gate in self._gates:
            await gate.before_removal(transaction, removal)
