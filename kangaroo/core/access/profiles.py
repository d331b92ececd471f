"""What a user may be called, and may say of himself: Harbor's rules."""

import re

from kangaroo.base.errors import Code, Failure
from kangaroo.store.meta.access_users import Profile

_RESERVED = frozenset({"anonymous", "system"})  # what audit calls those who are no users
_FORBIDDEN = frozenset(",~#$%:")
_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\\\"]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")


def check_username(name: str, robot_prefix: str) -> None:
    """Raises BAD_REQUEST."""
    good = 0 < len(name) <= 255 and name.isprintable() and name == name.strip()
    robot = name.startswith(robot_prefix)
    if not good or robot or _FORBIDDEN.intersection(name) or name.lower() in _RESERVED:
        raise Failure(Code.BAD_REQUEST, "username_invalid", name=name[:255])


def is_email(text: str) -> bool:
    return len(text) <= 255 and _EMAIL.fullmatch(text) is not None


def check_profile(profile: Profile) -> None:
    """Raises BAD_REQUEST with what is wrong."""
    if not profile.email or not is_email(profile.email):
        raise Failure(Code.BAD_REQUEST, reason="the e-mail address is missing or malformed")
    if len(profile.realname) > 255 or _FORBIDDEN.difference(":").intersection(profile.realname):
        raise Failure(
            Code.BAD_REQUEST, reason="the real name takes at most 255 characters, none of , ~ # $ %"
        )
    if len(profile.comment) > 30:
        raise Failure(Code.BAD_REQUEST, reason="the comment takes at most 30 characters")
    if "\0" in profile.realname + profile.comment:
        raise Failure(Code.BAD_REQUEST, reason="texts cannot hold the character NUL")
