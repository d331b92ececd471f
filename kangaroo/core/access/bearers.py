"""The token service and its other end: what a token may carry when it is made, and who bears it when it comes
back.

A token only ever narrows: what its owner may do is decided anew at every use, so a right taken away, a robot
disabled or a user deleted counts at once.
"""

from collections.abc import Sequence

from kangaroo.base.actors import ANONYMOUS, Actor, ActorKind
from kangaroo.base.clock import SECOND, Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.accounts import NEVER, Account, Accounts
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.facts import Facts
from kangaroo.core.access.roles import REPOSITORY_ACTIONS
from kangaroo.core.access.scopes import CATALOG, CATALOG_SCOPE, Scope, within
from kangaroo.core.access.tokens import Claims, Entry, Token, TokenSigner


class Bearers:
    def __init__(self, facts: Facts, accounts: Accounts, signer: TokenSigner, clock: Clock) -> None:
        self._facts = facts
        self._accounts = accounts
        self._signer = signer
        self._clock = clock

    async def issue(self, decisions: Decisions, actor: Actor, scopes: Sequence[Scope], minutes: int) -> Token:
        name, since = "", 0
        if actor.kind is not ActorKind.ANONYMOUS:
            account = await self._accounts.named(actor.name)
            if account is None or account.actor.id != actor.id or account.actor.kind is not actor.kind:
                raise Failure(Code.UNAUTHORIZED)
            name, since = actor.name, account.since
        access = tuple([await self._entry(decisions, actor, scope) for scope in scopes])
        return self._signer.sign(name, since, access, at=self._clock(), minutes=minutes)

    async def _entry(self, decisions: Decisions, actor: Actor, scope: Scope) -> Entry:
        actions: tuple[str, ...] = ()
        if (scope.type, scope.name) == CATALOG:
            actions = ("*",) if await decisions.may(actor, "catalog", "read") else ()
        elif (project := scope.project) is not None:
            may = (await self._facts.standing(actor, project)).registry or frozenset()
            actions = tuple(a for a in REPOSITORY_ACTIONS if a in may and within(actor, project, a))
        return Entry(scope.type, scope.name, actions)

    def cached(self, text: str) -> Actor | None:
        state = self._facts.fresh()
        entry = state.tokens.get(text)
        return entry[0] if entry is not None and entry[1] > state.at else None

    async def verify(self, text: str) -> Actor:
        if (known := self.cached(text)) is not None:
            return known
        state = self._facts.fresh()
        claims = self._signer.verify(text, state.at)
        account = await self._owner(claims)
        if account.until <= state.at:
            raise Failure(Code.UNAUTHORIZED)
        owner = account.actor
        actor = Actor(owner.kind, owner.id, owner.name, owner.sysadmin, _bounds(claims))
        state.tokens.put(text, (actor, min(claims.exp * SECOND, account.until)))
        return actor

    async def _owner(self, claims: Claims) -> Account:
        if not claims.sub:
            return _STRANGER
        account = await self._accounts.named(claims.sub)
        if account is None or account.since != claims.since:
            raise Failure(Code.UNAUTHORIZED)
        return account


_STRANGER = Account(ANONYMOUS, secret="", since=0, until=NEVER)


def _bounds(claims: Claims) -> tuple[tuple[str, frozenset[str]], ...]:
    """The claim `access` by project: a token for one repository is good for all its project (Harbor)."""
    found: dict[str, frozenset[str]] = {}
    for entry in claims.access:
        scope = Scope(entry.type, entry.name)
        place = CATALOG_SCOPE if (scope.type, scope.name) == CATALOG else scope.project
        if place is not None and entry.actions:
            found[place] = found.get(place, frozenset()).union(entry.actions)
    return tuple(found.items())
