"""Which of Harbor's operations our application serves."""

from litestar import Litestar
from litestar.routes import HTTPRoute

from tests.conformance.swagger import BASE, Operation, Swagger


def served(framework: Litestar) -> dict[tuple[str, str], str]:
    """Handlers by method and path below the base, as the metrics name them."""
    found = {}
    for route in framework.routes:
        if isinstance(route, HTTPRoute) and route.path_format.startswith(BASE):
            path = route.path_format.removeprefix(BASE)
            for method, (handler, _) in route.route_handler_map.items():
                if method != "OPTIONS":
                    module = handler.fn.__module__.rpartition(".")[2]
                    found[str(method), path] = f"{module}.{handler.handler_name}"
    return found


def routed(framework: Litestar, spec: Swagger) -> dict[str, str]:
    """Operations that have a handler. Raises AssertionError for a handler that is no operation of Harbor's."""
    handlers = served(framework)
    by_place = {(one.method, one.path.rstrip("/")): one for one in spec.operations.values()}
    strange = set(handlers) - set(by_place)
    assert not strange, f"not in Harbor's description (or with other names of parameters): {sorted(strange)}"
    return {by_place[place].id: name for place, name in handlers.items()}


def example(operation: Operation) -> str:
    """A path of the operation, with something in the place of every parameter."""
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            value = "1" if parameter["type"] == "integer" else "library"
            path = path.replace("{" + parameter["name"] + "}", value)
    return BASE + path
