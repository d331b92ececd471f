"""Instances are tested over all of core, as the platform dialect has it."""

from tests.entrypoints.platform.conftest import site, site_database, site_template

__all__ = ["site", "site_database", "site_template"]
