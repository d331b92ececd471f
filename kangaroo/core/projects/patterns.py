"""Names by pattern, as Harbor's rules write them: the glob dialect "doublestar".

`?` one character and `*` any number of them, both but not the slash; `[a-z]`, `[^a-z]` one of a class; `{one,other}`
alternatives; `**` as a whole component any number of components; a backslash takes the meaning away. Semantics:
github.com/bmatcuk/doublestar, "Patterns". Never slower than the product of both lengths, whoever wrote the pattern.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from kangaroo.base.errors import Code, Failure

MAX_LENGTH = 512
MAX_ALTERNATIVES = 256
MAX_EXPANDED = 2048  # characters of all alternatives together
_STAR = "*"

Unit = Callable[[str], bool]  # does it take this character, or this component?
Glob = tuple[Unit | None, ...]  # None: any number of anything


def check(pattern: str) -> None:
    """Raises BAD_REQUEST with what is wrong with it."""
    if len(pattern) > MAX_LENGTH:
        raise _bad(pattern, f"more than {MAX_LENGTH} characters")
    _compiled(pattern)


def matches(pattern: str, name: str) -> bool:
    """An empty pattern takes every name, as in Harbor. Raises BAD_REQUEST."""
    components = name.split("/")
    return not pattern or any(_takes(glob, components) for glob in _compiled(pattern))


def _takes(glob: Glob, units: Sequence[str]) -> bool:
    """The last star takes as little as possible, and one more each time the rest fails."""
    at, behind_star, taken, position = 0, -1, 0, 0
    while position < len(units):
        if at < len(glob) and glob[at] is None:
            at, behind_star, taken = at + 1, at + 1, position
            continue
        unit = glob[at] if at < len(glob) else None
        if unit is not None and unit(units[position]):
            at, position = at + 1, position + 1
            continue
        if behind_star < 0:
            return False
        taken += 1
        at, position = behind_star, taken
    return all(unit is None for unit in glob[at:])


@lru_cache(4096)
def _compiled(pattern: str) -> tuple[Glob, ...]:
    """One glob of components for each alternative."""
    plains = _alternatives(pattern, pattern)
    if sum(map(len, plains)) > MAX_EXPANDED:
        raise _bad(pattern, f"more than {MAX_EXPANDED} characters with its alternatives written out")
    return tuple(
        tuple(None if text == "**" else _component(text) for text in plain.split("/")) for plain in plains
    )


def _component(text: str) -> Unit:
    glob = _characters(text)
    return lambda component: _takes(glob, component)


def _characters(text: str) -> Glob:
    found: list[Unit | None] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character == _STAR:
            found.append(None)
        elif character == "?":
            found.append(lambda _: True)
        elif character == "[":
            end = _class_end(text, position)
            found.append(_class(text[position + 1 : end]))
            position = end
        else:
            if character == "\\":
                position += 1
                character = _at(text, position)
            found.append(character.__eq__)
        position += 1
    return tuple(found)


def _class(text: str) -> Unit:
    """What stands between the brackets."""
    negated = text[:1] in ("^", "!")
    ranges: list[tuple[str, str]] = []
    position = int(negated)
    while position < len(text):
        low, position = _class_character(text, position)
        high = low
        if text[position : position + 1] == "-":
            high, position = _class_character(text, position + 1)
        ranges.append((low, high))
    if not ranges:
        raise _bad(f"[{text}]", "an empty class")
    return lambda character: any(low <= character <= high for low, high in ranges) != negated


def _class_character(text: str, position: int) -> tuple[str, int]:
    """It, and where the next one stands."""
    character = _at(text, position)
    if character == "-":
        raise _bad(f"[{text}]", "a range without an end")
    if character == "\\":
        position += 1
        character = _at(text, position)
    return character, position + 1


def _class_end(text: str, start: int) -> int:
    """The place of the bracket that closes the one at `start`."""
    position = start + 1
    while position < len(text) and text[position] != "]":
        position += 2 if text[position] == "\\" else 1
    if position >= len(text):
        raise _bad(text, "a bracket that does not close")
    return position


def _alternatives(text: str, whole: str) -> list[str]:
    """The same without braces: one pattern for each choice."""
    start = _find(text, 0, "{")
    if start == len(text):
        return [text]
    choices: list[str] = []
    position = start + 1
    while True:
        end = _find(text, position, ",}")
        if end == len(text):
            raise _bad(whole, "a brace that does not close")
        choices += _alternatives(text[position:end], whole)
        if text[end] == "}":
            break
        position = end + 1
    rests = _alternatives(text[end + 1 :], whole)
    if len(choices) * len(rests) > MAX_ALTERNATIVES:
        raise _bad(whole, f"more than {MAX_ALTERNATIVES} alternatives")
    return [text[:start] + choice + rest for choice in choices for rest in rests]


def _find(text: str, start: int, wanted: str) -> int:
    """The first of the characters outside classes and inner braces; the length of the text when there is none."""
    position, depth = start, 0
    while position < len(text):
        character = text[position]
        if depth == 0 and character in wanted:
            return position
        if character == "[":
            position = _class_end(text, position)
        elif character == "\\":
            position += 1
        else:
            depth += (character == "{") - (character == "}" and depth > 0)
        position += 1
    return len(text)


def _at(text: str, position: int) -> str:
    if position >= len(text):
        raise _bad(text, "a backslash or range with nothing behind it")
    return text[position]


def _bad(pattern: str, reason: str) -> Failure:
    return Failure(Code.BAD_REQUEST, reason=f"pattern {pattern[:80]!r} has {reason}")
