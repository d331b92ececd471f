"""Rule 11: files and functions stay small enough to be read at once, and every module says why it exists.

Complexity and the number of parameters are held by ruff.
"""

import statistics
from collections.abc import Sequence

from tests.house.sources import sources

FILE_MEDIAN, FILE_P90, FILE_MAX = 150, 400, 600
FUNCTION_P90, FUNCTION_MAX = 30, 80
MODULES_WITHOUT_A_SUBJECT = {"utils", "util", "helpers", "helper", "common", "misc"}

# name: why it may be larger
LARGE_FILES: dict[str, str] = {}
LARGE_FUNCTIONS: dict[str, str] = {}


def _p90(values: Sequence[int]) -> float:
    return statistics.quantiles(values, n=10)[-1]


def test_files_are_small() -> None:
    sizes = {source.name: source.lines for source in sources() if source.lines > 1}
    assert statistics.median(sizes.values()) <= FILE_MEDIAN
    assert _p90(list(sizes.values())) <= FILE_P90
    assert {name: size for name, size in sizes.items() if size > FILE_MAX}.keys() == LARGE_FILES.keys()


def test_functions_are_small() -> None:
    functions = [function for source in sources() for function in source.functions]
    assert _p90([function.lines for function in functions]) <= FUNCTION_P90
    large = {function.where for function in functions if function.lines > FUNCTION_MAX}
    assert large == LARGE_FUNCTIONS.keys()


def test_every_module_says_why_it_exists() -> None:
    silent = [source.name for source in sources() if not source.docstring and source.lines]
    assert not silent


def test_every_module_has_a_subject() -> None:
    nameless = [source.name for source in sources() if source.path.stem in MODULES_WITHOUT_A_SUBJECT]
    assert not nameless
