"""How an instance is, and was: ours, for the published description knows only HEALTHY and UNHEALTHY."""

from kangaroo.base.clock import SECOND
from kangaroo.core.instances import Instance, Probe, cause_of
from kangaroo.entrypoints.platform.shapes import Pagination, Shape, seconds
from kangaroo.entrypoints.platform.view import View


class Health(Shape):
    """`state`: checking, healthy, degraded or unhealthy; `reason` is a stable word, `message` and `remedy` are for
    people."""

    state: str
    reason: str
    message: str
    remedy: str
    version: str
    last_transition_time: str
    last_probe_time: str
    next_probe_time: str


class ProbeShape(Shape):
    time: str
    state: str
    reason: str
    message: str
    duration_seconds: float


class HealthHistory(Shape):
    health: Health
    items: list[ProbeShape]
    pagination: Pagination


def health_of(instance: Instance, view: View) -> Health:
    health = instance.health
    told = cause_of(health.reason, health.facts).told(view.language)
    return Health(
        state=health.state,
        reason=health.reason,
        message=told.message,
        remedy=told.remedy,
        version=health.version,
        last_transition_time=seconds(health.transition_at),
        last_probe_time=seconds(health.probed_at),
        next_probe_time=seconds(health.next_at),
    )


def probe_of(probe: Probe, view: View) -> ProbeShape:
    return ProbeShape(
        time=seconds(probe.at),
        state=probe.state,
        reason=probe.reason,
        message=cause_of(probe.reason, probe.facts).told(view.language).message,
        duration_seconds=probe.duration / SECOND,
    )
