"""The dialect of Kubernetes: registries as `registrysecrets.kangaroo.io` objects of a home cluster, in both directions.

`resource` defines it, `shapes` translates (pure), `declared` follows what somebody asks for, `operator` keeps it all.
"""

from kangaroo.entrypoints.operator.operator import Operator

__all__ = ["Operator"]
