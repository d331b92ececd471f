"""The walk is over the Harbor dialect as its own tests have it."""

from tests.entrypoints.harbor.conftest import admin, anonymous, installation

__all__ = ["admin", "anonymous", "installation"]
