"""What a client asks of the token service, and what a token then says: `type:name:actions`.

Grammar: distribution/distribution docs/spec/auth/scope.md; splitting as in goharbor/harbor
src/core/service/token.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Failure
from kangaroo.base.names import ProjectName

CATALOG = ("registry", "catalog")
# How the catalog stands among the projects in Actor.scopes; no project can have this name.
CATALOG_SCOPE = ":".join(CATALOG)


@dataclass(frozen=True, slots=True)
class Scope:
    """The actions asked for are not kept: a token carries everything its owner may do there, as Harbor's
    does.
    """

    type: str
    name: str

    @property
    def project(self) -> ProjectName | None:
        """The project of a repository; None for anything else, or when the name can be no repository's."""
        project, slash, path = self.name.partition("/")
        if self.type != "repository" or not slash or not path:
            return None
        try:
            return ProjectName.parse(project)
        except Failure:
            return None


def parse_scopes(texts: Iterable[str]) -> tuple[Scope, ...]:
    """Scopes of a query: the parameter may be repeated and each may hold several, separated by blanks.

    The name reaches from the first colon to the last, so it may hold colons itself. Repetitions fall
    together.
    """
    found: dict[Scope, None] = {}
    for text in texts:
        for one in text.split():
            kind, _, rest = one.partition(":")
            name, colon, actions = rest.rpartition(":")
            found[Scope(kind, name if colon else actions)] = None
    return tuple(found)


def within(actor: Actor, project: str, action: str) -> bool:
    """Is this action on the project's repositories inside what the actor's token was issued for?"""
    if actor.scopes is None:
        return True
    for name, actions in actor.scopes:  # noqa: SIM110 - on the way of every pull; any() costs three times this
        if name == project and action in actions:
            return True
    return False
