"""From a spec to objects of Kubernetes: what always holds, and what harbor-operator's contract says of each part."""

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from kangaroo.core.managed import Expose, ExposeMode, HarborName, ImageSource, Place
from kangaroo.core.managed.composing import MANAGER, is_ours
from kangaroo.core.managed.ends import Ends, redis_end
from kangaroo.core.managed.front import configuration
from kangaroo.core.managed.harbor_cluster import compose
from kangaroo.core.managed.kinds import HARBOR_CLUSTER
from kangaroo.kube.contract import SECRET
from tests.core.managed.made import HARBOR, POSTGRES, S3, SECRETS, VOLUME, names, spec, wanted

PLAIN = ImageSource()


def composed(one, ends, harbor=HARBOR, images=PLAIN):
    return compose(harbor, one, ends, SECRETS, images, {"kangaroo.io/description": "d"})


def cluster_of(one, ends, images=PLAIN):
    return next(piece.object for piece in composed(one, ends, images=images) if piece.kind is HARBOR_CLUSTER)[
        "spec"
    ]


@given(wanted(), names)
def test_what_always_holds(case, name):
    one, ends = case
    harbor = HarborName.parse(Place("home", "team-a"), name)
    pieces = composed(one, ends, harbor)
    assert len({(piece.kind, piece.name) for piece in pieces}) == len(pieces)
    for piece in pieces:
        metadata = piece.object["metadata"]
        assert metadata["namespace"] == "team-a"
        assert len(metadata["name"]) <= 63
        assert is_ours(piece.object, harbor)
        assert metadata["labels"]["app.kubernetes.io/managed-by"] == MANAGER
        assert piece.object["kind"] == piece.kind.kind
        owned = piece.owned_by("the-uid", harbor).object["metadata"].get("ownerReferences")
        assert (owned is not None) is piece.owned
        if piece.kind is not SECRET:
            text = json.dumps(piece.object)
            assert not any(getattr(SECRETS, field) in text for field in SECRETS.__struct_fields__)


@given(wanted())
def test_what_the_schema_requires(case):
    one, ends = case
    found = cluster_of(one, ends)
    assert found["core"]["tokenIssuer"]["name"] == "team-issuer"
    for part in ("database", "cache", "storage"):
        assert set(found[part]) == {"kind", "spec"}
    assert "core" in found["expose"]
    assert ("trivy" in found) is one.trivy
    if one.trivy:
        assert found["trivy"]["storage"] == {}
        assert found["trivy"]["skipUpdate"] is found["trivy"]["offlineScan"] is one.trivy_offline
    # What it points to is there.
    made = {piece.name for piece in composed(one, ends)}
    assert found["harborAdminPasswordRef"] in made
    assert set(_references(found)) <= made | {"own-tls", "team-tls"}


def _references(value):
    if isinstance(value, dict):
        for key, one in value.items():
            if key in ("passwordRef", "secretkeyRef", "certificateRef", "claimName"):
                yield one
            else:
                yield from _references(one)


def test_secrets_have_the_keys_the_operator_reads():
    found = {
        piece.name: piece.object
        for piece in composed(spec(), Ends(POSTGRES, redis_end("redis://c", "", "p"), S3))
        if piece.kind is SECRET
    }
    keys = {name: (one["type"], *one["data"]) for name, one in found.items()}
    assert keys == {
        "team-admin": ("goharbor.io/single", "secret"),
        "team-database": ("goharbor.io/postgresql", "postgres-password"),
        "team-cache": ("goharbor.io/redis", "redis-password"),
        "team-storage": ("goharbor.io/single", "secret"),
    }
    assert base64.b64decode(found["team-admin"]["data"]["secret"]).decode() == SECRETS.admin


def test_sentinels_are_joined_as_the_operator_splits_them():
    end = redis_end("redis+sentinel://one:26379,two:26379,three:26379?sentinelMasterId=main", "", "")
    redis = cluster_of(spec(), Ends(POSTGRES, end, S3))["cache"]["spec"]["redis"]
    assert redis == {"host": "one:26379,two:26379,three", "port": 26379, "sentinelMasterSet": "main"}


def test_a_volume_of_one_pod_is_not_mounted_twice():
    alone, several = (
        cluster_of(spec(storage=VOLUME), Ends(POSTGRES)),
        cluster_of(spec(storage=VOLUME, replicas=2), Ends(POSTGRES)),
    )
    assert alone["updateStrategyType"] == "Recreate"
    assert several["updateStrategyType"] == "RollingUpdate"
    claims = [
        piece.object["spec"]["accessModes"]
        for replicas in (1, 2)
        for piece in composed(spec(storage=VOLUME, replicas=replicas), Ends(POSTGRES))
        if piece.kind.plural == "persistentvolumeclaims"
    ]
    assert claims == [["ReadWriteOnce"], ["ReadWriteMany"]]


def test_images_from_elsewhere():
    images = ImageSource("mirror.example/goharbor", "-arm64", "pull")
    one = spec(expose=Expose(mode=ExposeMode.LOAD_BALANCE, external_url="http://harbor.example"))
    assert cluster_of(one, Ends(POSTGRES), images)["imageSource"] == {
        "repository": "mirror.example/goharbor",
        "tagSuffix": "-arm64",
        "imagePullSecrets": [{"name": "pull"}],
    }
    (front,) = [
        p.object for p in composed(one, Ends(POSTGRES), images=images) if p.kind.plural == "deployments"
    ]
    pod = front["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == "mirror.example/goharbor/nginx-photon:v2.6.4-arm64"
    assert pod["imagePullSecrets"] == [{"name": "pull"}]


@given(st.booleans())
def test_nginx_hands_on_what_the_ingress_would(secure):
    text = configuration(HARBOR, secure=secure)
    for path in ("/api/", "/service/", "/v2", "/chartrepo/", "/c/"):
        assert f"location {path} {{\n      proxy_pass http://team-harbor-harbor-core:80;" in text
    assert "location / {\n      proxy_pass http://team-harbor-harbor-portal:80;" in text
    assert ("ssl_certificate " in text) is secure
    assert text.count("{") == text.count("}")
