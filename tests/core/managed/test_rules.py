"""Names, amounts, passwords, addresses, and what may change."""

import string
from fractions import Fraction

import msgspec
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed import Change, Expose, ExposeMode, HarborName, Place, Resources, Secrets
from kangaroo.core.managed.changing import check_change
from kangaroo.core.managed.checking import checked_expose
from kangaroo.core.managed.ends import postgres_end, redis_end
from kangaroo.core.managed.names import LONGEST
from kangaroo.core.managed.need import Lack, Unset, base_need, need, quota_faults
from kangaroo.core.managed.passwords import postgres_fault, redis_fault, s3_fault
from kangaroo.core.managed.probe_job import url_of
from kangaroo.core.managed.quantities import bytes_of, cores, parse_quantity
from kangaroo.remote.dependencies.addresses import parse_target
from kangaroo.remote.dependencies.contract import Address, PostgresTarget, RedisTarget, S3Target
from tests.core.managed.made import INGRESS, SECRETS, VOLUME, names, passwords, spec

PLACE = Place("home", "team-a")
# Of an address, a user name or a password, anything that can be typed.
texts = st.text(string.printable.strip(), min_size=1, max_size=20)


@given(st.text(max_size=45))
def test_a_name_is_a_label_of_35(text):
    try:
        name = HarborName.parse(PLACE, text)
    except Failure as failure:
        assert failure.code is Code.NAME_INVALID
        return
    assert type(name.name) is str
    assert len(f"{name.name}-harbor-harbor-core-tokencert") <= 64
    assert len(name.name) <= LONGEST


@given(names)
def test_good_names(name):
    assert str(HarborName.parse(PLACE, name)) == f"home.team-a.{name}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("0.1", Fraction(1, 10)), ("500m", Fraction(1, 2)), ("2Gi", 2 << 30), ("0.25G", 250_000_000),
        ("1e3", 1000), ("1k", 1000), (".5", Fraction(1, 2)), ("3.", 3), ("1n", Fraction(1, 10**9)), ("2Ei", 2 << 60),
    ],
)  # fmt: skip
def test_amounts(text, value):
    assert parse_quantity(text) == value


@given(st.text(string.printable, max_size=12))
def test_no_text_breaks_the_reader_of_amounts(text):
    try:
        assert parse_quantity(text) >= 0
    except Failure as failure:
        assert failure.code is Code.INVALID_FIELD


@given(st.fractions(0, 10**6, max_denominator=1000))
def test_written_amounts_are_read_again(amount):
    assert amount <= parse_quantity(cores(amount)) <= amount + Fraction(1, 1000)
    assert parse_quantity(bytes_of(Fraction(int(amount)))) == int(amount)


@given(passwords)
def test_a_password_the_registry_accepts_is_itself_in_yaml(password):
    assume(password)
    if s3_fault(password) is None:
        assert yaml.load(password, yaml.BaseLoader) == password
        assert yaml.safe_load(password) is not None
        assert redis_fault(password) is None


@given(st.text(string.ascii_letters + string.digits + "._~-", min_size=8).map(lambda text: f"A{text}"))
def test_plain_passwords_are_never_refused(password):
    assert postgres_fault(password) is redis_fault(password) is s3_fault(password) is None


@pytest.mark.parametrize(
    ("fault", "password", "character", "component"),
    [
        (postgres_fault, "it's", "'", "core"),
        (postgres_fault, "a b", "U+0020", "core"),
        (postgres_fault, "a\\b", "\\", "core"),
        (postgres_fault, 'a"b', '"', "core"),
        (redis_fault, "a b", "U+0020", "core"),
        (redis_fault, "*ab", "* (at the start)", "registry"),
        (redis_fault, "ab:", ": (at the end)", "registry"),
        (s3_fault, "null", "null", "registry"),
        (s3_fault, "%ab", "% (at the start)", "registry"),
    ],
)
def test_what_breaks_is_named(fault, password, character, component):
    found = fault(password)
    assert (found.character, found.component) == (character, component)


@given(texts, texts, st.text(string.ascii_letters, min_size=1), st.integers(1, 65535))
def test_what_a_job_is_told_is_what_was_meant(user, password, host, port):
    address = Address(host.lower(), port)
    postgres = PostgresTarget(address=address, username=user, password=password, database="hb-core")
    assert parse_target(url_of(postgres)) == postgres
    redis = RedisTarget(addresses=(address, address), sentinel_master="main", password=password)
    assert parse_target(url_of(redis)) == redis
    s3 = S3Target(
        bucket="images",
        endpoint=f"http://{host.lower()}:{port}",
        access_key=user,
        secret_key=password,
        create=True,
    )
    assert parse_target(url_of(s3)) == s3


