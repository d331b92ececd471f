"""Who sees what, and who may push where: the heart of tenancy, pure (kangaroo-domain.md, section 1.12).

Inside a workspace its members see every public space of every instance of the platform, healthy or not, the private
ones bound to the workspace, and everything of the workspace's own instances. Nobody else sees anything there, system
administrators included; these may break the glass, which is written down. Outside any workspace whoever signed in sees
the public spaces of the platform's instances.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kangaroo.core.instances.points import PLATFORM


class Place(Protocol):
    """A space, as far as it matters here."""

    @property
    def name(self) -> str: ...
    @property
    def public(self) -> bool: ...


P = TypeVar("P", bound=Place)


@dataclass(frozen=True, slots=True)
class Facts:
    """Somebody looks at one instance. `owner`: the workspace that connected the instance, or PLATFORM.

    `workspace`: where he looks from; None is nowhere. `bound`: the instance's spaces bound to that workspace.
    """

    owner: int
    workspace: int | None
    member: bool
    bound: frozenset[str] = frozenset()
    glass_broken: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """Which spaces of an instance show: all, or the public ones (if `public`) and those named in `bound`.

    In this form the rule can be handed to whoever keeps the list, so that totals are counted after it.
    """

    everything: bool = False
    public: bool = False
    bound: frozenset[str] = frozenset()

    def shows(self, space: Place) -> bool:
        return self.everything or (self.public and space.public) or space.name in self.bound

    @property
    def blind(self) -> bool:
        return not (self.everything or self.public or self.bound)


def sight(facts: Facts) -> Sight:
    ours = facts.owner == PLATFORM
    if facts.workspace is None:
        return Sight(public=ours)
    if not (facts.member or facts.glass_broken):
        return Sight()
    if ours:
        return Sight(public=True, bound=facts.bound)
    return Sight(everything=facts.owner == facts.workspace)


def visible(spaces: Iterable[P], facts: Facts) -> list[P]:
    """VISIBILITY: those of an instance's spaces that show."""
    seen = sight(facts)
    return [space for space in spaces if seen.shows(space)]


def pushable(spaces: Iterable[P], facts: Facts) -> list[P]:
    """Where the workspace may push: bound private spaces, and everything of its own instances."""
    if facts.workspace is None or not facts.member:
        return []
    own = facts.owner != PLATFORM
    return [
        space for space in visible(spaces, facts) if own or (not space.public and space.name in facts.bound)
    ]
