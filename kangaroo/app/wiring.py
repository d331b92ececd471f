"""Settings to drivers to Services: the only place that chooses implementations."""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kangaroo.app import keys, tls
from kangaroo.app.follows import event_kinds
from kangaroo.app.ourselves import ourselves
from kangaroo.base.addresses import AddressPolicy
from kangaroo.base.clock import SECOND, now
from kangaroo.base.settings import Settings
from kangaroo.core.access import Access, AccessSettings, TokenSigner
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.archives import Archives
from kangaroo.core.archives import Limits as ArchiveLimits
from kangaroo.core.clusters import ClusterOpener, Clusters
from kangaroo.core.doctor import Doctor, Patients, Readiness
from kangaroo.core.gc import Collector, Fsck
from kangaroo.core.instances import Inside, Instances, Opener
from kangaroo.core.managed import ImageSource, ManagedHarbors, Outside, Platform, Terms
from kangaroo.core.notices import Audit
from kangaroo.core.operations import Operations
from kangaroo.core.projects import ImmutabilityGate, Ledger, Projects
from kangaroo.core.pull_secrets import Installation, PullSecrets
from kangaroo.core.registry import (
    Additions,
    ArtifactLabels,
    Artifacts,
    Browse,
    Catalogue,
    Copies,
    Pulls,
    Pushes,
    Registry,
    Removals,
    Tags,
    Uploads,
)
from kangaroo.core.registry.gates import Gates
from kangaroo.core.registry.pull import Parts
from kangaroo.core.retention import Retention
from kangaroo.core.scan import Scan
from kangaroo.core.services import Services
from kangaroo.core.sync import Sync
from kangaroo.core.workspaces import Authority, Ours, Workspaces
from kangaroo.jobs import History, Queue
from kangaroo.kube.client import HttpClusterClient
from kangaroo.remote.dependencies.contract import PostgresTarget, Prober, RedisTarget, S3Target
from kangaroo.remote.dependencies.probes import Late, Probes
from kangaroo.remote.harbor.passwords import change_password
from kangaroo.remote.ldap import LdapDirectory
from kangaroo.remote.oidc import HttpOidcProvider
from kangaroo.remote.opening import open_remote
from kangaroo.remote.options import Options
from kangaroo.store.content.contract import ContentStore
from kangaroo.store.content.filesystem import FilesystemStore
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.postgres import PostgresDatabase
from kangaroo.store.meta.sqlite import SqliteDatabase


@dataclass(frozen=True, slots=True)
class Wired:
    """What is open while a process serves or works."""

    settings: Settings
    database: Database
    content: ContentStore
    queue: Queue
    services: Services


def sqlite_path(settings: Settings) -> Path:
    return settings.data / "kangaroo.db"


def open_content(settings: Settings) -> ContentStore:
    if not settings.storage_url:
        return FilesystemStore(settings.data / "content")
    # The AWS libraries cost 30 MB and half a second: only for those who use them.
    from kangaroo.store.content.s3 import S3Store  # noqa: PLC0415
    from kangaroo.store.content.s3_settings import S3Settings  # noqa: PLC0415

    return S3Store(
        S3Settings.parse(
            settings.storage_url,
            access_key=settings.storage_access_key,
            secret_key=settings.storage_secret_key,
            redirect=settings.storage_redirect,
        )
    )


def open_database(settings: Settings) -> Database:
    if settings.database_url:
        return PostgresDatabase(settings.database_url)
    return SqliteDatabase(sqlite_path(settings))


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Wired]:
    """Everything, opened; closed at the end of the block."""
    database, content = open_database(settings), open_content(settings)
    await database.open()
    try:
        parts = assemble(settings, database, content)
        try:
            yield parts
        finally:
            await parts.services.clusters.opener.close()
            await parts.services.instances.opener.close()
    finally:
        await content.close()
        await database.close()


