"""Where the S3 store is and who we are there."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from kangaroo.base.errors import Code, Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Settings:
    """Without keys the AWS credential chain is asked; without an endpoint it is AWS itself."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    redirect: bool = True

    @classmethod
    def parse(cls, url: str, *, access_key: str = "", secret_key: str = "", redirect: bool = True) -> Self:
        """From `s3://bucket/prefix?endpoint=http://host:9000&region=us-east-1`."""
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        if parts.scheme != "s3" or not parts.netloc or options.keys() - {"endpoint", "region"}:
            reason = "write s3://bucket/prefix?endpoint=http://host:9000&region=us-east-1"
            raise Failure(Code.INVALID_FIELD, field="storage_url", reason=reason)
        return cls(
            bucket=parts.netloc,
            prefix=parts.path.strip("/"),
            endpoint=options.get("endpoint"),
            region=options.get("region"),
            access_key=access_key or None,
            secret_key=secret_key or None,
            redirect=redirect,
        )
