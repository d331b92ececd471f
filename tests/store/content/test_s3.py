"""What only the S3 store can do wrong: lost answers, dead writers, refusals; and where it sends clients."""

import asyncio
import threading
import time
import urllib.request
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from kangaroo.base.errors import Code, Failure
from kangaroo.store.content import s3_append, s3_session
from kangaroo.store.content.hashing import Running
from kangaroo.store.content.layout import digest_of
from kangaroo.store.content.s3 import S3Store
from kangaroo.store.content.s3_bucket import Bucket, Part
from kangaroo.store.content.s3_errors import border
from kangaroo.store.content.s3_settings import S3Settings
from tests.contract.content_stores import (  # noqa: F401  a fixture
    BUCKET,
    a_server,
    digest,
    interrupted,
    join,
    pieces,
    random_bytes,
    read,
)

MIB = 1 << 20


@pytest.fixture
def prefix() -> str:
    return uuid.uuid4().hex


@pytest.fixture
async def store(s3_endpoint: str, prefix: str) -> AsyncIterator[S3Store]:
    made = join("s3", s3_endpoint, prefix)
    assert isinstance(made, S3Store)
    yield made
    await made.close()


@pytest.fixture
async def bucket(s3_endpoint: str, prefix: str) -> AsyncIterator[Bucket]:
    """To look at the bucket beside the store."""
    settings = S3Settings(
        bucket=BUCKET, prefix=prefix, endpoint=s3_endpoint, access_key="key", secret_key="secret"
    )
    made = Bucket(settings)
    yield made
    await made.close()


async def upload(store: S3Store, content: bytes) -> None:
    await store.start("upload")
    await store.append("upload", 0, pieces(content))


def failing(code: Code, *, after: bool = False, times: int = 1) -> Any:
    """Replaces a method by one that fails some times: before it does anything, or after it has."""

    def replace(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
        really, left = getattr(owner, name), [times]

        async def method(*args: Any, **kwargs: Any) -> Any:
            answer = await really(*args, **kwargs) if after or not left[0] else None
            if left[0]:
                left[0] -= 1
                raise Failure(code, what="blob storage", reason="a test")
            return answer

        monkeypatch.setattr(owner, name, method)

    return replace


async def test_small_content_is_one_object_under_its_digest(store: S3Store, bucket: Bucket):
    await upload(store, b"content")
    stored = await store.finish("upload", digest(b"content"))
    assert digest_of(stored.location) == digest(b"content")
    assert [found.name async for found in bucket.list("")] == [f"blobs/{stored.location}"]


async def test_large_content_is_one_object_that_was_never_copied(store: S3Store, bucket: Bucket):
    content = random_bytes(9 * MIB)
    await upload(store, content)
    stored = await store.finish("upload", digest(content))
    assert digest_of(stored.location) is None
    assert [found.name async for found in bucket.list("")] == [f"blobs/{stored.location}"]


async def test_prefixes_do_not_see_each_other(store: S3Store, s3_endpoint: str):
    await upload(store, b"content")
    await store.finish("upload", digest(b"content"))
    other = S3Store(
        S3Settings(
            bucket=BUCKET, prefix=uuid.uuid4().hex, endpoint=s3_endpoint, access_key="k", secret_key="s"
        )
    )
    assert [found async for found in other.blobs()] == []
    await other.close()


async def test_redirect(store: S3Store, s3_endpoint: str, prefix: str):
    stored = await store.put(digest(b"content"), b"content")
    url = await store.redirect(stored.location, "application/vnd.oci.image.config.v1+json")
    assert url is not None
    query = parse_qs(urlsplit(url).query)
    assert query["X-Amz-Expires"] == ["900"]
    answer = await asyncio.to_thread(urllib.request.urlopen, url)
    assert answer.headers["Content-Type"] == "application/vnd.oci.image.config.v1+json"
    assert answer.read() == b"content"

    off = S3Store(S3Settings(bucket=BUCKET, prefix=prefix, endpoint=s3_endpoint, redirect=False))
    assert await off.redirect(stored.location, "text/plain") is None
    await off.close()


async def test_abort_aborts_the_multipart_upload(store: S3Store, bucket: Bucket):
    await upload(store, bytes(9 * MIB))
    session = await s3_session.Sessions(bucket).load("upload")
    await store.abort("upload")
    with pytest.raises(Failure) as caught:
        await bucket.abort(session.key, session.multipart)
    assert caught.value.code is Code.NOT_FOUND
    assert [found.name async for found in bucket.list("")] == []


async def test_failed_part_keeps_the_parts_before_it(store: S3Store, monkeypatch: pytest.MonkeyPatch):
    content = random_bytes(30 * MIB)
    really = Bucket.part

    async def second_fails(self: Bucket, key: str, upload_id: str, number: int, content: bytes) -> Part:
        if number == 2:
            raise Failure(Code.UNAVAILABLE, what="blob storage", reason="a test")
        return await really(self, key, upload_id, number, content)

    await store.start("upload")
    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "part", second_fails)
        with pytest.raises(Failure) as caught:
            await store.append("upload", 0, pieces(content))
    assert caught.value.code is Code.UNAVAILABLE
    assert await store.size("upload") == 8 * MIB
    await store.append("upload", 8 * MIB, pieces(content[8 * MIB :]))
    stored = await store.finish("upload", digest(content))
    assert await read(store, stored.location) == content


