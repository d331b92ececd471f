"""What can be in the way of a managed Harbor, or wrong with one: each with a sentence and what to do about it.

Like `base.reasons`, for what is found in a cluster instead of at a registry.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Self

from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import Explained, InstanceFailure, Reason
from kangaroo.base.texts import Text
from kangaroo.kube.contract import Refused


class Obstacle(Enum):
    """Its name is the stable word."""

    code: Code
    told: Text
    remedy: Text

    def __new__(cls, told: tuple[str, str], remedy: tuple[str, str], code: Code = Code.PRECONDITION) -> Self:
        row = object.__new__(cls)
        row._value_ = len(cls.__members__) + 1
        row.code = code
        row.told = Text(*told)
        row.remedy = Text(*remedy)
        return row

    CRD_MISSING = (
        ("the cluster does not know {crd}", "集群中没有 CRD {crd}"),
        (
            "Install harbor-operator 1.4 or newer with installCRDs=true.",
            "请安装 harbor-operator 1.4 或更新版本，并设置 installCRDs=true。",
        ),
    )
    OPERATOR_MISSING = (
        ("no Deployment of harbor-operator was found", "未找到 harbor-operator 的 Deployment"),
        (
            "Install harbor-operator; its CRDs alone do nothing. If it is there, look at the log of its Helm job.",
            "请安装 harbor-operator：只有 CRD 是不够的。如已安装，请查看 Helm 任务的日志。",
        ),
    )
    OPERATOR_DOWN = (
        (
            "harbor-operator ({where}) has no pod that is available",
            "harbor-operator（{where}）没有可用的 Pod",
        ),
        (
            "Look at its pods: kubectl -n {namespace} get pods; most often cert-manager came after it.",
            "请查看其 Pod：kubectl -n {namespace} get pods；常见原因是 cert-manager 晚于它安装。",
        ),
    )
    OPERATOR_OLD = (
        (
            "harbor-operator ({where}) has version {found}; {needed} is needed",
            "harbor-operator（{where}）的版本为 {found}，需要 {needed}",
        ),
        (
            "Upgrade harbor-operator to {needed} or newer.",
            "请将 harbor-operator 升级到 {needed} 或更新版本。",
        ),
    )
    WEBHOOK_SILENT = (
        ("the webhook of {what} does not answer: {detail}", "{what} 的 webhook 没有响应：{detail}"),
        (
            "Restart the pods of {what}, and check that the API server reaches its Service.",
            "请重启 {what} 的 Pod，并检查 API Server 能否访问其 Service。",
        ),
    )
    CERT_MANAGER_MISSING = (
        ("the cluster does not know {crd}: cert-manager is missing", "集群中没有 {crd}：未安装 cert-manager"),
        (
            "Install cert-manager (1.6 to 1.9 for harbor-operator 1.4) with its CRDs, then restart harbor-operator.",
            "请安装 cert-manager（harbor-operator 1.4 对应 1.6 至 1.9）及其 CRD，然后重启 harbor-operator。",
        ),
    )
    CERT_MANAGER_DOWN = (
        ("cert-manager ({where}) has no pod that is available", "cert-manager（{where}）没有可用的 Pod"),
        (
            "Look at its pods: kubectl -n {namespace} get pods.",
            "请查看其 Pod：kubectl -n {namespace} get pods。",
        ),
    )
    MIDDLEWARE_OPERATOR_MISSING = (
        ("the cluster does not know {crd}", "集群中没有 CRD {crd}"),
        ("Install its operator, or use an external one.", "请安装相应的 Operator，或使用外部服务。"),
    )
    NAMESPACE_MISSING = (
        ("there is no namespace {namespace}", "命名空间 {namespace} 不存在"),
        ("Create it first.", "请先创建该命名空间。"),
    )
    NAMESPACE_ENDING = (
        ("namespace {namespace} is being deleted", "命名空间 {namespace} 正在删除"),
        ("Choose another one.", "请选择其他命名空间。"),
    )
    STORAGE_CLASS_MISSING = (
        ("there is no storage class {name}", "存储类 {name} 不存在"),
        ("Choose one of: {known}.", "请从中选择：{known}。"),
    )
    QUOTA_SHORT = (
        (
            "quota {quota} leaves {left} of {resource}, {needed} are needed",
            "配额 {quota} 的 {resource} 剩余 {left}，需要 {needed}",
        ),
        ("Raise the quota, or lower resources or replicas.", "请提高配额，或降低资源与副本数。"),
    )
    QUOTA_UNSAID = (
        (
            "quota {quota} limits {resource}, and no amount of it is given: no pod could start",
            "配额 {quota} 限制了 {resource}，但未指定用量，Pod 将无法启动",
        ),
        ("Give resources that include {resource}.", "请在资源中填写 {resource}。"),
    )
    NODE_PORT_RANGE = (
        ("port {port} is not between 30000 and 32767", "端口 {port} 不在 30000 至 32767 之间"),
        (
            "Choose one in that range, or none: a free one is taken.",
            "请选择该范围内的端口，或留空以自动分配。",
        ),
    )
    NODE_PORT_TAKEN = (
        ("port {port} is in use in the cluster", "端口 {port} 已被占用"),
        ("Choose another one, or none: a free one is taken.", "请更换端口，或留空以自动分配。"),
    )
    TLS_MISSING = (
        (
            "there is no TLS secret {name} in namespace {namespace}",
            "命名空间 {namespace} 中没有 TLS 密钥 {name}",
        ),
        (
            "Create it: kubectl -n {namespace} create secret tls {name}.",
            "请创建：kubectl -n {namespace} create secret tls {name}。",
        ),
    )
    TLS_UNREADABLE = (
        (
            "secret {name} holds no certificate with its key: {detail}",
            "密钥 {name} 中没有可用的证书与私钥：{detail}",
        ),
        (
            "Put a certificate chain and its key into tls.crt and tls.key.",
            "请在 tls.crt 与 tls.key 中放入证书链与私钥。",
        ),
    )
    TLS_NAMES = (
        (
            "the certificate in {name} is for {names}, not for {host}",
            "{name} 中的证书用于 {names}，不包含 {host}",
        ),
        (
            "Issue one that has {host}, or use one of those names.",
            "请签发包含 {host} 的证书，或使用证书中的名称。",
        ),
    )
    TLS_EXPIRED = (
        ("the certificate in {name} is valid until {until}", "{name} 中的证书有效期至 {until}"),
        ("Renew it.", "请更新证书。"),
    )
    INGRESS_CLASS_MISSING = (
        ("there is no ingress class {name}", "Ingress 类 {name} 不存在"),
        ("Choose one of: {known}.", "请从中选择：{known}。"),
    )
    SHARED = (
        ("{what} is used by {by}", "{what} 已被 {by} 使用"),
        (
            "Two Harbors in one would destroy each other's data: choose another one.",
            "两个 Harbor 共用会互相破坏数据，请更换。",
        ),
        Code.CONFLICT,
    )
    UNSEEN = (
        ("not reached from this server: {detail}", "本服务器无法访问：{detail}"),
        (
            "That says nothing about the cluster. Start the check of the dependencies: it runs inside the cluster.",
            "这并不代表集群内无法访问。请发起依赖服务检查，它会在集群内执行。",
        ),
    )
    UNREADABLE = (
        ("the cluster does not let us look: {detail}", "集群不允许查看：{detail}"),
        (
            "Give the account of the kubeconfig the right to read it.",
            "请为 kubeconfig 中的账号授予读取权限。",
        ),
    )
    REFUSED = (
        ("the cluster refuses {what}: {detail}", "集群拒绝了 {what}：{detail}"),
        ("Change what it does not like.", "请按提示修改。"),
    )
    MIDDLEWARE_MISSING = (
        ("there is no {kind} {name} in namespace {namespace}", "命名空间 {namespace} 中没有 {kind} {name}"),
        ("Choose one that is listed.", "请从列表中选择。"),
        Code.NOT_FOUND,
    )
    MIDDLEWARE_NOT_READY = (
        ("{kind} {name} is not ready: {detail}", "{kind} {name} 尚未就绪：{detail}"),
        ("Wait until it runs, or look at its pods.", "请等待其运行，或查看其 Pod。"),
    )
    REDIS_CLUSTER_MODE = (
        ("{name} is a Redis Cluster, which Harbor cannot use", "{name} 是 Redis 集群模式，Harbor 无法使用"),
        ("Use a standalone Redis, or one with sentinels.", "请使用单机或哨兵模式的 Redis。"),
    )
    # What can be wrong with one that is there.
    RESOURCE_GONE = (
        ("its HarborCluster is gone from the cluster", "集群中的 HarborCluster 已不存在"),
        (
            "Somebody deleted it: delete it here too, or save it once more to make it again.",
            "可能被人删除：请在此删除，或重新保存以重建。",
        ),
    )
    OPERATOR_SILENT = (
        ("harbor-operator has said nothing for {seconds} s", "harbor-operator 已 {seconds} 秒没有更新状态"),
        (
            "Check that harbor-operator runs, with the checks of the environment.",
            "请用环境检查确认 harbor-operator 正在运行。",
        ),
    )
    CONDITION_FALSE = (
        ("{condition} is false: {detail}", "{condition} 为 False：{detail}"),
        ("Look at the pods and at the log of harbor-operator.", "请查看 Pod 与 harbor-operator 的日志。"),
    )
    POD_IMAGE = (
        ("pod {pod} cannot get its image: {detail}", "Pod {pod} 无法拉取镜像：{detail}"),
        ("Check the image source, and that the nodes reach it.", "请检查镜像来源及节点的网络。"),
    )
    POD_CRASHES = (
        ("pod {pod} ends again and again: {detail}", "Pod {pod} 反复退出：{detail}"),
        (
            "Look at its log: kubectl -n {namespace} logs {pod}.",
            "请查看其日志：kubectl -n {namespace} logs {pod}。",
        ),
    )
    POD_PENDING = (
        ("pod {pod} finds no node: {detail}", "Pod {pod} 无法调度：{detail}"),
        ("Check resources, volumes and taints of the nodes.", "请检查节点的资源、存储卷与污点。"),
    )
    SLOW = (
        ("not ready after {seconds} s", "{seconds} 秒后仍未就绪"),
        ("Look at the pods and at the log of harbor-operator.", "请查看 Pod 与 harbor-operator 的日志。"),
    )
    CLUSTER_UNKNOWN = (
        ("cluster {cluster} is not registered any more", "集群 {cluster} 已移除"),
        ("Register it again, or delete this Harbor here.", "请重新接入集群，或在此删除该 Harbor。"),
    )


class Hindrance(Explained):
    """A failure whose cause is in a cluster: `Hindrance(Obstacle.CRD_MISSING, crd=name)`."""

    def __init__(self, obstacle: Obstacle, **facts: Any) -> None:
        super().__init__(obstacle, **facts)
        self.obstacle = obstacle


def explained_of(failure: Failure, what: str) -> Explained:
    """Any failure as one with a word and a remedy. `what` was refused, where the cluster said no."""
    if isinstance(failure, Explained):
        return failure
    if isinstance(failure, Refused) and failure.word in ("Forbidden", "Unauthorized"):
        return Hindrance(Obstacle.UNREADABLE, detail=failure.said)
    detail = failure.said if isinstance(failure, Refused) else str(failure)
    return Hindrance(Obstacle.REFUSED, what=what, detail=detail)


def facts_of(failure: Explained | None) -> dict[str, Any]:
    """As they are kept, in JSON."""
    if failure is None:
        return {}
    return {name: _plain(value) for name, value in failure.facts.items()}


def explained(word: str, facts: Mapping[str, Any]) -> Explained | None:
    """From the word and the facts that were kept, of whichever table; None without a word."""
    if not word:
        return None
    if word in Obstacle.__members__:
        return Hindrance(Obstacle[word], **facts)
    if word in Reason.__members__:
        return InstanceFailure(Reason[word], **facts)
    return Hindrance(Obstacle.REFUSED, what="-", detail=word)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
