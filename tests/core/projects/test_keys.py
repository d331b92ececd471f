"""What may be set about a project."""

import pytest

from kangaroo.base.errors import Code, Failure
from kangaroo.core.projects.keys import checked, given


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("public", "true", "true"),
        ("auto_scan", "1", "true"),
        ("prevent_vul", "F", "false"),
        ("reuse_sys_cve_allowlist", "TRUE", "true"),
        ("enable_content_trust_cosign", "t", "true"),
        ("severity", "High", "high"),
        ("severity", "negligible", "none"),
        ("proxy_speed_kb", "-1", "-1"),
        ("proxy_speed_kb", "+07", "7"),
        ("max_upstream_conn", "-1", "-1"),
        ("max_upstream_conn", "5", "5"),
    ],
)
def test_good_values(key: str, value: str, kept: str) -> None:
    assert checked(key, value) == kept


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("public", "yes", "invalid value: yes"),
        ("public", "", "invalid value: "),
        ("auto_scan", "tRUE", "invalid value: tRUE"),
        ("severity", "unknown", "invalid value: unknown"),
        ("severity", "", "invalid value: "),
        ("proxy_speed_kb", "2147483648", "invalid value: 2147483648"),
        ("proxy_speed_kb", "1.5", "invalid value: 1.5"),
        ("max_upstream_conn", "0", "invalid value: 0"),
        ("max_upstream_conn", "-2", "invalid value: -2"),
        ("retention_id", "1", "invalid key: retention_id"),
        ("colour", "red", "invalid key: colour"),
        (
            "proxy_cache_filter_kind",
            "regex",
            "can not update the normal project with proxy cache filter metadata",
        ),
    ],
)
def test_bad_values(key: str, value: str, message: str) -> None:
    with pytest.raises(Failure) as caught:
        checked(key, value)
    assert (caught.value.code, str(caught.value)) == (Code.BAD_REQUEST, message)


def test_what_is_given_with_a_project() -> None:
    facts = {"public": "T", "severity": "", "proxy_speed_kb": "x", "retention_id": "9", "auto_scan": "0"}
    assert given(facts) == {"public": "true", "auto_scan": "false"}
