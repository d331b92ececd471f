"""The list of pages: one module per place, each with its own `HANDLERS`."""

from kangaroo.entrypoints.console import choices, overview, signin

_PLACES = (signin, choices, overview)

HANDLERS = tuple(handler for place in _PLACES for handler in place.HANDLERS)
