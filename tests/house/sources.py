"""The program's own files, parsed, as the rules of the house look at them."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "kangaroo"
_MIGRATIONS = PACKAGE / "store" / "meta" / "migrations"


@dataclass(frozen=True)
class Function:
    where: str
    lines: int


@dataclass(frozen=True)
class Source:
    path: Path
    name: str
    lines: int
    docstring: str | None
    functions: tuple[Function, ...]


@cache
def sources() -> tuple[Source, ...]:
    """Without migrations, which are written once and then history."""
    paths = sorted(path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(_MIGRATIONS))
    return tuple(map(_parsed, paths))


def _parsed(path: Path) -> Source:
    text = path.read_text()
    tree = ast.parse(text)
    name = str(path.relative_to(ROOT))
    functions = tuple(
        Function(f"{name}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return Source(path, name, len(text.splitlines()), ast.get_docstring(tree), functions)