async def test_saves_progress_while_receiving(store: S3Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(s3_append, "RESERVE", 1)
    content = random_bytes(40 * MIB)
    await store.start("upload")
    await store.append("upload", 0, pieces(content[: 3 * MIB]))
    go_on = asyncio.Event()

    async def halting() -> AsyncIterator[bytes]:
        async for piece in pieces(content[3 * MIB :]):
            yield piece
        await go_on.wait()

    request = asyncio.create_task(store.append("upload", 3 * MIB, halting()))
    async with asyncio.timeout(30):
        while await store.size("upload") < 16 * MIB:
            await asyncio.sleep(0.02)
    go_on.set()
    assert await request == 40 * MIB
    assert (await store.finish("upload", digest(content))).size == 40 * MIB


async def test_cancelled_while_hashing(store: S3Store, monkeypatch: pytest.MonkeyPatch):
    """The bytes of a part are in the upload, whatever the request was doing with them."""
    content = random_bytes(9 * MIB)
    really, hashing = Running.update, threading.Event()

    def slowly(self: Running, data: bytes | bytearray | memoryview) -> None:
        hashing.set()
        time.sleep(0.2)
        really(self, data)

    await store.start("upload")
    monkeypatch.setattr(Running, "update", slowly)
    request = asyncio.create_task(store.append("upload", 0, pieces(content)))
    await asyncio.to_thread(hashing.wait)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    size = await store.size("upload")
    assert size >= 8 * MIB
    await store.append("upload", size, pieces(content[size:]))
    stored = await store.finish("upload", digest(content))
    assert await read(store, stored.location) == content


async def test_more_parts_than_s3_takes(store: S3Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(s3_append, "LAST", 2)
    await store.start("upload")
    with pytest.raises(Failure) as caught:
        await store.append("upload", 0, pieces(bytes(30 * MIB)))
    assert caught.value.code is Code.TOO_LARGE


async def test_answer_to_a_save_gets_lost(store: S3Store, monkeypatch: pytest.MonkeyPatch):
    """The client library sends it again, and this time somebody, we ourselves, was faster."""
    await store.start("upload")
    with monkeypatch.context() as patch:
        failing(Code.PRECONDITION, after=True)(patch, Bucket, "put")
        assert await store.append("upload", 0, pieces(b"content")) == 7
    assert await store.append("upload", 7, pieces(b"!")) == 8
    assert (await store.finish("upload", digest(b"content!"))).size == 8


async def test_answer_to_a_complete_gets_lost(store: S3Store, monkeypatch: pytest.MonkeyPatch):
    content = random_bytes(9 * MIB)
    await upload(store, content)
    failing(Code.UNAVAILABLE, after=True)(monkeypatch, Bucket, "complete")
    stored = await store.finish("upload", digest(content))
    assert await read(store, stored.location) == content


async def test_finish_that_died_half_way_is_repeated(store: S3Store, monkeypatch: pytest.MonkeyPatch):
    content = random_bytes(16 * MIB)
    await upload(store, content)
    with monkeypatch.context() as patch:
        failing(Code.UNAVAILABLE)(patch, s3_session.Sessions, "save")
        with pytest.raises(Failure) as caught:
            await store.finish("upload", digest(content))
    assert caught.value.code is Code.UNAVAILABLE
    stored = await store.finish("upload", digest(content))
    assert await read(store, stored.location) == content


async def test_finished_session_that_could_not_be_removed(store: S3Store, monkeypatch: pytest.MonkeyPatch):
    content = random_bytes(9 * MIB)
    await upload(store, content)
    with monkeypatch.context() as patch:
        failing(Code.UNAVAILABLE)(patch, Bucket, "delete")
        stored = await store.finish("upload", digest(content))
    for refused in (store.size("upload"), store.append("upload", 9 * MIB, pieces(b"x"))):
        with pytest.raises(Failure) as caught:
            await refused
        assert caught.value.code is Code.UPLOAD_UNKNOWN
    assert [found.name async for found in store.uploads()] == ["upload"]
    await store.abort("upload")
    assert [found.name async for found in store.uploads()] == []
    assert await read(store, stored.location) == content


async def test_interrupted_append_while_s3_is_down(store: S3Store, monkeypatch: pytest.MonkeyPatch):
    await store.start("upload")
    with monkeypatch.context() as patch:
        failing(Code.UNAVAILABLE, times=9)(patch, Bucket, "put")
        with pytest.raises(ConnectionResetError):
            await store.append("upload", 0, interrupted(b"content"))
    assert await store.size("upload") == 0


async def test_missing_bucket(s3_endpoint: str):
    store = S3Store(S3Settings(bucket="nowhere", endpoint=s3_endpoint, access_key="k", secret_key="s"))
    with pytest.raises(Failure) as caught:
        await store.check()
    assert caught.value.code is Code.UNAVAILABLE
    assert "NoSuchBucket" in caught.value.message()
    await store.close()


def refusal(status: int, code: str) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "because"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "PutObject")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (refusal(404, "NoSuchKey"), Code.NOT_FOUND, ""),
        (refusal(404, "NoSuchUpload"), Code.NOT_FOUND, ""),
        (refusal(404, "NoSuchBucket"), Code.UNAVAILABLE, "NoSuchBucket"),
        (refusal(412, "PreconditionFailed"), Code.PRECONDITION, ""),
        (refusal(409, "ConditionalRequestConflict"), Code.PRECONDITION, ""),
        (refusal(400, "InvalidPart"), Code.UPLOAD_INVALID, "because"),
        (refusal(403, "AccessDenied"), Code.UNAVAILABLE, "s3:PutObject"),
        (refusal(403, "SignatureDoesNotMatch"), Code.UNAVAILABLE, "SignatureDoesNotMatch"),
        (refusal(503, "SlowDown"), Code.UNAVAILABLE, "SlowDown"),
        (refusal(507, "XMinioStorageFull"), Code.STORAGE_FULL, ""),
        (NoCredentialsError(), Code.UNAVAILABLE, "credentials"),
        (aiohttp.ClientPayloadError("cut"), Code.UNAVAILABLE, "cut"),
        (TimeoutError(), Code.UNAVAILABLE, "TimeoutError"),
        (ConnectionResetError("reset"), Code.UNAVAILABLE, "reset"),
    ],
)
def test_border(error: Exception, code: Code, words: str):
    with pytest.raises(Failure) as caught, border():
        raise error
    assert caught.value.code is code
    assert words in caught.value.message()


async def test_unreachable_server():
    store = S3Store(S3Settings(bucket="any", endpoint="http://127.0.0.1:1", access_key="k", secret_key="s"))
    with pytest.raises(Failure) as caught:
        await store.open(f"data/{'0' * 32}")
    assert caught.value.code is Code.UNAVAILABLE
    await store.close()


class TestSettings:
    def test_parse(self):
        url = "s3://images/team/a/?endpoint=http://minio:9000&region=eu-north-1"
        settings = S3Settings.parse(url, access_key="key", secret_key="secret", redirect=False)
        assert settings == S3Settings(
            bucket="images",
            prefix="team/a",
            endpoint="http://minio:9000",
            region="eu-north-1",
            access_key="key",
            secret_key="secret",
            redirect=False,
        )
        assert "secret" not in repr(settings).replace("secret_key", "")

    def test_the_bucket_is_enough(self):
        assert S3Settings.parse("s3://images") == S3Settings(bucket="images")

    @pytest.mark.parametrize("url", ["https://images", "s3:///prefix", "s3://images?regoin=x", ""])
    def test_invalid(self, url: str):
        with pytest.raises(Failure) as caught:
            S3Settings.parse(url)
        assert caught.value.code is Code.INVALID_FIELD
