"""Specs and ends that the rules of managed Harbors are tried with."""

import string

from hypothesis import strategies as st

from kangaroo.core.managed import (
    Bucket,
    Cache,
    Database,
    DependencyMode,
    Expose,
    ExposeMode,
    HarborName,
    HarborSpec,
    Place,
    Resources,
    Secrets,
    Storage,
    StorageMode,
    Volume,
)
from kangaroo.core.managed.checking import checked_spec
from kangaroo.core.managed.ends import Ends
from kangaroo.remote.dependencies.contract import Address, PostgresTarget, RedisTarget, S3Target

HARBOR = HarborName(Place("home", "team-a"), "team")
SECRETS = Secrets(
    admin="Admin-secret1", database="Database-secret1", cache="Cache-secret1", storage="Storage-secret1"
)
POSTGRES = PostgresTarget(address=Address("db", 5432), username="harbor", password=SECRETS.database)
REDIS = RedisTarget(addresses=(Address("cache", 6379),), password=SECRETS.cache)
S3 = S3Target(bucket="images", endpoint="http://minio:9000", access_key="key", secret_key=SECRETS.storage)
INGRESS = Expose(mode=ExposeMode.INGRESS, host="harbor.example")
BUILT_IN = DependencyMode.BUILT_IN
VOLUME = Storage(
    mode=StorageMode.STORAGE_CLASS,
    volume=Volume(storage_class="fast", resources=Resources(requests={"storage": "10Gi"})),
)


def spec(**more) -> HarborSpec:
    plain = {
        "version": "2.6.4",
        "database": Database(mode=DependencyMode.EXTERNAL, address="postgres://db", username="harbor"),
        "cache": Cache(mode=DependencyMode.EXTERNAL, address="redis://cache"),
        "storage": Storage(mode=StorageMode.S3, bucket=Bucket(bucket="images", access_key="key")),
        "expose": INGRESS,
    }
    return checked_spec(HARBOR, HarborSpec(**(plain | more)))


names = st.from_regex(r"[a-z](?:[a-z0-9-]{0,33}[a-z0-9])?", fullmatch=True).filter(
    lambda name: name != "summary"
)
exposes = st.builds(
    lambda mode, https, secret: Expose(
        mode=mode,
        external_url=f"http{'s' * https}://harbor.example",
        https=https,
        tls_secret=secret if https else "",
    ),
    st.sampled_from(ExposeMode),
    st.booleans(),
    st.sampled_from(["", "own-tls"]),
)
amounts = st.sampled_from([{}, {"cpu": "100m"}, {"cpu": "2", "memory": "1Gi"}])
passwords = st.text(string.printable, min_size=0, max_size=12)


@st.composite
def wanted(draw) -> tuple[HarborSpec, Ends]:
    """A spec that makes sense, with where its dependencies are."""
    volume, built_in_db, built_in_cache = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    one = spec(
        replicas=draw(st.integers(1, 4)),
        expose=draw(exposes),
        trivy=draw(st.booleans()),
        trivy_offline=draw(st.booleans()),
        metrics=draw(st.booleans()),
        resources=Resources(requests=draw(amounts)),
        **({"storage": VOLUME} if volume else {}),
        **({"database": Database(mode=BUILT_IN)} if built_in_db else {}),
        **({"cache": Cache(mode=BUILT_IN)} if built_in_cache else {}),
    )
    ends = Ends(None if built_in_db else POSTGRES, None if built_in_cache else REDIS, None if volume else S3)
    return one, ends
