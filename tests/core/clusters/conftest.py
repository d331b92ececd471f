"""Clusters are tested over all of core, as the platform dialect has it, against real API servers."""

from tests.entrypoints.platform.conftest import admin, nobody, site, site_database, site_template
from tests.kube.conftest import shared_cluster

__all__ = ["admin", "nobody", "shared_cluster", "site", "site_database", "site_template"]
