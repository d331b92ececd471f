"""What S3 and the way to it can answer, as Failures."""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError

from kangaroo.base.errors import Code, Failure

WHAT = "blob storage"
_MISSING = {"NoSuchKey", "NoSuchUpload", "404"}
_LOST = {"PreconditionFailed", "ConditionalRequestConflict", "412"}
_CHANGED = {"InvalidPart", "InvalidPartOrder"}
_FULL = {"XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "InsufficientStorage"}
_PERMISSIONS = {
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject and s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "DeleteObject": "s3:DeleteObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "UploadPartCopy": "s3:PutObject and s3:GetObject",
}


@contextmanager
def border() -> Iterator[None]:
    """NOT_FOUND: no such key or multipart upload. PRECONDITION: another writer was faster."""
    try:
        yield
    except ClientError as error:
        raise _refusal(error) from error
    except (BotoCoreError, aiohttp.ClientError, OSError) as error:
        raise Failure(Code.UNAVAILABLE, what=WHAT, reason=str(error) or type(error).__name__) from error


@contextmanager
def ignoring(code: Code) -> Iterator[None]:
    """Goes on behind the block when it fails with this code."""
    try:
        yield
    except Failure as failure:
        if failure.code is not code:
            raise


def _refusal(error: ClientError) -> Failure:
    code = error.response["Error"].get("Code", "")
    message = error.response["Error"].get("Message", "")
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if code in _MISSING:
        return Failure(Code.NOT_FOUND, what="object in S3")
    if code in _LOST:
        return Failure(Code.PRECONDITION, reason=message)
    if code in _CHANGED:
        return Failure(Code.UPLOAD_INVALID, reason=message)
    if code in _FULL or status == 507:
        return Failure(Code.STORAGE_FULL, what=WHAT)
    reason = f"S3 answers {status} {code}: {message}"
    if status == 403:
        needed = _PERMISSIONS.get(error.operation_name, "s3:PutObject")
        reason = f"S3 refuses {error.operation_name} ({code}); check the keys, and that they grant {needed}"
    return Failure(Code.UNAVAILABLE, what=WHAT, reason=reason)
