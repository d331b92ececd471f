"""Probes: each part by name, one check for many askers, an end to waiting."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from kangaroo.entrypoints.http.probes import Probes


class Parts:
    def __init__(self, reasons: Mapping[str, str], hang: bool = False) -> None:
        self.reasons = reasons
        self.hang = hang
        self.asked = 0

    async def readiness(self) -> Mapping[str, str]:
        self.asked += 1
        await asyncio.sleep(3600 if self.hang else 0)
        return self.reasons


async def _ask(probe: Any) -> tuple[int, Any]:
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    await probe({}, None, send)
    return messages[0]["status"], msgspec.json.decode(messages[1]["body"])


async def test_all_is_well() -> None:
    probes = Probes(Parts({"database": "", "storage": ""}))
    assert await _ask(probes.healthz) == (200, {"status": "ok"})
    parts = {"database": {"ok": True}, "storage": {"ok": True}}
    assert await _ask(probes.readyz) == (200, {"status": "ready", "parts": parts})


async def test_what_fails_is_named() -> None:
    probes = Probes(Parts({"database": "", "job worker": "none runs"}))
    parts = {"database": {"ok": True}, "job worker": {"ok": False, "reason": "none runs"}}
    assert await _ask(probes.readyz) == (503, {"status": "unavailable", "parts": parts})
    assert (await _ask(probes.healthz))[0] == 200


async def test_many_askers_cost_one_check() -> None:
    parts = Parts({"database": ""})
    probes = Probes(parts)
    answers = await asyncio.gather(*(_ask(probes.readyz) for _ in range(20)))
    assert {status for status, _ in answers} == {200}
    assert parts.asked == 1


async def test_silence_is_a_failure() -> None:
    probes = Probes(Parts({}, hang=True), patience=0.01)
    status, answer = await _ask(probes.readyz)
    assert status == 503
    assert answer["parts"]["server"]["reason"] == "no answer within 0.01 s"
