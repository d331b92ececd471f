"""Logs: one line per event on stderr, JSON or for the eye, ours and the libraries', and never a secret in it.

Our own lines come from `log_level` up, those of libraries from warnings up (from info when debugging).
"""

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog
from structlog.stdlib import ProcessorFormatter

from kangaroo.base.errors import Code, Failure
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.http.request_id import REQUEST_ID

Line = MutableMapping[str, Any]
Step = Callable[[Any, str, Line], Any]

OURS = "kangaroo"
HIDDEN = "***"
_LEVELS = ("debug", "info", "warning", "error")
_FORMATS = ("auto", "json", "console")
_FIRST = ("time", "level", "process", "request", "logger", "event")
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:password|secret|(?:secret|access)_key|token|authorization|cookie|credentials?)$",
    re.IGNORECASE,
)
_SHORTEST_SECRET = 6  # shorter ones would blank out half of every line
_SECRET_TEXTS = (
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"\b(Bearer|Basic) [\w.~+/=-]{16,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
)


def configure(settings: Settings, process: str) -> None:
    """Of this process, whose name stands in every line. Raises INVALID_FIELD."""
    if settings.log_level not in _LEVELS:
        raise Failure(Code.INVALID_FIELD, field="--log-level", reason=f"use one of {', '.join(_LEVELS)}")
    if settings.log_format not in _FORMATS:
        raise Failure(Code.INVALID_FIELD, field="--log-format", reason=f"use one of {', '.join(_FORMATS)}")
    console = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _origin(process),
        structlog.processors.format_exc_info,
        _Secrets(settings),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *steps,
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=steps,
            processors=[ProcessorFormatter.remove_processors_meta, _renderer(console)],
        )
    )
    level = settings.log_level.upper()
    logging.basicConfig(
        handlers=[handler], level=logging.INFO if level == "DEBUG" else logging.WARNING, force=True
    )
    logging.getLogger(OURS).setLevel(level)
    logging.captureWarnings(capture=True)


def _renderer(console: bool) -> Any:
    if console:
        return structlog.dev.ConsoleRenderer(
            timestamp_key="time",
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
        )
    return structlog.processors.JSONRenderer(serializer=_json)


def _json(line: Line, **_: Any) -> str:
    return msgspec.json.encode({name: line[name] for name in _FIRST if name in line} | dict(line)).decode()


def _origin(process: str) -> Step:
    def add(_logger: Any, _method: str, line: Line) -> Line:
        line["process"] = process
        request = REQUEST_ID.get()
        if request:
            line["request"] = request
        return line

    return add


class _Secrets:
    """Hides what is named like a secret, looks like one, or is the value of a secret setting."""

    def __init__(self, settings: Settings) -> None:
        values = [getattr(settings, row.name) for row in fields(settings) if row.metadata["secret"]]
        values += [urlsplit(value).password or "" for value in values if "://" in value]
        self._known = sorted((value for value in values if len(value) >= _SHORTEST_SECRET), key=len)[::-1]

    def __call__(self, _logger: Any, _method: str, line: Line) -> Line:
        for name, value in line.items():
            if not name.startswith("_"):
                line[name] = self._clean(value, name)
        return line

    def _clean(self, value: Any, name: str = "") -> Any:
        if _SECRET_NAME.search(name):
            return HIDDEN
        if value is None or isinstance(value, int | float):
            return value
        if isinstance(value, dict):
            return {key: self._clean(item, str(key)) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._clean(item) for item in value]
        return self._clean_text(value if isinstance(value, str) else repr(value))

    def _clean_text(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, HIDDEN)
        for pattern, instead in _SECRET_TEXTS:
            text = pattern.sub(instead, text)
        return text
