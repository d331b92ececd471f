"""HTML as an answer: compressed for who takes it, kept by nobody, and nothing in it may come from elsewhere."""

import gzip

from litestar import Response

_LEVEL = 5
_SHORT = 1024  # bytes that are not worth compressing
# No inline script, no inline style, nothing from other hosts.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SAFETY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
    "Vary": "Accept-Encoding, Accept-Language, Cookie, HX-Request, HX-Target",
}


def page_answer(
    html: str, accepted: str, status: int = 200, headers: dict[str, str] | None = None
) -> Response[bytes]:
    """`accepted` is the header Accept-Encoding. Compression beside a secret is safe here: the session's cookie does not
    come with what other sites ask for, so none of them can make us answer with both its text and the secret."""
    body, sent = html.encode(), {**SAFETY, **(headers or {})}
    if len(body) > _SHORT and "gzip" in accepted:
        body = gzip.compress(body, _LEVEL, mtime=0)
        sent["Content-Encoding"] = "gzip"
    return Response(body, status_code=status, headers=sent, media_type="text/html; charset=utf-8")
