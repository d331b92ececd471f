"""The words for how something is: one meaning and one colour each, everywhere."""

from dataclasses import dataclass

from kangaroo.entrypoints.console.texts import N_


@dataclass(frozen=True, slots=True)
class Status:
    """`colour` is a class; `moves`: it is being worked on, and will be something else soon."""

    word: str
    colour: str
    moves: bool = False


STATUSES = {
    "healthy": Status(N_("Healthy"), "green"),
    "checking": Status(N_("Checking"), "blue", moves=True),
    "updating": Status(N_("Updating"), "blue", moves=True),
    "creating": Status(N_("Creating"), "blue", moves=True),
    "deleting": Status(N_("Deleting"), "blue", moves=True),
    "degraded": Status(N_("Degraded"), "yellow"),
    "unhealthy": Status(N_("Unhealthy"), "red"),
    "unknown": Status(N_("Unknown"), "secondary"),
    # Of jobs and other work with an end.
    "pending": Status(N_("Waiting"), "secondary"),
    "running": Status(N_("Running"), "blue", moves=True),
    "succeeded": Status(N_("Succeeded"), "green"),
    "failed": Status(N_("Failed"), "red"),
    "stopped": Status(N_("Stopped"), "secondary"),
}


def status_of(word: str) -> Status:
    """A word we do not know is shown as Unknown."""
    return STATUSES.get(word.lower(), STATUSES["unknown"])
