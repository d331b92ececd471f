"""Descriptions of images: Markdown that anybody who pushes may write, made into HTML that can do nothing."""

from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_READER = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}}


def html_of(text: str) -> Markup:
    """Links lead only to the web; pictures are left out, since they would tell others who looks at the page."""
    cleaned = nh3.clean(
        _READER.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(cleaned)  # noqa: S704 (nh3 has cleaned it)


def teaser(text: str) -> str:
    """The first paragraph, as plain text."""
    tokens = _READER.parse(text)
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open" and token.children:
            return "".join(one.content or " " for one in token.children if one.type != "image").strip()
    return ""
