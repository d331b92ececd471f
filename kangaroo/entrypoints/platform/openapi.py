"""/apis/kangaroo.io: the page to browse our description of this API; openapi.json beside it is the description."""

from litestar.enums import MediaType
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from kangaroo import __version__
from kangaroo.entrypoints.platform.openapi_document import Description
from kangaroo.entrypoints.platform.openapi_page import Page, beside

_PATH = "/apis/kangaroo.io"

CONFIGURATION = OpenAPIConfig(
    title="Kangaroo",
    version=__version__,
    description="Many registries, tenants, one image list.",
    openapi_router=beside(_PATH),
    use_handler_docstrings=True,
    render_plugins=[
        Page(path="/", media_type=MediaType.HTML),
        Description(path="/openapi.json", media_type=MediaType.JSON),
    ],
    components=Components(
        security_schemes={
            "token": SecurityScheme(type="http", scheme="bearer", description="An API token."),
            "password": SecurityScheme(type="http", scheme="basic", description="A user name and password."),
        }
    ),
    security=[{"token": []}, {"password": []}],
)
