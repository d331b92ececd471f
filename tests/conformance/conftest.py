"""The walk is over the Harbor dialect as its own tests have it."""

from tests.entrypoints.harbor.conftest import admin, anonymous, harbor_database, harbor_template, installation

__all__ = ["admin", "anonymous", "harbor_database", "harbor_template", "installation"]
