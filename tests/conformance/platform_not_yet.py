"""Operations of Kangaroo's published description that are not served (yet), each with the reason.

Serving one takes its line out.
"""

KUBERNETES = "managed Harbor needs Kubernetes: not served yet"

NOT_YET = {
    # Harbor
    "Harbor_SyncHarborStatus": KUBERNETES,
    "Harbor_GetVerifyDependService": KUBERNETES,
    "Harbor_CreateVerifyDependService": KUBERNETES,
    "Harbor_ListTLSSecret": KUBERNETES,
    "Harbor_VerifyHarborOperator": KUBERNETES,
    "Harbor_VerifyPreEnvironment": KUBERNETES,
    "Harbor_GetHarborParams": KUBERNETES,
    "Harbor_VerifyNamespaceQuota": KUBERNETES,
    "Harbor_CreateHarborMiddleware": KUBERNETES,
    "Harbor_GetHarborCluster": KUBERNETES,
    "Harbor_DeleteHarborCluster": KUBERNETES,
    "Harbor_CreateHarborCluster": KUBERNETES,
    "Harbor_UpdateHarborCluster": KUBERNETES,
    "Harbor_VerifyNodePort": KUBERNETES,
    "Harbor_ListHarborClusters": KUBERNETES,
    "Harbor_ListMinioInstance": KUBERNETES,
    "Harbor_ListPostgresqlInstance": KUBERNETES,
    "Harbor_ListRedisInstance": KUBERNETES,
    "Harbor_ListMinio": KUBERNETES,
    "Harbor_ListPostgresql": KUBERNETES,
    "Harbor_ListRedis": KUBERNETES,
}
