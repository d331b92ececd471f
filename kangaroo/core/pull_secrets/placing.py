"""Putting the secret into one namespace, and taking it out again. Steady state costs no write; what is not ours is
never written to unless somebody said so, not even when it appears between two calls."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from kangaroo.base.errors import Code, Failure
from kangaroo.core.pull_secrets.accounts import attaching, detaching
from kangaroo.core.pull_secrets.objects import NAME, Wanted, ours, uid_of
from kangaroo.core.pull_secrets.reaching import found
from kangaroo.core.pull_secrets.rules import APPLIED, Standing, State, Step, conflict_of, decide
from kangaroo.kube.contract import SECRET, SERVICE_ACCOUNT, ClusterClient, Object, Operation, Refused

ATTEMPTS = 5  # others may change what we looked at
_MOVED = frozenset({"Conflict", "AlreadyExists", "Invalid", "NotFound"})
Patch = Callable[[Object], list[Operation]]
Remember = Callable[[Collection[str]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Spot:
    """One namespace of a cluster."""

    client: ClusterClient
    namespace: str


@dataclass(frozen=True, slots=True)
class Accounts:
    """Which service accounts are to have it, and which may have it already."""

    wanted: frozenset[str]
    before: frozenset[str]


async def place(spot: Spot, wanted: Wanted, seen: Object | None, *, overwrite: bool = False) -> Standing:
    """`seen` is the secret there as it was found just now. Raises Refused, and what is wrong with the cluster."""
    for _ in range(ATTEMPTS):
        step = decide(seen, wanted, overwrite=overwrite)
        if step is Step.NOTHING:
            return APPLIED
        if step is Step.CONFLICT:
            assert seen is not None
            return conflict_of(seen)
        try:
            await _take(spot, step, wanted, seen)
        except Refused as refused:
            if refused.word not in _MOVED or refused.kind == "namespaces":
                raise
            before, seen = seen, await found(spot.client, SECRET, NAME, spot.namespace)
            if refused.word == "Invalid" and seen == before:
                raise
            continue
        return APPLIED
    raise Failure(Code.UNAVAILABLE, what=f"secret {NAME}", reason="somebody else changes it all the time")


async def _take(spot: Spot, step: Step, wanted: Wanted, seen: Object | None) -> None:
    """Creating cannot touch what is there; applying holds for the object we looked at alone."""
    if seen is None:
        await spot.client.create(SECRET, wanted.secret(spot.namespace))
    elif step is Step.REPLACE:
        await spot.client.delete(SECRET, NAME, spot.namespace, uid=uid_of(seen))
        await spot.client.create(SECRET, wanted.secret(spot.namespace))
    else:
        await spot.client.apply(SECRET, wanted.secret(spot.namespace, uid_of(seen)), force=True)


async def withdraw(spot: Spot, installation: str, seen: Object | None) -> None:
    """Only what is ours. Raises Refused, and what is wrong with the cluster."""
    if seen is None or not ours(seen, installation):
        return
    try:
        await spot.client.delete(SECRET, NAME, spot.namespace, uid=uid_of(seen))
    except Refused as refused:
        if refused.word not in ("NotFound", "Conflict"):  # gone, or another one
            raise


async def attach(spot: Spot, accounts: Accounts, remember: Remember) -> Standing:
    """`remember` is told, before it is so, which accounts may have it. Raises as `place` does."""
    if accounts.wanted - accounts.before:
        await remember(accounts.wanted | accounts.before)
    for name in sorted(accounts.before - accounts.wanted):
        await _patched(spot, name, detaching)
    missing = [name for name in sorted(accounts.wanted) if not await _patched(spot, name, attaching)]
    if missing:
        return Standing(State.PENDING, "pull_secret_no_account", {"account": missing[0]})
    return APPLIED


async def _patched(spot: Spot, name: str, patch: Patch) -> bool:
    """False where there is no such account."""
    for _ in range(ATTEMPTS):
        account = await found(spot.client, SERVICE_ACCOUNT, name, spot.namespace)
        if account is None:
            return False
        operations = patch(account)
        if not operations:
            return True
        try:
            await spot.client.patch(SERVICE_ACCOUNT, name, spot.namespace, operations)
        except Refused as refused:
            if refused.word not in ("Invalid", "Conflict", "NotFound"):
                raise
            continue  # it was changed meanwhile
        return True
    raise Failure(Code.UNAVAILABLE, what=f"service account {name}", reason="others change it all the time")
