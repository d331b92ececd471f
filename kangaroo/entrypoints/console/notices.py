"""What the next page tells once: it travels in a cookie, since forms are answered by sending the browser elsewhere."""

import base64
import binascii
from collections.abc import Iterable
from typing import Literal

import msgspec

from kangaroo.entrypoints.http import session

Tone = Literal["success", "info", "warning", "danger"]
_COOKIE = "notice"
_LONGEST = 1000  # characters of a sentence: a cookie holds 4 KiB


class Notice(msgspec.Struct, frozen=True):
    """`link` is a page of ours with more about it."""

    told: str
    tone: Tone = "success"
    link: str = ""


def keep(notice: Notice) -> tuple[bytes, bytes]:
    kept = Notice(notice.told[:_LONGEST], notice.tone, notice.link)
    value = base64.urlsafe_b64encode(msgspec.json.encode(kept)).rstrip(b"=")
    return b"set-cookie", f"{_COOKIE}={value.decode()}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax".encode()


def forget() -> tuple[bytes, bytes]:
    return b"set-cookie", f"{_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax".encode()


def left_by(headers: Iterable[tuple[bytes, bytes]]) -> list[Notice]:
    value = session.cookie(headers, _COOKIE)
    if not value:
        return []
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)), type=Notice)
    except (binascii.Error, ValueError, msgspec.MsgspecError):  # somebody else's cookie of that name
        return []
    return [found] if found.link.startswith("/") or not found.link else []
