"""The beginning and the end of a process the supervisor forks."""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable

import msgspec
import structlog

from kangaroo.base.errors import Code, Failure

log = structlog.get_logger(__name__)
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def fork(life: Callable[[], None], signals_before: set[int]) -> int:
    """The pid of a process that runs `life` and ends with it; it does not outlive the caller."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _die_with(parent)
        # Ctrl+C and a hang-up reach the whole group, but it is the supervisor who decides what follows.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, signals_before)
        life()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 1
    except BaseException:
        log.exception("process failed")
    finally:
        sys.stdout.flush()
        logging.shutdown()
        os._exit(code)


def run_apart(action: Callable[[], str | None]) -> str | None:
    """What `action` returns. Its threads, event loops and memory are not the caller's; its Failure is."""
    reading, writing = os.pipe()

    def life() -> None:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            try:
                answer = _Answer(action())
            except Failure as failure:
                answer = _Answer(failure=str(failure))
            pipe.write(msgspec.json.encode(answer))

    pid = fork(life, signal.pthread_sigmask(signal.SIG_BLOCK, []))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    os.waitpid(pid, 0)
    answer = msgspec.json.decode(content, type=_Answer) if content else _Answer(failure="cannot prepare")
    if answer.failure is not None:
        raise Failure(Code.PRECONDITION, reason=answer.failure)
    return answer.result


class _Answer(msgspec.Struct):
    result: str | None = None
    failure: str | None = None


def _die_with(parent: int) -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before it was asked
        os._exit(1)
