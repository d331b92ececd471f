"""The kinds of objects this chapter reads and writes, beside those of Kubernetes itself."""

from kangaroo.kube.contract import Kind

HARBOR_CLUSTER = Kind("goharbor.io", "v1beta1", "HarborCluster", "harborclusters")
ISSUER = Kind("cert-manager.io", "v1", "Issuer", "issuers")
CERTIFICATE = Kind("cert-manager.io", "v1", "Certificate", "certificates")

POSTGRESQL = Kind("acid.zalan.do", "v1", "postgresql", "postgresqls")
REDIS_FAILOVER = Kind("databases.spotahome.com", "v1", "RedisFailover", "redisfailovers")
REDIS_CLUSTER = Kind("redis.redis.opstreelabs.in", "v1beta2", "RedisCluster", "redisclusters")
TENANT = Kind("minio.min.io", "v2", "Tenant", "tenants")


def definition_of(kind: Kind) -> str:
    """The name of its CustomResourceDefinition."""
    return f"{kind.plural}.{kind.group}"
