"""The texts people write for PostgreSQL, Redis and S3: whatever is in a password survives, the rest is checked."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Code, Failure
from kangaroo.remote.dependencies.addresses import parse_postgres, parse_redis, parse_s3, parse_target
from kangaroo.remote.dependencies.contract import Address, SslMode

PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@given(password=PRINTABLE)
def test_every_printable_password_survives(password: str):
    encoded = quote(password, safe="")
    assert parse_postgres(f"postgres://u:{encoded}@h").password == password
    assert parse_redis(f"redis://:{encoded}@h").password == password
    assert parse_s3(f"s3://k:{encoded}@bucket").secret_key == password
    assert parse_postgres("postgres://u:old@h", password=password).password == password


@given(text=st.text(max_size=60))
def test_anything_is_a_target_or_refused(text: str):
    try:
        parse_target(text)
    except Failure as failure:
        assert failure.code is Code.INVALID_FIELD


def test_passwords_are_not_shown():
    for text in ("postgres://u:Secret1@h", "redis://:Secret1@h", "s3://k:Secret1@bucket"):
        assert "Secret1" not in repr(parse_target(text))


def test_the_database_of_a_harbor():
    target = parse_postgres("postgresql://u@Host", prefix="hb-")
    assert (target.address, target.database, target.ssl_mode) == (
        Address("host", 5432),
        "hb-core",
        SslMode.PREFER,
    )
    assert parse_postgres("postgres://u@h/other?sslmode=require").database == "other"
    assert parse_postgres("postgres://u@h?sslmode=verify-ca").ssl_mode is SslMode.VERIFY_CA


def test_sentinels():
    target = parse_redis("redis+sentinel://a,b:1?sentinelMasterId=m")
    assert target.addresses == (Address("a", 26379), Address("b", 1))
    assert target.sentinel_master == "m"


def test_addresses_of_version_6():
    assert parse_redis("redis://[::1]:7").addresses == (Address("::1", 7),)
    assert str(parse_redis("redis://[::1]").addresses[0]) == "[::1]:6379"


@pytest.mark.parametrize(
    "text",
    [
        "h:5432",
        "mysql://h",
        "postgres://h",
        "postgres://u@h:0",
        "postgres://u@h:70000",
        "postgres://u@h?sslmode=maybe",
        "postgres://u@h?what=1",
        "postgres://u@a,b",
        "redis://a,b",
        "redis://h?sentinelMasterId=m",
        "redis+sentinel://h",
        "rediss://h",
        "s3://x",
        "s3://bucket?endpoint=ftp://h",
        "s3://bucket?region=a/b",
        "s3://bucket?endpoint=http://h/path",
    ],
)
def test_what_is_refused(text: str):
    with pytest.raises(Failure) as caught:
        parse_target(text)
    assert caught.value.code is Code.INVALID_FIELD
