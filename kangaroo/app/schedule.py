"""What runs when, and what runs it: one table each."""

from collections.abc import Mapping

from kangaroo.app import homes
from kangaroo.app.wiring import Wired
from kangaroo.base.clock import SECOND, now
from kangaroo.base.settings import Settings
from kangaroo.core.clusters import SCHEDULES as CLUSTER_SCHEDULES
from kangaroo.core.gc.jobs import COLLECT, SWEEP_UPLOADS, CollectJob, SweepUploadsJob
from kangaroo.core.instances import jobs as instances
from kangaroo.core.instances.jobs import InstanceJobs
from kangaroo.core.managed import SCHEDULES as MANAGED_SCHEDULES
from kangaroo.core.notices.jobs import SWEEP_AUDIT, AuditSweepJob
from kangaroo.core.pull_secrets import jobs as pull_secrets
from kangaroo.core.workspaces import jobs as workspaces
from kangaroo.jobs import Handler, sweeper

SWEEP = "EXECUTION_SWEEP"


def handlers(parts: Wired) -> Mapping[str, Handler]:
    idle = parts.settings.upload_hours * 3600 * SECOND
    return {
        COLLECT: CollectJob(parts.services.collector),
        SWEEP_UPLOADS: SweepUploadsJob(parts.content, idle, now),
        SWEEP_AUDIT: AuditSweepJob(parts.database, now, parts.settings.audit_days),
        SWEEP: sweeper(parts.queue, parts.settings.job_days),
        **InstanceJobs(parts.services.instances, parts.database, now).handlers(),
        **parts.services.workspaces.jobs.handlers(),
        **parts.services.clusters.jobs.handlers(),
        **parts.services.pull_secrets.jobs.handlers(),
        **homes.handlers(parts),
        **parts.services.managed.jobs.handlers(),
    }


def schedules(settings: Settings) -> Mapping[str, str]:
    """Kind of task to cron."""
    table = {
        SWEEP_UPLOADS: "@hourly",
        SWEEP: "@daily",
        SWEEP_AUDIT: "@daily",
        **instances.SCHEDULES,
        **workspaces.SCHEDULES,
        **CLUSTER_SCHEDULES,
        **pull_secrets.SCHEDULES,
        **homes.schedules(settings),
        **MANAGED_SCHEDULES,
    }
    if settings.gc_interval_minutes:
        table[COLLECT] = f"@every {settings.gc_interval_minutes * 60}s"
    return table
