"""The few requests we make to S3, below one prefix of one bucket.

The server must honour `If-Match` on PUT: AWS, MinIO, Ceph and R2 do. Give the bucket a lifecycle rule that
aborts incomplete multipart uploads after some days: a process killed in the wrong moment leaves one behind.
"""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from kangaroo.base.clock import SECOND
from kangaroo.store.content.contract import Listed
from kangaroo.store.content.s3_errors import border
from kangaroo.store.content.s3_settings import S3Settings

BLOBS = "blobs/"
_LINK_SECONDS = 15 * 60
_INLINE = 64 << 10


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart upload, as S3 confirmed it."""

    number: int
    etag: str
    size: int


@dataclass(frozen=True, slots=True)
class Head:
    size: int
    metadata: dict[str, str]


class Body:
    """The answer to one GET; `etag` is what a conditional PUT compares."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._stream = answer["Body"]
        self.size: int = answer["ContentLength"]
        self.etag: str = answer["ETag"]

    async def read(self, limit: int | None = None) -> bytes:
        """What has arrived, at most `limit` bytes, empty at the end; everything if there is no limit."""
        with border():
            piece: bytes = await self._stream.read(limit)
        return piece

    def close(self) -> None:
        self._stream.close()


class Bucket:
    """Keys are relative to the prefix. Failures: see `s3_errors.border`."""

    def __init__(self, settings: S3Settings) -> None:
        self._settings = settings
        self._prefix = f"{settings.prefix}/" if settings.prefix else ""
        self._entered = AsyncExitStack()
        self._entering = asyncio.Lock()
        self._client: Any = None

    async def get(self, key: str, start: int = 0, end: int | None = None) -> Body:
        """The bytes `[start, end)`."""
        part = {} if end is None else {"Range": f"bytes={start}-{end - 1}"}
        return Body(await self._call("get_object", key, **part))

    async def head(self, key: str) -> Head:
        answer = await self._call("head_object", key)
        return Head(answer["ContentLength"], answer["Metadata"])

    async def put(self, key: str, content: bytes, **options: Any) -> str:
        """With the options IfMatch, IfNoneMatch and Metadata of PutObject; returns the ETag."""
        answer = await self._call("put_object", key, Body=content, ContentMD5=await _md5(content), **options)
        etag: str = answer["ETag"]
        return etag

    async def delete(self, key: str) -> None:
        await self._call("delete_object", key)

    async def list(self, folder: str) -> AsyncIterator[Listed]:
        """The keys below a folder, named relative to it."""
        client = await self._connected()
        below = self._prefix + folder
        where: dict[str, str] = {"Bucket": self._settings.bucket, "Prefix": below}
        while True:
            with border():
                page = await client.list_objects_v2(**where)
            for entry in page.get("Contents", []):
                modified = int(entry["LastModified"].timestamp() * SECOND)
                yield Listed(entry["Key"].removeprefix(below), entry["Size"], modified)
            if not page["IsTruncated"]:
                return
            where["ContinuationToken"] = page["NextContinuationToken"]

    async def link(self, key: str, media_type: str) -> str:
        """Where anybody may download the object for a quarter of an hour."""
        client = await self._connected()
        what = {"Bucket": self._settings.bucket, "Key": self._prefix + key, "ResponseContentType": media_type}
        with border():
            url: str = await client.generate_presigned_url("get_object", Params=what, ExpiresIn=_LINK_SECONDS)
        return url

    async def begin(self, key: str) -> str:
        """A new multipart upload; returns its id."""
        answer = await self._call("create_multipart_upload", key)
        upload_id: str = answer["UploadId"]
        return upload_id

    async def part(self, key: str, upload_id: str, number: int, content: bytes | bytearray) -> Part:
        what = {"UploadId": upload_id, "PartNumber": number, "ContentMD5": await _md5(content)}
        answer = await self._call("upload_part", key, Body=content, **what)
        return Part(number, answer["ETag"], len(content))

    async def copy_part(self, key: str, upload_id: str, number: int, source: tuple[str, int, int]) -> Part:
        """`source` is another key and the range `[start, end)` of it, which stays inside S3."""
        from_key, start, end = source
        what = {
            "UploadId": upload_id,
            "PartNumber": number,
            "CopySource": {"Bucket": self._settings.bucket, "Key": self._prefix + from_key},
            "CopySourceRange": f"bytes={start}-{end - 1}",
        }
        answer = await self._call("upload_part_copy", key, **what)
        return Part(number, answer["CopyPartResult"]["ETag"], end - start)

    async def complete(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        listed = {"Parts": [{"PartNumber": part.number, "ETag": part.etag} for part in parts]}
        await self._call("complete_multipart_upload", key, UploadId=upload_id, MultipartUpload=listed)

    async def abort(self, key: str, upload_id: str) -> None:
        await self._call("abort_multipart_upload", key, UploadId=upload_id)

    async def close(self) -> None:
        await self._entered.aclose()

    async def _call(self, operation: str, key: str, **what: Any) -> dict[str, Any]:
        client = await self._connected()
        with border():
            method = getattr(client, operation)
            answer: dict[str, Any] = await method(
                Bucket=self._settings.bucket, Key=self._prefix + key, **what
            )
        return answer

    async def _connected(self) -> Any:
        """Made on first use: a client belongs to the event loop it was made in."""
        if self._client is None:
            async with self._entering:
                if self._client is None:
                    with border():
                        self._client = await self._entered.enter_async_context(_client(self._settings))
        return self._client


@cache
def _session() -> Any:
    """Shared, because reading the description of the API takes a tenth of a second."""
    return get_session()


def _client(settings: S3Settings) -> Any:
    config = AioConfig(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 4},
        max_pool_connections=64,
        tcp_keepalive=True,
        warm_up_loader_caches=True,
        # Content-MD5 proves what arrived. Not every server knows the newer checksums, and a signature over
        # the payload would hash it once more, in the event loop.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path" if settings.endpoint else "auto", "payload_signing_enabled": False},
    )
    return _session().create_client(
        "s3",
        endpoint_url=settings.endpoint,
        region_name=settings.region or ("us-east-1" if settings.endpoint else None),
        aws_access_key_id=settings.access_key,
        aws_secret_access_key=settings.secret_key,
        config=config,
    )


async def _md5(content: bytes | bytearray) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    if len(content) <= _INLINE:
        digest.update(content)
    else:
        await asyncio.to_thread(digest.update, content)
    return base64.b64encode(digest.digest()).decode()
