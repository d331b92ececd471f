"""Operations of Kangaroo's published description that are not served (yet), each with the reason.

Serving one takes its line out.
"""

ENGINES = "an external Harbor's own retention and sync: not served yet"
KUBERNETES = "managed Harbor needs Kubernetes: not served yet"

NOT_YET = {
    # Retention
    "Retention_CreateRetention": ENGINES,
    "Retention_GetRetention": ENGINES,
    "Retention_UpdateRetention": ENGINES,
    "Retention_ListRetentionExecutions": ENGINES,
    "Retention_CreateRetentionExecution": ENGINES,
    "Retention_StopRetentionExecution": ENGINES,
    # Replications
    "Replications_ListExecutions": ENGINES,
    "Replications_CreateExecution": ENGINES,
    "Replications_GetExecution": ENGINES,
    "Replications_StopExecution": ENGINES,
    "Replications_ListReplicationTasks": ENGINES,
    "Replications_GetReplicationTasksLog": ENGINES,
    "Replications_ListNativeRegistry": ENGINES,
    "Replications_CreateNativeRegistry": ENGINES,
    "Replications_DeleteNativeRegistry": ENGINES,
    "Replications_UpdateNativeRegistry": ENGINES,
    "Replications_ListPolicies": ENGINES,
    "Replications_CreatePolicy": ENGINES,
    "Replications_DeletePolicy": ENGINES,
    "Replications_UpdatePolicy": ENGINES,
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
