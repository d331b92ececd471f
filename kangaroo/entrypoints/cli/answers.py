"""Failures of our HTTP dialects, as problems of a command: google.rpc.Status, and the `errors` of Harbor and of OCI."""

from typing import Any

import httpx
import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.texts import language, say

_BY_STATUS = {
    400: Exit.USAGE,
    401: Exit.FORBIDDEN,
    403: Exit.FORBIDDEN,
    404: Exit.NOT_FOUND,
    409: Exit.CONFLICT,
    412: Exit.CONFLICT,
    422: Exit.USAGE,
    502: Exit.UNREACHABLE,
    503: Exit.UNREACHABLE,
    504: Exit.UNREACHABLE,
}
_FAILED_PRECONDITION = 9  # of google.rpc, which says it with HTTP's 400


def content(answer: httpx.Response) -> Any:
    """The JSON of a good answer, None for an empty one. Raises Problem for every other answer."""
    if answer.is_redirect:
        target = answer.headers.get("location", "")
        raise Problem(Exit.USAGE, say("redirected", url=answer.url, target=target), say("use_that_url"))
    if not answer.is_success:
        raise problem_of(answer)
    if not answer.content.strip():
        return None
    return decoded(answer)


def decoded(answer: httpx.Response) -> Any:
    try:
        return msgspec.json.decode(answer.content)
    except msgspec.DecodeError as error:
        raise stranger(answer) from error


def problem_of(answer: httpx.Response) -> Problem:
    """The body must have been read."""
    told = _object(answer)
    if told is None and answer.status_code != 401:
        return stranger(answer)
    code = _BY_STATUS.get(answer.status_code, Exit.FAILURE)
    message, remedy = _said(told or {})
    if (told or {}).get("code") == _FAILED_PRECONDITION:
        code = Exit.CONFLICT
    if answer.status_code == 401:
        message, remedy = say("not_signed_in", url=_site(answer)), say("sign_in")
    elif answer.status_code == 429:
        remedy = remedy or say("wait", seconds=answer.headers.get("retry-after", "5"))
    return Problem(code, message or f"HTTP {answer.status_code}", remedy)


def of_failure(failure: Failure) -> Problem:
    """One of ours, from this process."""
    return Problem(_BY_STATUS.get(failure.code.status, Exit.FAILURE), failure.message(language()))


def of_reason(reason: str, message: str) -> Problem:
    """One a server names by the row of our table, where the status is gone already."""
    status = Code[reason].status if reason in Code.__members__ else 500
    return Problem(_BY_STATUS.get(status, Exit.FAILURE), message)


def stranger(answer: httpx.Response) -> Problem:
    """Something else than Kangaroo answers there, or in between."""
    code = _BY_STATUS.get(answer.status_code, Exit.FAILURE)
    if code is Exit.UNREACHABLE:
        return Problem(
            code, say("proxy_says", url=_site(answer), status=answer.status_code), say("try_later")
        )
    return Problem(Exit.UNREACHABLE, say("no_kangaroo", url=_site(answer)), say("check_url"))


def _site(answer: httpx.Response) -> str:
    url = answer.url
    return f"{url.scheme}://{url.netloc.decode()}"


def _object(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        told = msgspec.json.decode(answer.content)
    except msgspec.DecodeError:
        return None
    known = isinstance(told, dict) and ("message" in told or "errors" in told)
    return told if known else None


def _said(told: dict[str, Any]) -> tuple[str, str]:
    """The sentence and the remedy."""
    errors = told.get("errors")
    if isinstance(errors, list):
        return "; ".join(str(one.get("message", "")).strip() for one in errors if isinstance(one, dict)), ""
    links = [link for detail in told.get("details") or [] for link in detail.get("links") or []]
    return str(told.get("message", "")), " ".join(str(link.get("description", "")) for link in links)
