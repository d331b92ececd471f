"""The list of pages: one module per place, each with its own `HANDLERS`."""

from kangaroo.entrypoints.console import choices, images, overview, palette, signin

_PLACES = (signin, choices, overview, images, palette)

HANDLERS = tuple(handler for place in _PLACES for handler in place.HANDLERS)
