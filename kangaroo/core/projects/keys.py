"""The keys of a project's metadata and what their values may be: pure. Values are text, booleans too (Harbor)."""

import re
from collections.abc import Mapping

from kangaroo.base.errors import Code, Failure

PUBLIC = "public"
RETENTION = "retention_id"  # set by the retention of tags alone
REUSE_SYSTEM_ALLOWLIST = "reuse_sys_cve_allowlist"

# What Go's strconv.ParseBool takes.
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_FLAGS = frozenset(
    {
        PUBLIC,
        "enable_content_trust",
        "enable_content_trust_cosign",
        "prevent_vul",
        "auto_scan",
        "auto_sbom_generation",
        REUSE_SYSTEM_ALLOWLIST,
        "proxy_cache_local_on_not_found",
        "proxy_referrer_api",
    }
)
_SEVERITIES = {"none": "none", "negligible": "none"} | {
    name: name for name in ("low", "medium", "high", "critical")
}
_NUMBERS = frozenset({"proxy_speed_kb", "max_upstream_conn"})
_FILTERS = frozenset({"proxy_cache_filter_pattern", "proxy_cache_filter_kind"})
_OF_PROXIES = _NUMBERS | _FILTERS
_INT32 = re.compile(r"[+-]?[0-9]{1,10}")


def checked(key: str, value: str) -> str:
    """As it is kept. Raises BAD_REQUEST for an unknown key, one people may not set, or a value it cannot have."""
    if key in _FLAGS:
        if value not in _TRUE | _FALSE:
            raise _invalid(value)
        return "true" if value in _TRUE else "false"
    if key == "severity":
        found = _SEVERITIES.get(value.lower())
        if found is None:
            raise _invalid(value)
        return found
    if key in _NUMBERS:
        return _number(key, value)
    if key in _FILTERS:
        raise Failure(Code.BAD_REQUEST, "metadata_proxy")
    raise Failure(Code.BAD_REQUEST, "metadata_key", name=key[:80])


def given(metadata: Mapping[str, str]) -> dict[str, str]:
    """What is set when a project is made or changed as a whole: empty values are none, and what only a proxy
    understands is left out. Raises BAD_REQUEST.
    """
    return {
        key: checked(key, value)
        for key, value in metadata.items()
        if value and key not in _OF_PROXIES and key != RETENTION
    }


def _number(key: str, value: str) -> str:
    number = int(value) if _INT32.fullmatch(value) else None
    if number is None or not -(1 << 31) <= number < 1 << 31:
        raise _invalid(value)
    if key == "max_upstream_conn" and number <= 0 and number != -1:
        raise _invalid(value)
    return str(number)


def _invalid(value: str) -> Failure:
    return Failure(Code.BAD_REQUEST, "metadata_value", value=value[:80])
