"""What an administrator can set while the server runs, as Harbor's `configurations` name it: one typed table.

Every row has its name, type and default, and what a value must be. Those of `ldap_*`, `oidc_*` are used by signing in;
`uaa_*` and `http_authproxy_*` are kept for clients that write all keys, and mean nothing here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import msgspec

Check = Callable[[str, Any], str | None]  # name and value → what is wrong with it
Secret = Literal["ldap_search_password", "oidc_client_secret", "uaa_client_secret"]
SECRETS: tuple[Secret, ...] = ("ldap_search_password", "oidc_client_secret", "uaa_client_secret")
_LARGEST = 9_999_999_999  # ten digits, as Harbor's portal has room for
_LONGEST_TEXT = 65_536


def _key(default: Any, check: Check | None = None) -> Any:
    return field(default=default, metadata={"check": check})


def _positive(largest: int) -> Check:
    def check(name: str, value: int) -> str | None:
        if value <= 0:
            return f"the {name} value must be positive"
        return f"the {name} value is over the limit value: {largest}" if value > largest else None

    return check


def _one_of(*words: Any) -> Check:
    choice = " or ".join([", ".join(str(word) for word in words[:-1]), str(words[-1])])

    def check(name: str, value: Any) -> str | None:
        return None if value in words else f"invalid {name}, should be {choice}"

    return check


def _present(name: str, value: str) -> str | None:
    return None if value.strip() else f"{name} must not be empty"


def _storage(name: str, value: int) -> str | None:
    return None if value == -1 or value > 0 else f"{name} must be -1 or greater than zero"


def _robot_prefix(name: str, value: str) -> str | None:
    """It tells robots from people: empty, everybody would be a robot. A colon ends the name in HTTP's Basic."""
    if 0 < len(value) <= 64 and value.isprintable() and ":" not in value:
        return None
    return f"{name} must have 1 to 64 printable characters and no colon"


def _text_map(name: str, value: str) -> str | None:
    try:
        msgspec.json.decode(value, type=dict[str, str])
    except msgspec.MsgspecError:
        return f"{name} must be a JSON object of texts"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Durations: tokens and sessions in minutes, robots in days, LDAP's in seconds; storage in bytes, -1 unlimited."""

    auth_mode: str = _key("db_auth", _one_of("db_auth", "ldap_auth", "oidc_auth"))
    primary_auth_mode: bool = _key(False)
    self_registration: bool = _key(False)
    project_creation_restriction: str = _key("everyone", _one_of("everyone", "adminonly"))
    read_only: bool = _key(False)
    notification_enable: bool = _key(True)
    banner_message: str = _key("")
    session_timeout: int = _key(60, _positive(_LARGEST))
    token_expiration: int = _key(30, _positive(_LARGEST))
    robot_token_duration: int = _key(30, _positive(36_500))
    robot_name_prefix: str = _key("robot$", _robot_prefix)
    quota_per_project_enable: bool = _key(True)
    storage_per_project: int = _key(-1, _storage)
    pull_time_update_disable: bool = _key(False)
    pull_count_update_disable: bool = _key(False)
    pull_audit_log_disable: bool = _key(False)
    scanner_skip_update_pulltime: bool = _key(False)
    audit_log_forward_endpoint: str = _key("")
    skip_audit_log_database: bool = _key(False)
    disabled_audit_log_event_types: str = _key("")
    ldap_url: str = _key("", _present)
    ldap_base_dn: str = _key("", _present)
    ldap_search_dn: str = _key("")
    ldap_filter: str = _key("")
    ldap_uid: str = _key("cn", _present)
    ldap_scope: int = _key(2, _one_of(0, 1, 2))
    ldap_timeout: int = _key(5, _positive(600))
    ldap_verify_cert: bool = _key(True)
    ldap_group_base_dn: str = _key("")
    ldap_group_search_filter: str = _key("")
    ldap_group_attribute_name: str = _key("")
    ldap_group_search_scope: int = _key(2, _one_of(0, 1, 2))
    ldap_group_admin_dn: str = _key("")
    ldap_group_membership_attribute: str = _key("memberof")
    ldap_group_attach_parallel: bool = _key(False)
    oidc_name: str = _key("")
    oidc_endpoint: str = _key("")
    oidc_client_id: str = _key("")
    oidc_scope: str = _key("")
    oidc_groups_claim: str = _key("")
    oidc_group_filter: str = _key("")
    oidc_admin_group: str = _key("")
    oidc_user_claim: str = _key("")
    oidc_auto_onboard: bool = _key(False)
    oidc_verify_cert: bool = _key(True)
    oidc_logout: bool = _key(False)
    oidc_extra_redirect_parms: str = _key("{}", _text_map)
    uaa_endpoint: str = _key("")
    uaa_client_id: str = _key("")
    uaa_verify_cert: bool = _key(False)
    http_authproxy_endpoint: str = _key("")
    http_authproxy_tokenreview_endpoint: str = _key("")
    http_authproxy_admin_groups: str = _key("")
    http_authproxy_admin_usernames: str = _key("")
    http_authproxy_verify_cert: bool = _key(True)
    http_authproxy_skip_search: bool = _key(False)
    http_authproxy_server_certificate: str = _key("")


KEYS: dict[str, type] = {row.name: type(row.default) for row in fields(Values)}
_CHECKS: dict[str, Check | None] = {row.name: row.metadata["check"] for row in fields(Values)}


def wrong_with(name: str, value: Any) -> str | None:
    """What forbids this value, of the key's type already; None when it may be set."""
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{name} has more than {_LONGEST_TEXT} characters"
    check = _CHECKS.get(name)
    return check(name, value) if check else None
