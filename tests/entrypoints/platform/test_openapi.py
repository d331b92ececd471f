"""The page to browse our description, and what it is made from."""

import re
from html.parser import HTMLParser

import pytest

from kangaroo.entrypoints.platform import Surroundings, application
from kangaroo.entrypoints.platform.openapi_outline import Shapes, groups
from tests.conformance import platform_swagger
from tests.conformance.platform_swagger import OUR_OPERATIONS
from tests.entrypoints.platform.client import PlatformClient

PAGE = "/apis/kangaroo.io"


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes) -> None:
        self.found.append((tag, dict(attributes)))

    def of(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture
async def page(nobody):
    answer = await nobody.unjudged()("GET", PAGE)
    assert answer.status == 200
    return answer


async def test_it_needs_no_other_site_and_nothing_written_into_it(nobody, page):
    """It works under its policy, which allows neither."""
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    elements = Elements(page.body.decode())
    for tag, attributes in elements.found:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
    assert elements.of("style") == []
    sources = [one["src"] for one in elements.of("script")] + [one["href"] for one in elements.of("link")]
    assert len(sources) == 2
    for source in sources:
        answer = await nobody.unjudged()("GET", source)
        assert (answer.status, answer.headers["x-content-type-options"]) == (200, "nosniff")
    assert "://" not in re.sub(r"http://registry\.test", "", page.body.decode())


async def test_every_operation_is_on_it(nobody, page):
    document = (await nobody.unjudged()("GET", f"{PAGE}/openapi.json")).json()
    named = {one["operationId"] for item in document["paths"].values() for one in item.values()}
    elements = Elements(page.body.decode())
    assert {one["id"] for one in elements.of("details")} == named
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert "Image_UploadArchive" in named


async def test_every_operation_has_a_name_of_its_own(nobody):
    """Group and verb, as programs made from the description call it; none that was made up from the path."""
    document = (await nobody.unjudged()("GET", f"{PAGE}/openapi.json")).json()
    names = [one["operationId"] for item in document["paths"].values() for one in item.values()]
    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z]+_[A-Z][A-Za-z0-9]+", name)] == []
    assert len(names) == len(set(names))


async def test_in_both_languages(nobody, page):
    chinese = await nobody.unjudged().with_headers(accept_language="zh-CN")("GET", f"{PAGE}/")
    assert chinese.headers["vary"] == "Accept-Language"
    assert 'lang="zh-CN"' in chinese.body.decode()
    assert "试一试" in chinese.body.decode()
    assert "Try it" in page.body.decode()


async def test_what_we_are_called_is_text(site):
    surroundings = Surroundings(external_url="https://x'><script>$(y)")
    answer = await PlatformClient(application(site.services, surroundings), judged=False)("GET", PAGE)
    assert b"<script>$" not in answer.body
    assert (
        b"KANGAROO=&#x27;https://x&#x27;&quot;&#x27;&quot;&#x27;&gt;&lt;script&gt;$(y)&#x27; " in answer.body
    )


class TestOutlines:
    shapes = Shapes(
        {
            "Node": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "below": {"$ref": "#/components/schemas/Node"}},
            },
            "Kind": {"type": "string", "enum": ["A", "B"]},
        }
    )

    @pytest.mark.parametrize(
        ("schema", "outline"),
        [
            ({"type": "string"}, "string"),
            ({"type": "integer", "format": "int32"}, "integer (int32)"),
            ({"type": ["string", "null"]}, "string | null"),
            ({"type": "array", "items": {"type": "boolean"}}, "[boolean]"),
            ({"$ref": "#/components/schemas/Kind"}, '"A" | "B"'),
            ({"oneOf": [{"type": "number"}, {"type": "null"}]}, "number | null"),
            ({"type": "object", "additionalProperties": {"type": "string"}}, '{"…": string}'),
            ({"type": "object", "properties": {"a": {"type": "string"}}}, '{\n  "a": string\n}'),
            ({}, "any"),
        ],
    )
    def test_shapes(self, schema, outline):
        assert self.shapes.outline(schema) == outline

    def test_a_shape_that_holds_itself_ends(self):
        node = {"$ref": "#/components/schemas/Node"}
        assert self.shapes.outline(node).endswith(
            '"below": {…}' + "".join(f"\n{'  ' * n}}}" for n in range(5, -1, -1))
        )
        assert self.shapes.example(node) == {"name": "", "below": {"name": "", "below": {}}}

    def test_curl_lines(self):
        answer: dict = {"200": {"content": {"application/x-tar": {}}}}
        body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Kind"}}}}
        document = {
            "components": {"schemas": {"Kind": {"type": "object", "properties": {"a": {"enum": ["x"]}}}}},
            "paths": {
                "/a/{one}/b": {
                    "get": {"operationId": "Get", "tags": ["G"], "responses": answer},
                    "post": {"operationId": "Make", "tags": ["G"], "requestBody": body, "responses": {}},
                }
            },
        }
        [group] = groups(document)
        assert [one.curl for one in group.operations] == [
            'curl -H "Authorization: Bearer $TOKEN" -o FILE "$KANGAROO/a/ONE/b"',
            (
                "curl -H \"Authorization: Bearer $TOKEN\" -X POST -H 'Content-Type: application/json' "
                '-d \'{"a": "x"}\' "$KANGAROO/a/ONE/b"'
            ),
        ]


async def test_operations_of_ours_are_described(nobody):
    """And the published description has none of that name."""
    document = (await nobody.unjudged()("GET", f"{PAGE}/openapi.json")).json()
    named = {one["operationId"]: one for item in document["paths"].values() for one in item.values()}
    assert set(named) >= OUR_OPERATIONS
    assert not OUR_OPERATIONS & set(platform_swagger.required().operations)
    assert all(named[name]["description"] for name in OUR_OPERATIONS)
