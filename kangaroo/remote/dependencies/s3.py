"""Whether a bucket can be used: name, port, TLS, keys, the bucket (made, if asked for), writing and deleting in it.

Never with our own cloud identity: without keys the requests are not signed.
"""

import ssl
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore import UNSIGNED
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    ReadTimeoutError,
)
from botocore.httpsession import get_cert_path
from botocore.parsers import ResponseParserError

from kangaroo.base.addresses import AddressPolicy
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.peer import Peer, unchecked
from kangaroo.remote.dependencies.contract import Address, Row, S3Target, Step
from kangaroo.remote.dependencies.reaching import Place, handshake, reach
from kangaroo.remote.dependencies.walk import Walk, walked

_BAD_KEYS = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "ExpiredToken",
    "InvalidSecurity",
    "RequestTimeTooSkewed",
}
_NO_BUCKET = {"NoSuchBucket", "404"}
_ELSEWHERE = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
_OURS_ALREADY = {"BucketAlreadyOwnedByYou"}
_RIGHTS = {
    "ListObjectsV2": "s3:ListBucket",
    "CreateBucket": "s3:CreateBucket",
    "PutObject": "s3:PutObject",
    "GetObject": "s3:GetObject",
    "DeleteObject": "s3:DeleteObject",
}


class S3Prober:
    """Implements `contract.Prober`. `seconds` is for each request. An object of ours is written and removed again."""

    def __init__(self, addresses: AddressPolicy, seconds: float = 4.0) -> None:
        self._addresses = addresses
        self._seconds = seconds

    async def probe(self, target: S3Target) -> list[Row]:
        async def way(walk: Walk) -> None:
            url = urlsplit(target.endpoint or f"https://s3.{target.region}.amazonaws.com")
            address = Address(url.hostname or "", url.port or (443 if url.scheme == "https" else 80))
            place = await reach(walk, url.scheme, address, self._addresses, self._seconds)
            await _transport(walk, place, target)
            async with _client(place, target) as client:
                await _used(walk, _Bucket(place, target, client))

        return await walked(way)


async def _transport(walk: Walk, place: Place, target: S3Target) -> None:
    """The step TLS; http where https is spoken, and the reverse, is told as such."""
    peer = Peer(place.address.host, place.address.port, place.addresses)
    if place.scheme == "http":
        if await peer.speaks_tls():
            with walk.at(Step.TLS):
                raise place.failure(Reason.PROTOCOL, asked="http", spoken="https")
        return
    with walk.at(Step.TLS) as sight:
        try:
            sight.seen = await handshake(place, _context(place, target))
        except InstanceFailure as failure:
            if failure.reason is Reason.TLS_OTHER and await peer.speaks_http():
                raise place.failure(Reason.PROTOCOL, asked="https", spoken="http") from failure
            raise


async def _used(walk: Walk, bucket: "_Bucket") -> None:
    with walk.at(Step.LOGIN) as sight:
        problem = await bucket.problem()
        if problem is not None and problem.reason is Reason.UNAUTHORIZED:
            raise problem
        sight.seen = bucket.user
    with walk.at(Step.BUCKET) as sight:
        sight.seen = bucket.name
        if problem is not None and problem.reason is Reason.BUCKET_MISSING and bucket.may_be_made:
            await bucket.make()
            sight.seen = f"+ {bucket.name}"
        elif problem is not None:
            raise problem
    with walk.at(Step.PERMISSION) as sight:
        sight.seen = await bucket.try_out()


