"""How the pull secrets of a workspace stand, as pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.pull_secrets import Progress, Seen, State, Where
from kangaroo.entrypoints.console.texts import LANGUAGE, N_, _
from kangaroo.entrypoints.console.visit import Visit

# Each with a word of status.py for its colour, and what it is called here.
STATES = {
    State.PENDING: ("checking", N_("Under way")),
    State.APPLIED: ("healthy", N_("In place")),
    State.CONFLICT: ("degraded", N_("Somebody else's secret")),
    State.FORBIDDEN: ("unhealthy", N_("Not allowed")),
    State.TERMINATING: ("deleting", N_("Namespace is going")),
    State.FAILED: ("unhealthy", N_("Failed")),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """`seen` None: he may not know how it stands there."""

    workspace: int
    name: str
    seen: Sequence[Seen] | None
    progress: Progress | None

    @property
    def moving(self) -> bool:
        return self.progress is not None and State.PENDING in self.progress.by_state

    @property
    def gaps(self) -> list[str]:
        """Why the workspace has no credential at an instance."""
        found = () if self.progress is None else self.progress.gaps
        return [f"{gap.instance}: {gap.told(LANGUAGE.get())}" for gap in found]


async def standing_of(visit: Visit, workspace: int, name: str) -> Standing:
    secrets, where = visit.services.pull_secrets, Where(workspace)
    try:
        seen = (await secrets.page(visit.actor, where, Window(1, 0))).items
        return Standing(workspace, name, seen, await secrets.progress(visit.actor, where))
    except Failure as failure:
        if failure.code is not Code.FORBIDDEN:
            raise
        return Standing(workspace, name, None, None)


def word_of(state: State) -> str:
    return STATES[state][0]


def label_of(state: State) -> str:
    return _(STATES[state][1])