@pytest.mark.parametrize(
    "text",
    ["", "db:5432", "http://db", "postgres://", "postgres://u:p@db", "postgres://a,b", "postgres://db/other",
     "postgres://db:0", "postgres://db:x", "postgres://[::1"],
)  # fmt: skip
def test_no_address_of_postgresql(text):
    with pytest.raises(Failure) as failure:
        postgres_end(text, "harbor", "pass")
    assert failure.value.facts["field"].startswith("spec.database.externalSpec")


@given(st.text(string.printable, max_size=40))
def test_no_text_breaks_the_reader_of_addresses(text):
    for parse in (postgres_end, redis_end):
        try:
            parse(text, "default", "pass")
        except Failure as failure:
            assert failure.code is Code.INVALID_FIELD


def test_a_prefix_stands_before_the_name_of_the_database():
    assert postgres_end("postgres://db?prefix=hb-", "harbor", "p").database == "hb-core"


@pytest.mark.parametrize(
    ("expose", "url", "port"),
    [
        (INGRESS, "http://harbor.example", 0),
        (
            Expose(mode=ExposeMode.INGRESS, external_url="HTTP://Harbor.Example:8080/"),
            "http://harbor.example:8080",
            0,
        ),
        (
            Expose(mode=ExposeMode.NODE_PORT, external_url="http://10.0.0.1:30443"),
            "http://10.0.0.1:30443",
            30443,
        ),
        (
            Expose(mode=ExposeMode.NODE_PORT, external_url="http://n", node_port=30001),
            "http://n:30001",
            30001,
        ),
        (Expose(mode=ExposeMode.LOAD_BALANCE, external_url="http://[fd00::1]"), "http://[fd00::1]", 0),
    ],
)
def test_where_it_is_reached(expose, url, port):
    found = checked_expose(expose)
    assert (found.external_url, found.node_port) == (url, port)
    assert checked_expose(found) == found


@given(st.integers(1, 9), st.booleans(), st.booleans(), st.integers(1, 4000))
def test_the_need_is_the_sum_of_all_containers(replicas, trivy, metrics, millicores):
    one = spec(
        replicas=replicas, trivy=trivy, metrics=metrics, resources=Resources(limits={"cpu": f"{millicores}m"})
    )
    found = need(one)
    containers = (5 + trivy) * replicas + metrics
    assert found["requests.cpu"] == found["limits.cpu"] == Fraction(millicores, 1000) * containers
    assert found["pods"] == (4 + trivy) * replicas + metrics
    plain = base_need(Fraction(millicores, 1000), Fraction(0), replicas)
    assert plain["requests.cpu"] <= found["requests.cpu"]


def _quota(hard, used=None, **more):
    return {
        "metadata": {"name": "q"},
        "spec": {"hard": hard, **more},
        "status": {"hard": hard, "used": used or {}},
    }


def test_quotas():
    one = need(spec(resources=Resources(requests={"cpu": "1"})))
    assert quota_faults(one, [_quota({"requests.cpu": "5", "pods": "4"})]) == []
    assert quota_faults(one, [_quota({"cpu": "5"}, {"cpu": "500m"})]) == [
        Lack("q", "requests.cpu", "5", "4500m")
    ]
    assert quota_faults(one, [_quota({"limits.memory": "1Gi"})]) == [Unset("q", "limits.memory")]
    assert quota_faults(one, [_quota({"cpu": "1"}, scopes=["BestEffort"])]) == []
    volume = need(spec(storage=VOLUME))
    name = "fast.storageclass.storage.k8s.io/requests.storage"
    assert quota_faults(volume, [_quota({name: "5Gi"})]) == [Lack("q", name, "10Gi", "5Gi")]


def test_what_is_left_out_of_a_change_stays():
    one = spec(trivy=True)
    assert Change().over(one) == one
    assert Change(trivy=False, replicas=3).over(one) == msgspec.structs.replace(one, trivy=False, replicas=3)


def test_a_kept_password_goes_nowhere_else():
    one = spec()
    moved = Change(cache=msgspec.structs.replace(one.cache, address="redis://evil"))
    assert moved.secrets_over(SECRETS, one).cache == ""
    assert Change().secrets_over(SECRETS, one) == SECRETS
    assert Change(secrets=Secrets(admin="New-pass1", storage="s")).secrets_over(
        SECRETS, one
    ) == msgspec.structs.replace(SECRETS, storage="s")


@pytest.mark.parametrize(
    ("old", "new", "good"), [("2.5.6", "2.6.4", True), ("2.6.4", "2.6.4", True), ("2.6.4", "2.6.3", False)]
)
def test_versions_go_up(old, new, good):
    change = spec(version=old), spec(version=new)
    if good:
        check_change(*change)
    else:
        with pytest.raises(Failure):
            check_change(*change)