class _Bucket:
    def __init__(self, place: Place, target: S3Target, client: Any) -> None:
        self._place = place
        self._client = client
        self._region = target.region
        self.name = target.bucket
        self.may_be_made = target.create
        self.user = target.access_key or "anonymous"

    async def problem(self) -> InstanceFailure | None:
        """What a look into the bucket is answered with, if not with its content."""
        try:
            await self._call("list_objects_v2", MaxKeys=1)
        except InstanceFailure as failure:
            return failure
        return None

    async def make(self) -> None:
        where = {} if self._region == "us-east-1" else {"LocationConstraint": self._region}
        await self._call("create_bucket", **({"CreateBucketConfiguration": where} if where else {}))

    async def try_out(self) -> str:
        """Write, read and delete."""
        key = f"kangaroo-probe-{uuid.uuid4().hex}"
        await self._call("put_object", Key=key, Body=b"kangaroo")
        try:
            await self._call("get_object", Key=key)
        finally:
            await self._call("delete_object", Key=key)
        return "PutObject, GetObject, DeleteObject"

    async def _call(self, operation: str, **what: Any) -> None:
        with self._border():
            answer = await getattr(self._client, operation)(Bucket=self.name, **what)
            if "Body" in answer:
                await answer["Body"].read()

    @contextmanager
    def _border(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            refused = self._refusal(error)
            if refused is not None:
                raise refused from error
        except (ConnectTimeoutError, ReadTimeoutError, TimeoutError) as error:
            raise self._place.failure(Reason.TIMEOUT, seconds=f"{self._place.seconds:g}") from error
        except ResponseParserError as error:
            raise self._place.failure(Reason.WRONG_SERVICE, kind="S3", detail=str(error)[:200]) from error
        except (BotoCoreError, aiohttp.ClientError, OSError) as error:
            raise self._place.failure(Reason.CONNECTION_LOST, detail=str(error)[:200]) from error

    def _refusal(self, error: ClientError) -> InstanceFailure | None:
        """None: no refusal at all."""
        code = str(error.response["Error"].get("Code", ""))
        message = str(error.response["Error"].get("Message", ""))[:200]
        status = int(error.response["ResponseMetadata"]["HTTPStatusCode"])
        fail = self._place.failure
        if code in _OURS_ALREADY:
            return None
        if code in _BAD_KEYS:
            return fail(Reason.UNAUTHORIZED, user=self.user)
        if code in _NO_BUCKET:
            return fail(Reason.BUCKET_MISSING, bucket=self.name)
        if code in _ELSEWHERE or status in (301, 307):
            return fail(Reason.BAD_ANSWER, detail=f"{code}: {message} (region {self._region})")
        if status == 403 or code == "BucketAlreadyExists":
            right = _RIGHTS.get(error.operation_name, error.operation_name)
            return fail(Reason.FORBIDDEN, user=self.user, detail=f"{right}: {code} {message}".strip())
        if status >= 500:
            return fail(Reason.SERVER_ERROR, status=status, detail=f"{code}: {message}")
        return fail(Reason.BAD_ANSWER, detail=f"{status} {code}: {message}")


@asynccontextmanager
async def _client(place: Place, target: S3Target) -> AsyncIterator[Any]:
    keyless = not target.access_key
    config = AioConfig(
        signature_version=UNSIGNED if keyless else "s3v4",
        connect_timeout=place.seconds,
        read_timeout=place.seconds,
        retries={"mode": "standard", "total_max_attempts": 1},
        connector_args={"socket_factory": place.addresses.socket},
        proxies={},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path" if target.endpoint else "auto"},
    )
    with _trusted(target) as verify:
        async with get_session().create_client(
            "s3",
            endpoint_url=target.endpoint or None,
            region_name=target.region,
            aws_access_key_id=target.access_key or None,
            aws_secret_access_key=target.secret_key or None,
            verify=verify,
            config=config,
        ) as client:
            client.meta.events.register("before-call.s3", _stay)
            yield client


def _stay(context: dict[str, Any], **_: Any) -> None:
    """Follow no redirect to another region: the client would ask a server that answers so again, without an end."""
    context.setdefault("s3_redirect", {})["redirected"] = True


@contextmanager
def _trusted(target: S3Target) -> Iterator[bool | str]:
    """The client takes authorities from a file only."""
    if target.insecure or not target.authorities:
        yield not target.insecure
        return
    with NamedTemporaryFile("w", suffix=".pem", encoding="ascii") as file:
        known = get_cert_path(True)
        file.write(Path(known).read_text(encoding="utf-8") if known else "")
        file.write("\n" + target.authorities)
        file.flush()
        yield file.name


def _context(place: Place, target: S3Target) -> ssl.SSLContext:
    if target.insecure:
        return unchecked()
    context = ssl.create_default_context()
    if target.authorities:
        try:
            context.load_verify_locations(cadata=target.authorities)
        except ssl.SSLError as error:
            raise place.failure(
                Reason.TLS_OTHER, detail=f"of the authorities given: {error.reason}"
            ) from error
    return context
