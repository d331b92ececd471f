"""/apis/kangaroo.io: the page to browse our description. Made here, with its style and script beside it: it needs no
other site, and the browser is told to allow none, nor anything written into the page itself.
"""

import html
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader
from litestar import Response, Router, get
from litestar.openapi.plugins import OpenAPIRenderPlugin
from markupsafe import Markup, escape

from kangaroo import __version__
from kangaroo.base.texts import Language
from kangaroo.entrypoints.http.framework import AnyRequest
from kangaroo.entrypoints.platform.given import view_of
from kangaroo.entrypoints.platform.openapi_document import Description
from kangaroo.entrypoints.platform.openapi_outline import groups

_FOLDER = Path(__file__).with_name("openapi_assets")
_ORIGIN = "\0origin\0"  # where the page has what each visitor calls us by
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Language",
}
_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Platform API",
        "lead": "Many registries, tenants, one image list. Every operation takes an API token, made under your "
        "account, or a user name and password.",
        "once": "Say once where we are and who you are:",
        "token": "your API token",
        "filter": "Filter",
        "document": "OpenAPI document",
        "parameters": "Parameters",
        "body": "Request",
        "answer": "Answer",
        "nothing": "an empty object",
        "required": "required",
        "try": "Try it",
        "take": "Copy",
        "copied": "Copied",
        "failures": "A failure is a google.rpc.Status: code, message, and details with a stable reason.",
        "none": "No operation has this in its name or path.",
    },
    "zh": {
        "title": "平台 API",
        "lead": "统一管理多个镜像仓库、租户与镜像列表。每个接口都需要 API 令牌（在账号页面创建），或用户名与密码。",
        "once": "先设置一次服务地址与身份：",
        "token": "你的 API 令牌",
        "filter": "筛选",
        "document": "OpenAPI 文档",
        "parameters": "参数",
        "body": "请求",
        "answer": "响应",
        "nothing": "空对象",
        "required": "必填",
        "try": "试一试",
        "take": "复制",
        "copied": "已复制",
        "failures": "失败时返回 google.rpc.Status：code、message，以及带有固定 reason 的 details。",
        "none": "没有名称或路径包含此内容的接口。",
    },
}


class Page(OpenAPIRenderPlugin):
    def render(self, request: AnyRequest, openapi_schema: dict[str, Any]) -> bytes:
        """Made once per process and language: the operations do not change while it runs."""
        view, pages = view_of(request), request.app.state.setdefault("pages", {})
        if view.language not in pages:
            document = msgspec.json.decode(Description().render(request, openapi_schema))
            pages[view.language] = _rendered(document, view.language)
        text: str = pages[view.language]
        return text.replace(_ORIGIN, html.escape(shlex.quote(view.own_url))).encode()


@get("/openapi.css")
async def style() -> Response[bytes]:
    return Response(_asset("page.css"), media_type="text/css")


@get("/openapi.js")
async def script() -> Response[bytes]:
    return Response(_asset("page.js"), media_type="text/javascript")


def beside(path: str) -> Router:
    """What the framework puts the page into, and our description."""
    return Router(path, route_handlers=[style, script], response_headers=_HEADERS, include_in_schema=False)


def _rendered(document: dict[str, Any], language: Language) -> str:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["marked"] = _marked
    return environment.get_template("page.html").render(
        groups=groups(document),
        words=_WORDS[language],
        language=language,
        version=__version__,
        origin=_ORIGIN,
    )


def _marked(text: str) -> Markup:
    """What stands between backticks, as code."""
    pieces = (escape(piece) for piece in text.split("`"))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else piece
        for number, piece in enumerate(pieces)
    )


@cache
def _asset(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
