"""JSON out: msgspec does not know subclasses of str, and our names and digests are some."""

from typing import Any

import msgspec


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


def to_json(value: Any) -> bytes:
    return _encoder.encode(value)
