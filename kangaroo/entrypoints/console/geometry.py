"""Plots as SVG: where points and bars lie. Numbers only; the templates draw, and the style sheet colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 600.0, 120.0  # units of the view box of an area plot
BAR = 1000.0  # units of the width of a bar of shares
_THINNEST = 4.0  # so that something small can still be seen and pointed at


@dataclass(frozen=True, slots=True)
class Plot:
    """`line` and `area` are path data. `top` is the value at the upper edge."""

    line: str
    area: str
    top: float
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True, slots=True)
class Segment:
    start: float
    width: float


def area(points: Sequence[tuple[float, float]], *, steps: bool = False, binary: bool = False) -> Plot:
    """Of (moment, value), by moment. `steps`: a value holds until the next one; `binary`: values are bytes, and round
    in KiB, MiB and so on. An empty plot has empty paths."""
    if not points:
        return Plot("", "", 0.0)
    first, last = points[0][0], points[-1][0]
    top = _rounded_up(max(value for _, value in points), binary=binary)
    span = (last - first) or 1.0
    placed = [((at - first) / span * WIDTH, HEIGHT - value / top * HEIGHT) for at, value in points]
    if len(placed) == 1:
        placed = [(0.0, placed[0][1]), (WIDTH, placed[0][1])]
    line = _path(_stepped(placed) if steps else placed)
    return Plot(line, f"{line} L{placed[-1][0]:.1f},{HEIGHT:g} L{placed[0][0]:.1f},{HEIGHT:g} Z", top)


def segments(sizes: Sequence[int]) -> list[Segment]:
    """Side by side in proportion, none too thin to be seen, over the whole width of a bar."""
    if not sizes:
        return []
    total = sum(sizes) or 1
    thinnest = min(_THINNEST, BAR / len(sizes))
    wanted = [max(size / total * BAR, thinnest) for size in sizes]
    scale = BAR / sum(wanted)
    found, start = [], 0.0
    for width in wanted:
        found.append(Segment(start, width * scale))
        start += width * scale
    return found


def filled(part: float, whole: float) -> float:
    """How much of a bar is full, 0 to 100; what is there at all shows."""
    if whole <= 0 or part <= 0:
        return 0.0
    return min(max(100.0 * part / whole, 1.0), 100.0)


def _stepped(placed: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    found = [placed[0]]
    for (_, before), (x, y) in pairwise(placed):
        found += [(x, before), (x, y)]
    return found


def _path(placed: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in placed)


def _rounded_up(value: float, *, binary: bool) -> float:
    """The next of 1, 2, 5, 10, 20, …: of its unit, where values are bytes."""
    if value <= 0:
        return 1.0
    unit = 1.0
    while binary and unit * 1024 <= value:
        unit *= 1024
    step = unit
    while True:
        for factor in (1.0, 2.0, 5.0):
            if step * factor >= value:
                return step * factor
        step *= 10.0
