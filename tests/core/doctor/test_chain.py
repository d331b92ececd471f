"""The walk along a chain: the first broken link ends it, whatever stands before and behind."""

from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Code, Failure
from kangaroo.core.doctor import Link, Outcome, Row
from kangaroo.core.doctor.chain import Check, Skip, Warn, walk

LINKS = list(Link)


class Part:
    """A link that behaves as it is told; `mends`: a repair makes it whole."""

    def __init__(self, how: str, mends: bool = False) -> None:
        self.how = how
        self.mends = mends
        self.looks = 0

    async def look(self) -> str | Skip | Warn:
        self.looks += 1
        failure = Failure(Code.CONFLICT, what="it")
        match self.how:
            case "broken":
                raise failure
            case "warning":
                return Warn(failure)
            case "skipped":
                return Skip()
            case _:
                return "seen"

    async def fix(self) -> None:
        if not self.mends:
            raise Failure(Code.FORBIDDEN, action="mend", resource="it")
        self.how = "ok"


def chain(parts: list[Part], *, fixable: bool) -> list[Check]:
    return [
        Check(link, part.look, part.fix if fixable else None)
        for link, part in zip(LINKS, parts, strict=False)
    ]


async def rows(parts: list[Part], *, fixable: bool = False, fix: bool = False) -> list[Row]:
    return [row async for row in walk(chain(parts, fixable=fixable), fix=fix, part="it")]


@given(st.lists(st.sampled_from(["ok", "warning", "skipped", "broken"]), max_size=8))
async def test_the_first_broken_link_ends_the_walk(how: list[str]):
    parts = [Part(one) for one in how]
    found = [str(row.outcome) for row in await rows(parts)]
    end = how.index("broken") + 1 if "broken" in how else len(how)
    assert found == how[:end] + ["not_reached"] * (len(how) - end)
    assert [part.looks for part in parts] == [1] * end + [0] * (len(how) - end)


async def test_a_repair_is_made_only_when_wanted():
    broken, behind = Part("broken", mends=True), Part("ok")
    first, second = await rows([broken, behind], fixable=True)
    assert (first.outcome, first.fixable, second.outcome) == (Outcome.BROKEN, True, Outcome.NOT_REACHED)
    first, second = await rows([broken, behind], fixable=True, fix=True)
    assert (first.outcome, first.reason, first.seen) == (Outcome.FIXED, "CONFLICT", "seen")
    assert second.outcome is Outcome.OK


async def test_a_repair_that_fails_says_why():
    (row,) = await rows([Part("broken")], fixable=True, fix=True)
    assert (row.outcome, row.reason) == (Outcome.BROKEN, "FORBIDDEN")
