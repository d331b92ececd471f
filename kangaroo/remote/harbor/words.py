"""Harbor's words for states and triggers, old and new ones, and ours."""

from kangaroo.remote.policies import State, Trigger

_STATES = {
    "pending": State.PENDING,
    "scheduled": State.PENDING,
    "running": State.RUNNING,
    "inprogress": State.RUNNING,
    "success": State.SUCCEEDED,
    "succeed": State.SUCCEEDED,
    "error": State.FAILED,
    "failed": State.FAILED,
    "stopped": State.STOPPED,
}
_TRIGGERS = {
    "manual": Trigger.MANUAL,
    "schedule": Trigger.SCHEDULED,
    "scheduled": Trigger.SCHEDULED,
    "event": Trigger.EVENT,
    "event_based": Trigger.EVENT,
}
STATE_WORDS = {
    State.PENDING: "Pending",
    State.RUNNING: "InProgress",
    State.SUCCEEDED: "Succeed",
    State.FAILED: "Failed",
    State.STOPPED: "Stopped",
}
TRIGGER_WORDS = {Trigger.MANUAL: "manual", Trigger.SCHEDULED: "scheduled", Trigger.EVENT: "event_based"}


def state(word: str) -> State:
    return _STATES.get(word.lower(), State.UNKNOWN)


def trigger(word: str) -> Trigger:
    return _TRIGGERS.get(word.lower(), Trigger.MANUAL)
