"""What a Harbor needs, asked step by step: real servers, each broken in one way, named by the step that finds it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from kangaroo.base.addresses import AddressPolicy
from kangaroo.base.reasons import Reason
from kangaroo.remote.dependencies.addresses import parse_postgres, parse_redis, parse_s3
from kangaroo.remote.dependencies.contract import (
    Address,
    PostgresTarget,
    RedisTarget,
    Row,
    S3Target,
    Target,
)
from kangaroo.remote.dependencies.postgres import PostgresProber
from kangaroo.remote.dependencies.probes import Probes
from kangaroo.remote.dependencies.redis import RedisProber
from kangaroo.remote.dependencies.s3 import S3Prober
from tests.remote.authority import Authority
from tests.remote.dependency_servers import (
    PASSWORD,
    USER,
    Postgres,
    a_postgres,
    a_redis,
    a_server,
    redis_running,
)
from tests.remote.serving import free_port, served

__all__ = ["a_postgres", "a_redis", "a_server"]


async def probed(target: Target, *, denied: str = "") -> list[Row]:
    policy = AddressPolicy.parse([denied])
    return await Probes(PostgresProber(policy), RedisProber(policy), S3Prober(policy)).probe(target)


def steps(rows: list[Row]) -> str:
    """`DNS TCP LOGIN:UNAUTHORIZED`"""
    return " ".join(row.step + (f":{row.reason.name}" if row.reason else "") for row in rows)


def told(rows: list[Row]) -> None:
    """A broken row says what is wrong and what to do, in both languages."""
    for language in ("en", "zh"):
        assert rows[-1].message(language)
        assert rows[-1].remedy(language)
    assert PASSWORD not in "".join(row.message() + row.remedy() for row in rows)


class TestAnyOfThem:
    @pytest.fixture(params=["postgres", "redis", "s3"])
    def target(self, request: pytest.FixtureRequest):
        def make(host: str, port: int) -> Target:
            if request.param == "postgres":
                return PostgresTarget(address=Address(host, port), username=USER)
            if request.param == "redis":
                return RedisTarget(addresses=(Address(host, port),))
            return S3Target(bucket="harbor", endpoint=f"http://{host}:{port}")

        return make

    async def test_an_unknown_name(self, target):
        rows = await probed(target("nowhere.invalid", 1))
        assert steps(rows) == "DNS:DNS_NOT_FOUND"
        told(rows)

    async def test_nobody_listens(self, target):
        rows = await probed(target("127.0.0.1", free_port()))
        assert steps(rows) == "DNS TCP:CONNECTION_REFUSED"
        told(rows)

    async def test_an_address_that_must_not_be_reached(self, target):
        rows = await probed(target("127.0.0.1", 80), denied="127.0.0.0/8")
        assert steps(rows) == "DNS TCP:ADDRESS_FORBIDDEN"
        told(rows)

    async def test_the_metadata_service_of_a_cloud(self, target):
        assert steps(await probed(target("169.254.169.254", 80))) == "DNS TCP:ADDRESS_FORBIDDEN"


class TestPostgres:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("?sslmode=disable", "DNS TCP LOGIN DATABASE PERMISSION"),
            ("", "DNS TCP TLS LOGIN DATABASE PERMISSION"),
            ("?sslmode=require&prefix=hb-", "DNS TCP TLS LOGIN DATABASE PERMISSION"),
            ("?sslmode=verify-full", "DNS TCP TLS:TLS_UNKNOWN_CA"),
            ("?prefix=other-", "DNS TCP TLS LOGIN DATABASE:DATABASE_MISSING"),
        ],
    )
    async def test_ways_to_connect(self, postgres: Postgres, query: str, expected: str):
        rows = await probed(parse_postgres(postgres.url + query))
        assert steps(rows) == expected
        if rows[-1].reason:
            told(rows)

    async def test_it_says_what_it_saw(self, postgres: Postgres):
        seen = {row.step: row.seen for row in await probed(parse_postgres(postgres.url))}
        assert seen["DNS"] == "127.0.0.1"
        assert seen["TLS"] == "TLSv1.3"
        assert "PostgreSQL" in seen["DATABASE"]

    async def test_the_full_check_of_a_certificate(self, postgres: Postgres):
        target = parse_postgres(postgres.url + "?sslmode=verify-full", authorities=postgres.authority.pem)
        assert steps(await probed(target)) == "DNS TCP TLS LOGIN DATABASE PERMISSION"

    async def test_a_certificate_for_another_name(self, postgres: Postgres):
        url = postgres.url.replace("127.0.0.1", "localhost") + "?sslmode=verify-full"
        rows = await probed(parse_postgres(url, authorities=postgres.authority.pem))
        assert steps(rows) == "DNS TCP TLS:TLS_NAME_MISMATCH"
        assert "127.0.0.1" in rows[-1].message()

    async def test_a_wrong_password(self, postgres: Postgres):
        rows = await probed(parse_postgres(postgres.url, password="wrong"))
        assert steps(rows) == "DNS TCP TLS LOGIN:UNAUTHORIZED"
        told(rows)

    async def test_a_user_nobody_lets_in(self, postgres: Postgres):
        rows = await probed(parse_postgres(postgres.url, "stranger", PASSWORD))
        assert steps(rows) == "DNS TCP TLS LOGIN:FORBIDDEN"

    async def test_tls_is_demanded(self, postgres: Postgres):
        rows = await probed(parse_postgres(postgres.url + "?sslmode=disable", "onlytls"))
        assert steps(rows) == "DNS TCP LOGIN:TLS_REQUIRED"
        told(rows)

    async def test_tls_is_not_offered(self, postgres: Postgres, no_tls: None):
        rows = await probed(parse_postgres(postgres.url + "?sslmode=require"))
        assert steps(rows) == "DNS TCP TLS:TLS_NOT_OFFERED"
        told(rows)
        assert steps(await probed(parse_postgres(postgres.url))).endswith("PERMISSION")

    @pytest.fixture
    def no_tls(self, postgres: Postgres) -> Iterator[None]:
        postgres.offer_tls("off")
        yield
        postgres.offer_tls("on")

    async def test_no_table_may_be_made(self, postgres: Postgres):
        rows = await probed(parse_postgres(postgres.url, "reader", PASSWORD))
        assert steps(rows) == "DNS TCP TLS LOGIN DATABASE PERMISSION:FORBIDDEN"
        assert "schema public" in rows[-1].message()

    async def test_a_database_that_only_reads(self, postgres: Postgres):
        postgres.run("ALTER DATABASE core SET default_transaction_read_only = on")
        try:
            rows = await probed(parse_postgres(postgres.url))
        finally:
            postgres.run("ALTER DATABASE core RESET default_transaction_read_only")
        assert steps(rows).endswith("PERMISSION:READ_ONLY")
        told(rows)

    async def test_nothing_stays_behind(self, postgres: Postgres):
        await probed(parse_postgres(postgres.url))
        postgres.run(
            "DO $$BEGIN ASSERT NOT EXISTS (SELECT FROM pg_tables WHERE tablename LIKE 'kangaroo%'); END$$",
            database="core",
        )

    async def test_another_service(self, redis_server: str):
        port = redis_server.rpartition(":")[2]
        target = parse_postgres(f"postgres://u@127.0.0.1:{port}?sslmode=disable")
        rows = await PostgresProber(AddressPolicy(), seconds=0.3).probe(target)
        assert steps(rows) == "DNS TCP LOGIN:TIMEOUT"


class TestRedis:
    async def test_a_good_one(self, redis_server: str):
        rows = await probed(parse_redis(redis_server))
        assert steps(rows) == "DNS TCP LOGIN MODE DATABASE PERMISSION"
        assert rows[3].seen.startswith("standalone (Redis ")

    @pytest.mark.parametrize("password", ["", "wrong"])
    async def test_a_wrong_password(self, redis_server: str, password: str):
        url = redis_server.replace(PASSWORD, password)
        rows = await probed(parse_redis(url))
        assert steps(rows) == "DNS TCP LOGIN:UNAUTHORIZED"
        told(rows)

    async def test_redis_cluster_is_refused(self, tmp_path: Path):
        with redis_running(tmp_path, "--cluster-enabled", "yes") as port:
            rows = await probed(parse_redis(f"redis://127.0.0.1:{port}"))
        assert steps(rows) == "DNS TCP LOGIN MODE:REDIS_CLUSTER"
        told(rows)

    async def test_too_few_databases(self, tmp_path: Path):
        with redis_running(tmp_path, "--databases", "4") as port:
            rows = await probed(parse_redis(f"redis://127.0.0.1:{port}"))
        assert steps(rows) == "DNS TCP LOGIN MODE DATABASE:DATABASES_TOO_FEW"
        told(rows)

    async def test_a_replica(self, tmp_path: Path):
        with redis_running(tmp_path, "--replicaof", "127.0.0.1 1") as port:
            rows = await probed(parse_redis(f"redis://127.0.0.1:{port}"))
        assert steps(rows) == "DNS TCP LOGIN MODE:READ_ONLY"
        told(rows)

    async def test_a_user_who_may_not_write(self, tmp_path: Path):
        acl = ("--user", "harbor", "on", f">{PASSWORD}", "~*", "+@all", "-setex")
        with redis_running(tmp_path, *acl) as port:
            rows = await probed(parse_redis(f"redis://harbor:{PASSWORD}@127.0.0.1:{port}"))
        assert steps(rows) == "DNS TCP LOGIN MODE DATABASE PERMISSION:FORBIDDEN"
        assert "setex" in rows[-1].message()

    async def test_one_that_speaks_tls_only(self, tmp_path: Path):
        issued = Authority(tmp_path).issue("127.0.0.1")
        port = free_port()
        tls = ("--tls-port", str(port), "--tls-auth-clients", "no")
        files = ("--tls-cert-file", str(issued.certificate), "--tls-key-file", str(issued.key))
        trust = ("--tls-ca-cert-file", str(issued.certificate))
        with redis_running(tmp_path, *tls, *files, *trust):
            rows = await probed(parse_redis(f"redis://127.0.0.1:{port}"))
        assert steps(rows) == "DNS TCP LOGIN:TLS_REQUIRED"
        told(rows)

    async def test_another_service(self):
        async with served(web.Application()) as url:
            rows = await probed(parse_redis(url.replace("http", "redis")))
        assert steps(rows) == "DNS TCP LOGIN:WRONG_SERVICE"
        told(rows)

    async def test_by_way_of_sentinels(self, tmp_path: Path):
        with sentinel_and_master(tmp_path) as (sentinel, master):
            places = f"127.0.0.1:{free_port()},127.0.0.1:{sentinel}"
            rows = await probed(parse_redis(f"redis+sentinel://{places}?sentinelMasterId=mymaster"))
            assert steps(rows) == "DNS TCP SENTINEL DNS TCP LOGIN MODE DATABASE PERMISSION"
            assert rows[2].seen == f"mymaster = 127.0.0.1:{master}"
            rows = await probed(parse_redis(f"redis+sentinel://{places}?sentinelMasterId=other"))
            assert steps(rows) == "DNS TCP SENTINEL:NO_MASTER"
            told(rows)


@contextmanager
def sentinel_and_master(folder: Path) -> Iterator[tuple[int, int]]:
    (folder / "master").mkdir()
    (folder / "sentinel").mkdir()
    with redis_running(folder / "master") as master:
        watched = f"sentinel monitor mymaster 127.0.0.1 {master} 1\n"
        with redis_running(folder / "sentinel", sentinel=watched) as sentinel:
            yield sentinel, master


class TestS3:
    async def test_a_good_one(self, s3_endpoint: str):
        rows = await probed(target := parse_s3(f"s3://kangaroo?endpoint={s3_endpoint}", "key", "secret"))
        assert steps(rows) == "DNS TCP LOGIN BUCKET PERMISSION"
        assert steps(await probed(target)) == "DNS TCP LOGIN BUCKET PERMISSION"

    async def test_a_missing_bucket_is_named_or_made(self, s3_endpoint: str):
        url = f"s3://made-by-a-probe?endpoint={s3_endpoint}"
        rows = await probed(parse_s3(url, "key", "secret"))
        assert steps(rows) == "DNS TCP LOGIN BUCKET:BUCKET_MISSING"
        told(rows)
        rows = await probed(parse_s3(url, "key", "secret", create=True))
        assert rows[3].seen == "+ made-by-a-probe"
        rows = await probed(parse_s3(url, "key", "secret", create=True))
        assert rows[3].seen == "made-by-a-probe"

    async def test_a_bucket_in_another_region(self, s3_endpoint: str):
        url = f"s3://far-away?endpoint={s3_endpoint}&region=eu-west-1"
        assert (await probed(parse_s3(url, "key", "secret", create=True)))[-1].ok

    async def test_https_and_http_are_not_mixed_up(self, s3_endpoint: str):
        url = f"s3://kangaroo?endpoint={s3_endpoint.replace('http', 'https')}"
        rows = await probed(parse_s3(url, "key", "secret"))
        assert steps(rows) == "DNS TCP TLS:PROTOCOL"
        told(rows)

    @pytest.mark.parametrize(
        ("status", "code", "expected"),
        [
            (403, "InvalidAccessKeyId", "LOGIN:UNAUTHORIZED"),
            (403, "SignatureDoesNotMatch", "LOGIN:UNAUTHORIZED"),
            (403, "AccessDenied", "LOGIN BUCKET:FORBIDDEN"),
            (301, "PermanentRedirect", "LOGIN BUCKET:BAD_ANSWER"),
            (503, "SlowDown", "LOGIN BUCKET:SERVER_ERROR"),
        ],
    )
    async def test_refusals(self, status: int, code: str, expected: str):
        async def refuse(request: web.Request) -> web.Response:
            text = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
            return web.Response(status=status, text=text, content_type="application/xml")

        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", refuse)
        async with served(app) as url:
            rows = await probed(parse_s3(f"s3://kangaroo?endpoint={url}", "key", "secret"))
        assert steps(rows) == f"DNS TCP {expected}"
        told(rows)

    async def test_the_certificate_is_looked_at(self, tmp_path: Path):
        authority = Authority(tmp_path)
        async with served(web.Application(), authority.issue("127.0.0.1").context()) as url:
            rows = await probed(parse_s3(f"s3://kangaroo?endpoint={url}", "key", "secret"))
            assert steps(rows) == "DNS TCP TLS:TLS_UNKNOWN_CA"
            trusting = S3Target(bucket="kangaroo", endpoint=url, authorities=authority.pem)
            rows = await probed(trusting)
            assert steps(rows).startswith("DNS TCP TLS LOGIN")

    async def test_a_silent_server_is_not_waited_for(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            url = f"s3://kangaroo?endpoint=http://127.0.0.1:{silent.getsockname()[1]}"
            rows = await S3Prober(AddressPolicy(), seconds=0.3).probe(parse_s3(url, "key", "secret"))
        assert rows[-1].reason is Reason.TIMEOUT