def assemble(settings: Settings, database: Database, content: ContentStore) -> Wired:
    queue = Queue(database, now, event_kinds())
    signer = TokenSigner(keys.token_key(settings))
    secret_key = keys.secret_key(settings)
    who = AccessSettings(
        token_minutes=settings.token_minutes,
        secret_key=secret_key,
        directory=LdapDirectory(),
        provider=HttpOidcProvider(),
    )
    access = Access(database, now, signer, who)
    ledger, projects = Ledger(access.configuration), Projects(queue, access)
    grace = settings.gc_grace_minutes * 60 * SECOND
    gates = Gates([ImmutabilityGate(projects.rulebook)])
    parts = Parts(database, content, access, gates, grace)
    removals = Removals(parts, ledger, queue)
    registry = Registry(
        pull=Pulls(parts),
        push=Pushes(
            parts, ledger, queue, limit=settings.manifest_limit, sparse_indexes=settings.sparse_indexes
        ),
        uploads=Uploads(parts, ledger),
        browse=Browse(parts),
        remove=removals,
        catalogue=Catalogue(parts, removals, ledger, queue),
        artifacts=Artifacts(parts, removals, projects.rulebook),
        tags=Tags(parts, projects.rulebook, queue),
        labels=ArtifactLabels(parts),
        additions=Additions(parts),
        copies=Copies(parts, ledger, queue),
    )
    inside = Inside(access, projects, registry, database, content)
    opener = Opener(open_remote, inside, Cipher(secret_key), _options(settings))
    instances = Instances(database, queue, Authority(database, access), opener, access.journal)
    ours = Ours(Cipher(secret_key), partial(_own_authority, settings))
    workspaces = Workspaces(database, queue, access, instances, ours)
    cluster_client = partial(HttpClusterClient, addresses=_options(settings).addresses)
    cluster_opener = ClusterOpener(cluster_client, Cipher(secret_key))
    clusters = Clusters(database, queue, workspaces.authority, cluster_opener)
    pull_secrets = PullSecrets(queue, workspaces, clusters, _installation(settings, secret_key))
    probes = dependency_probes(_options(settings).addresses)
    managed = ManagedHarbors(
        Platform(database, queue, workspaces.authority, instances, clusters),
        Outside(probes, change_password, _options(settings)),
        Cipher(secret_key),
        _harbor_terms(settings),
    )
    services = Services(
        access=access,
        projects=projects,
        registry=registry,
        instances=instances,
        workspaces=workspaces,
        clusters=clusters,
        pull_secrets=pull_secrets,
        managed=managed,
        archives=Archives(workspaces.looking, access, settings.data / "spool", _archive_limits(settings)),
        sync=Sync(database, access, instances),
        retention=Retention(workspaces.looking),
        scan=Scan(instances, workspaces.looking),
        audit=Audit(database, access),
        collector=Collector(database, content, ledger, grace),
        fsck=Fsck(database, content),
        operations=Operations(queue, access),
        doctor=Doctor(
            Readiness(database, content, History(queue)),
            Patients(
                database=database,
                access=access,
                instances=instances,
                workspaces=workspaces,
                clusters=clusters,
                pull_secrets=pull_secrets,
                managed=managed,
                probes=probes,
                ourselves=ourselves(settings),
            ),
        ),
    )
    return Wired(settings, database, content, queue, services)


def _options(settings: Settings) -> Options:
    """Of every connection to an instance. Raises INVALID_FIELD."""
    return Options(addresses=AddressPolicy.parse(settings.denied_networks.split(",")))


def dependency_probes(addresses: AddressPolicy) -> Probes:
    """Whoever asks loads the driver."""

    def postgres() -> Prober[PostgresTarget]:
        from kangaroo.remote.dependencies.postgres import PostgresProber  # noqa: PLC0415

        return PostgresProber(addresses)

    def redis() -> Prober[RedisTarget]:
        from kangaroo.remote.dependencies.redis import RedisProber  # noqa: PLC0415

        return RedisProber(addresses)

    def s3() -> Prober[S3Target]:
        from kangaroo.remote.dependencies.s3 import S3Prober  # noqa: PLC0415

        return S3Prober(addresses)

    return Probes(Late(postgres), Late(redis), Late(s3))


def _archive_limits(settings: Settings) -> ArchiveLimits:
    return ArchiveLimits(archive=settings.upload_limit, manifest=settings.manifest_limit)


def _installation(settings: Settings, secret_key: bytes) -> Installation:
    """Known by its key: whoever has another one cannot read what this one made."""
    name, key = (hmac.digest(secret_key, use, "sha256") for use in (b"installation", b"pull secrets"))
    return Installation(name.hex()[:16], key, Cipher(secret_key), settings.external_url)


def _harbor_terms(settings: Settings) -> Terms:
    """Of the Harbors we run."""
    versions = tuple(filter(None, (one.strip() for one in settings.harbor_versions.split(","))))
    images = ImageSource(settings.harbor_images, settings.harbor_tag_suffix, settings.harbor_pull_secret)
    return Terms(
        versions=versions,
        images=images,
        trivy_offline=settings.harbor_scanner_offline,
        check_image=settings.own_image,
    )


def _own_authority(settings: Settings) -> bytes | None:
    """What clients must trust before they use us; of a certificate that was given we know nothing."""
    path = tls.folder_of(settings.data).authority
    return path.read_bytes() if settings.tls == "auto" and path.exists() else None
