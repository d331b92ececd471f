r"""Characters that a password may not have, because a part of Harbor takes them for something else.

    PostgreSQL   core joins its connection text without quotes: blanks, quotes and \ end the password early
    Redis, S3    registry reads the password from its environment as YAML: a mark of YAML changes it
    Redis        core escapes a blank as "+", which it is not when it is read again

goharbor/harbor#18786, #18538; harbor-operator#1054. Harbor's own rule for its administrator: 8 to 128 characters with
a small letter, a capital and a digit.
"""

import re
from dataclasses import dataclass

from kangaroo.base.errors import Code, Failure

LONGEST = 128
_POLICY = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9]).{8,128}")
_MARKS = "@%*&!{[]}#|>?,`'\"-"  # what a plain text of YAML cannot begin with
_WORDS = frozenset({"~", "null", "Null", "NULL", "...", "=", "<<"})  # of YAML


@dataclass(frozen=True, slots=True)
class Fault:
    """`character` as it is to be named; `component` is the part of Harbor that breaks."""

    character: str
    component: str


def check_admin(password: str) -> None:
    """Raises INVALID_FIELD."""
    if not _POLICY.fullmatch(password):
        raise Failure(Code.INVALID_FIELD, "managed_admin_password", field="spec.adminPassword")


def check_password(field: str, password: str, fault: Fault | None) -> None:
    """Raises INVALID_FIELD that names the character and the component."""
    if len(password) > LONGEST:
        raise Failure(Code.INVALID_FIELD, field=field, reason=f"it is longer than {LONGEST}")
    if fault is not None:
        raise Failure(
            Code.INVALID_FIELD,
            "managed_password",
            field=field,
            character=fault.character,
            component=fault.component,
        )


def postgres_fault(password: str) -> Fault | None:
    return _any_of(password, "'\"\\", "core")


def redis_fault(password: str) -> Fault | None:
    return _any_of(password, "", "core") or _yaml_fault(password)


def s3_fault(secret: str) -> Fault | None:
    return _any_of(secret, "", "registry") or _yaml_fault(secret)


def _any_of(password: str, forbidden: str, component: str) -> Fault | None:
    """Blanks and control characters are never good."""
    for character in password:
        if character in forbidden or character.isspace() or not character.isprintable():
            return Fault(_named(character), component)
    return None


def _yaml_fault(password: str) -> Fault | None:
    if password in _WORDS:
        return Fault(password, "registry")
    if password[:1] and password[0] in _MARKS:
        harmless = password[0] in "-?" and len(password) > 1  # only before a blank, which there is none
        return (
            None
            if harmless and not password.startswith("---")
            else Fault(f"{password[0]} (at the start)", "registry")
        )
    if password.endswith(":"):
        return Fault(": (at the end)", "registry")
    return None


def _named(character: str) -> str:
    return character if character.isprintable() and not character.isspace() else f"U+{ord(character):04X}"
