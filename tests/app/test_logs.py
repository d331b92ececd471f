"""Log lines: one form for all of them, with the request's name, and without secrets."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from kangaroo.app import logs
from kangaroo.base.errors import Failure
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.http.request_id import REQUEST_ID

Lines = Callable[[], list[dict[str, Any]]]
Configured = Callable[[Settings], Lines]
SECRETS = Settings(
    log_format="json",
    log_level="debug",
    admin_password="swordfish-1",
    database_url="postgresql://user:swordfish-2@host/db",
    secret_key="swordfish-3",
)


@pytest.fixture
def logging_with(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Configured]:
    def configured(settings: Settings) -> Lines:
        monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest's own, which must not be closed
        logs.configure(settings, "http-7")
        return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    monkeypatch.setattr(logging.getLogger(), "level", logging.getLogger().level)
    yield configured
    logging.captureWarnings(capture=False)
    logging.getLogger(logs.OURS).setLevel(logging.NOTSET)
    structlog.reset_defaults()


def test_ours_and_theirs_look_the_same(logging_with: Configured) -> None:
    lines = logging_with(SECRETS)
    REQUEST_ID.set("r-1")
    structlog.get_logger("kangaroo.somewhere").info("begun", size=3)
    logging.getLogger("uvicorn.error").warning("begun %d", 3)
    REQUEST_ID.set("")
    logging.getLogger("asyncio").error("late")
    ours, theirs, late = lines()
    assert list(ours)[:6] == ["time", "level", "process", "request", "logger", "event"]
    assert (ours["process"], ours["request"], ours["size"]) == ("http-7", "r-1", 3)
    assert (theirs["event"], theirs["request"], theirs["level"]) == ("begun 3", "r-1", "warning")
    assert "request" not in late


def test_secrets_do_not_appear(logging_with: Configured) -> None:
    lines = logging_with(SECRETS)
    log = structlog.get_logger("kangaroo.x")
    log.info(
        "by name", password="p1", old_password="p2", Authorization="p3", nested={"token": "p4", "n": [1]}
    )
    log.info("by look", url="https://u:p5@host/x", header="Bearer p6p6p6p6p6p6p6p6p6", list=["ftp://a:p7@b"])
    log.info("by value swordfish-1", error=ValueError("swordfish-2 in swordfish-3"))
    logging.getLogger("uvicorn.error").error("connect %s", SECRETS.database_url)
    try:
        int("swordfish-1")
    except ValueError:
        log.exception("failed")
    text = json.dumps(lines())
    assert not any(f"p{number}" in text for number in range(1, 8))
    assert "swordfish" not in text
    assert '"n": [1]' in text
    assert "ValueError: invalid literal" in text


def test_libraries_speak_up_only_when_it_matters(logging_with: Configured) -> None:
    lines = logging_with(Settings(log_format="json"))
    logging.getLogger("alembic").info("chatter")
    structlog.get_logger("kangaroo.x").debug("detail")
    structlog.get_logger("kangaroo.x").info("news")
    assert [line["event"] for line in lines()] == ["news"]


def test_for_the_eye(capsys: pytest.CaptureFixture[str], logging_with: Configured) -> None:
    logging_with(Settings(log_format="console", admin_password="swordfish-1"))
    structlog.get_logger("kangaroo.x").warning("hot", password="swordfish-1")
    line = capsys.readouterr().err
    assert "[warning  ] hot" in line
    assert "swordfish" not in line


@pytest.mark.parametrize("wrong", [{"log_level": "loud"}, {"log_format": "xml"}])
def test_a_wrong_setting_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(Failure, match="--log-"):
        logs.configure(Settings(**wrong), "x")
