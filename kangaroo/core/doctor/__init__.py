"""What is wrong and what to do about it: checks over everything below.

Reading order: `links` and `rows` (what is told), `troubles` (what only the doctor finds), `chain` (the walk, pure),
`readiness`; one module per examination: `instance` and `cluster` (with `breaks`), `dependencies`, `ourselves`, `pull`
(with `image_names`, `pull_namespace`, `pull_trial`); `doctor`, which decides.
"""

from kangaroo.core.clusters import ClusterName, NamespaceName
from kangaroo.core.doctor.doctor import Doctor, Patients, Place
from kangaroo.core.doctor.links import Link
from kangaroo.core.doctor.ourselves import Disk, Ourselves, ServerCertificate
from kangaroo.core.doctor.pull import PullQuestion
from kangaroo.core.doctor.readiness import Readiness
from kangaroo.core.doctor.rows import Outcome, Row
from kangaroo.core.doctor.troubles import Ailment, Trouble
from kangaroo.remote.dependencies.addresses import parse_target
from kangaroo.remote.dependencies.contract import Target
from kangaroo.remote.dependencies.probes import Probes

__all__ = [
    "Ailment",
    "ClusterName",
    "Disk",
    "Doctor",
    "Link",
    "NamespaceName",
    "Ourselves",
    "Outcome",
    "Patients",
    "Place",
    "Probes",
    "PullQuestion",
    "Readiness",
    "Row",
    "ServerCertificate",
    "Target",
    "Trouble",
    "parse_target",
]
