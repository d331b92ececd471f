"""Each of the 87 published operations is served, or stands in a table with the reason why not."""

from litestar.routes import HTTPRoute

from kangaroo.entrypoints.platform.app import MAPS, routing
from tests.asgi import Client
from tests.conformance import platform_swagger
from tests.conformance.platform_not_yet import NOT_YET
from tests.conformance.platform_swagger import BASE, PlatformSwagger
from tests.entrypoints.platform.conftest import Site, site, site_database, site_template

__all__ = ["site", "site_database", "site_template"]  # fixtures


def served() -> dict[tuple[str, str], str]:
    """Handlers by method and path below the base, as the metrics name them."""
    found = {}
    for route in routing().routes:
        if isinstance(route, HTTPRoute) and route.path_format.startswith(BASE):
            path = route.path_format.removeprefix(BASE)
            for method, (handler, _) in route.route_handler_map.items():
                if method != "OPTIONS":
                    module = handler.fn.__module__.rpartition(".")[2]
                    found[str(method), path] = f"{module}.{handler.handler_name}"
    return found


def routed(spec: PlatformSwagger) -> dict[str, str]:
    """Operations that have a handler."""
    handlers = served()
    return {
        one.id: handlers[one.method, one.path]
        for one in spec.operations.values()
        if (one.method, one.path) in handlers
    }


def test_every_operation_is_routed_or_excused() -> None:
    spec = platform_swagger.required()
    there = set(routed(spec))
    assert len(spec.operations) == 87
    assert set(NOT_YET) - set(spec.operations) == set(), "no operation has this name"
    assert there & set(NOT_YET) == set(), "routed: take the line out of platform_not_yet.py"
    assert set(spec.operations) - there - set(NOT_YET) == set(), "neither routed nor excused"
    assert all(NOT_YET.values())


def test_our_document_has_the_published_names() -> None:
    spec = platform_swagger.required()
    named = {
        handler.operation_id
        for route in routing().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
    }
    assert set(routed(spec)) <= named


async def test_what_is_routed_is_served(site: Site) -> None:
    """By the handler the table of routes has for it: no other path takes its requests away."""
    spec = platform_swagger.required()
    nobody = Client(site)
    for name, handler in routed(spec).items():
        operation = spec.operations[name]
        path = operation.path
        for parameter in operation.parameters:
            if parameter["in"] == "path":
                value = "1" if parameter["name"] in ("workspace", "executionId", "taskId") else "example"
                path = path.replace("{" + parameter["name"] + "}", value)
        answer = await nobody(operation.method, BASE + path)
        assert site.scope["kangaroo.route"] == handler, name
        assert answer.status == 401, (name, answer.body)


def test_the_maps_are_those_of_the_description() -> None:
    """Their keys are never renamed."""
    spec = platform_swagger.required()
    found = set()
    for definition in spec._document["definitions"].values():
        for name, one in definition.get("properties", {}).items():
            if one.get("type") == "object" and "additionalProperties" in one:
                found.add(name)
    assert found == MAPS
