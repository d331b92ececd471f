"""Operations of Kangaroo's published description that are not served (yet), each with the reason.

Serving one takes its line out.
"""

SPACES = "part of issue 4: spaces, images and their selector are being written"
ENGINES = "part of issue 4: an external Harbor's own scan, retention and sync are being written"
KUBERNETES = "issue 5: managed Harbor needs Kubernetes"

NOT_YET = {
    # Core
    "Core_ListVisibleWorkspaces": SPACES,
    # Registries
    "Registries_GetRegistryRobotInfo": SPACES,
    # Image
    "Image_GetScannerOfProject": ENGINES,
    "Image_ListRegistryProject": SPACES,
    "Image_CreateRegistryProject": SPACES,
    "Image_DeleteRegistryProject": SPACES,
    "Image_UpdateProject": SPACES,
    "Image_UpdateRegistryProjectBinding": SPACES,
    "Image_APIListRegistry": SPACES,
    "Image_APIListProject": SPACES,
    "Image_APIListRepositories": SPACES,
    "Image_APIListArtifacts": SPACES,
    "Image_ListRegistry": SPACES,
    "Image_ListProject": SPACES,
    "Image_GetProject": SPACES,
    "Image_ListRepositories": SPACES,
    "Image_GetRepository": SPACES,
    "Image_DeleteRepositories": SPACES,
    "Image_UpdateRepositoryDescription": SPACES,
    "Image_ListArtifacts": SPACES,
    "Image_GetArtifactsInfoBuildHistory": SPACES,
    "Image_GetArtifactsInfo": SPACES,
    "Image_DeleteArtifacts": SPACES,
    "Image_ScanArtifact": ENGINES,
    "Image_StopScanArtifact": ENGINES,
    "Image_GetScanReport": ENGINES,
    "Image_GetPushCommand": SPACES,
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
