"""What a preflight says: one row per question, with what to do where the answer is no."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kangaroo.base.errors import Failure
from kangaroo.base.reasons import Explained
from kangaroo.base.texts import Language
from kangaroo.core.managed.reasons import Obstacle, explained_of


class Check(StrEnum):
    """In the order they are told."""

    CLUSTER = "CLUSTER"
    NAMESPACE = "NAMESPACE"
    CRD = "CRD"
    OPERATOR = "OPERATOR"
    OPERATOR_VERSION = "OPERATOR_VERSION"
    OPERATOR_WEBHOOK = "OPERATOR_WEBHOOK"
    CERT_MANAGER_CRD = "CERT_MANAGER_CRD"
    CERT_MANAGER = "CERT_MANAGER"
    CERT_MANAGER_WEBHOOK = "CERT_MANAGER_WEBHOOK"
    STORAGE_CLASS = "STORAGE_CLASS"
    QUOTA = "QUOTA"
    NODE_PORT = "NODE_PORT"
    TLS = "TLS"
    INGRESS_CLASS = "INGRESS_CLASS"
    MIDDLEWARE = "MIDDLEWARE"
    DATABASE = "DATABASE"
    CACHE = "CACHE"
    STORAGE = "STORAGE"
    SHARING = "SHARING"
    OBJECTS = "OBJECTS"


class Origin(StrEnum):
    """Who looked: this server, or something inside the cluster (its API server's dry run, a webhook, a Job)."""

    SERVER = "server"
    CLUSTER = "cluster"


class Verdict(StrEnum):
    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """`seen` is what was found when it is all right, in no language. Not `sure`: nobody could tell."""

    check: Check
    failure: Explained | None = None
    seen: str = ""
    origin: Origin = Origin.SERVER
    sure: bool = True

    @property
    def verdict(self) -> Verdict:
        if not self.sure:
            return Verdict.UNKNOWN
        return Verdict.OK if self.failure is None else Verdict.FAILED

    @property
    def reason(self) -> str:
        return "" if self.failure is None else self.failure.cause.name

    def message(self, language: Language = "en") -> str:
        return self.seen if self.failure is None else self.failure.message(language)

    def remedy(self, language: Language = "en") -> str:
        return "" if self.failure is None else self.failure.remedy(language)


class Unfit(Explained):
    """Some rows say no: the word and the remedy of the first, the sentences of all."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.failures = [
            row.failure for row in rows if row.verdict is Verdict.FAILED and row.failure is not None
        ]
        first = self.failures[0]
        facts: dict[str, Any] = {
            **first.facts,
            "checks": " ".join(row.check for row in rows if row.failure is not None),
        }
        super().__init__(first.cause, **facts)

    def message(self, language: Language = "en") -> str:
        return "; ".join(failure.message(language) for failure in self.failures)


def require(rows: Sequence[Row]) -> None:
    """Raises Unfit when a row says no. What nobody could tell is no reason to refuse."""
    failed = [row for row in rows if row.verdict is Verdict.FAILED]
    if failed:
        raise Unfit(failed)


def row_of(check: Check, error: Failure, origin: Origin = Origin.SERVER) -> Row:
    """A failure of the cluster while somebody looked. That we may not look says nothing."""
    failure = explained_of(error, str(check))
    return Row(check, failure, origin=origin, sure=failure.cause is not Obstacle.UNREADABLE)
