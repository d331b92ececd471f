"""What only the doctor finds, because it takes looking at several subjects at once: each with what to do about it.

Like `base.reasons`, for what is found between the parts instead of at one of them.
"""

from enum import Enum
from typing import Any, Self

from kangaroo.base.errors import Code
from kangaroo.base.reasons import Explained
from kangaroo.base.texts import Text


class Trouble(Enum):
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

    INSTANCE_UNKNOWN = (
        ("no registry {name} is registered", "没有登记名为 {name} 的镜像仓库"),
        (
            "Check the name; a workspace's own registry needs the workspace too.",
            "请检查名称；工作空间接入的镜像仓库还需指定工作空间。",
        ),
        Code.NOT_FOUND,
    )
    HEALTH_OUTDATED = (
        ("it works now, but is still shown as {state}", "目前工作正常，但仍显示为 {state}"),
        (
            "Look at it now (fix does so); it is also looked at by itself within a minute.",
            "请立即重新检查（修复操作会执行）；系统也会在一分钟内自动检查。",
        ),
    )
    HEALTH_WAS_OUTDATED = (
        ("it was shown as {state} until now, and is healthy", "此前显示为 {state}，实际已健康"),
        ("Nothing: looking has put it right.", "无需操作：刚才的检查已更新状态。"),
    )
    CLIENTS_NAME_MISMATCH = (
        (
            "the certificate of {host} is not for {host} but for: {names}. docker and containerd refuse it (x509)",
            "{host} 的证书不包含 {host}，只包含：{names}。docker 与 containerd 会拒绝（x509）",
        ),
        (
            "Issue one that has {host} (an address as an IP SAN), or make {host} an insecure registry on every node.",
            "请签发包含 {host} 的证书（IP 须写入 IP SAN），或在每个节点将 {host} 设为 insecure registry。",
        ),
    )
    CLIENTS_UNKNOWN_CA = (
        (
            "the certificate of {host} is issued by {issuer}: docker and containerd must be told to trust it (x509)",
            "{host} 的证书由 {issuer} 签发：docker 与 containerd 须先信任该 CA，否则会拒绝（x509）",
        ),
        (
            "Put the authority's PEM on every node; `kangaroo push-command` prints what to do for each client.",
            "请在每个节点放置该 CA 的 PEM；kangaroo push-command 会给出各客户端的做法。",
        ),
    )
    IMAGE_NAME_INVALID = (
        ("{given} is no name of an image: {detail}", "{given} 不是有效的镜像名称：{detail}"),
        (
            "Write host/space/name:tag or host/space/name@sha256:….",
            "请写成 主机/空间/名称:标签 或 主机/空间/名称@sha256:…。",
        ),
    )
    HOST_UNKNOWN = (
        (
            "no registered registry has the host {host}; there are: {known}",
            "没有主机为 {host} 的镜像仓库；已登记：{known}",
        ),
        (
            "Use one of these hosts in the image's name, port included, or register that registry.",
            "请在镜像名称中使用上述主机（包括端口），或登记该镜像仓库。",
        ),
        Code.NOT_FOUND,
    )
    SPACE_UNKNOWN = (
        ("{instance} has no image space {space}", "{instance} 中没有镜像空间 {space}"),
        ("Check the spelling, or create the space.", "请检查名称，或创建该镜像空间。"),
        Code.NOT_FOUND,
    )
    SPACE_NOT_BOUND = (
        (
            "image space {space} is private, and not bound to workspace {workspace}",
            "镜像空间 {space} 为私有，且未绑定到工作空间 {workspace}",
        ),
        (
            "Bind {space} to that workspace: kangaroo bind, or the page of the space.",
            "请将 {space} 绑定到该工作空间：使用 kangaroo bind 或镜像空间页面。",
        ),
    )
    NO_CREDENTIAL = (
        (
            "workspace {workspace} has no credential for {instance}: {detail}",
            "工作空间 {workspace} 没有 {instance} 的凭证：{detail}",
        ),
        (
            "The registry's credential here must be able to create robot accounts.",
            "此处登记的账号须能够创建机器人账号。",
        ),
    )
    IMAGE_MISSING = (
        ("{image} does not exist", "{image} 不存在"),
        ("Check the name and the tag, or push it.", "请检查名称与标签，或推送该镜像。"),
        Code.NOT_FOUND,
    )
    PLATFORM_MISSING = (
        ("the nodes are {nodes}, but the image is for {image}", "节点平台为 {nodes}，而镜像仅支持 {image}"),
        ("Push an image for {nodes}, as part of an index.", "请推送支持 {nodes} 的镜像（多架构索引）。"),
    )
    NAMESPACE_UNBOUND = (
        (
            "namespace {namespace} of cluster {cluster} belongs to no workspace",
            "集群 {cluster} 的命名空间 {namespace} 不属于任何工作空间",
        ),
        ("Bind the namespace to a workspace.", "请将该命名空间绑定到工作空间。"),
    )
    SECRET_MISSING = (
        ("namespace {namespace} has no secret {secret}", "命名空间 {namespace} 中没有密钥 {secret}"),
        ("Let it be made again (fix does so).", "请重新生成（修复操作会执行）。"),
    )
    SECRET_FOREIGN = (
        (
            "the secret {secret} in namespace {namespace} was made by somebody else ({detail})",
            "命名空间 {namespace} 中的密钥 {secret} 由他人创建（{detail}）",
        ),
        (
            "Delete it, or allow it to be overwritten in the namespace's settings.",
            "请删除它，或在该命名空间的设置中允许覆盖。",
        ),
    )
    SECRET_HOST_MISSING = (
        (
            "the secret {secret} in namespace {namespace} has nothing for {host}, only: {known}",
            "命名空间 {namespace} 中的密钥 {secret} 没有 {host}，只有：{known}",
        ),
        (
            "Name the image with the host of the registered URL, port included; or make the secret again (fix).",
            "镜像名称中的主机须与登记的地址一致（包括端口）；否则请重新生成密钥（修复操作会执行）。",
        ),
    )
    SECRET_WRONG = (
        (
            "the secret {secret} in namespace {namespace} is not what it should be: {detail}",
            "命名空间 {namespace} 中的密钥 {secret} 内容不正确：{detail}",
        ),
        ("Let it be made again (fix does so).", "请重新生成（修复操作会执行）。"),
    )
    SECRET_NOT_ATTACHED = (
        (
            "service account {account} of namespace {namespace} does not use the secret {secret}",
            "命名空间 {namespace} 的服务账号 {account} 未使用密钥 {secret}",
        ),
        (
            "Pods must name it under imagePullSecrets, or let it be attached in the namespace's settings.",
            "Pod 须在 imagePullSecrets 中指定该密钥，或在命名空间设置中选择关联服务账号。",
        ),
    )
    PASSWORD_UNUSABLE = (
        (
            "the password of {what} has {character}, which {component} of Harbor cannot cope with",
            "{what} 的密码含有 {character}，Harbor 的 {component} 无法处理",
        ),
        (
            "Use letters, digits and . _ ~ - only.",
            "请只使用字母、数字以及 . _ ~ -。",
        ),
    )
    DISK_LOW = (
        ("{free} of {total} GiB are free in {path}", "{path} 剩余 {free} GiB，共 {total} GiB"),
        (
            "Enlarge the volume, or remove images and let unused content be collected.",
            "请扩容，或删除镜像并执行垃圾回收。",
        ),
        Code.STORAGE_FULL,
    )
    KEY_CHANGED = (
        (
            "the credential of registry {instance} was encrypted with another key",
            "镜像仓库 {instance} 的凭证由其他密钥加密",
        ),
        (
            "Start with the key it was written with (secret_key, keys/secret.key), or give the credential again.",
            "请使用写入时的密钥启动（secret_key 或 keys/secret.key），或重新填写凭证。",
        ),
    )
    NO_WORKER = (
        ("nobody does the jobs: no worker has been seen lately", "没有可用的后台任务进程"),
        (
            "`kangaroo serve` runs one, `kangaroo work` is one: look at whether it runs, and at its log.",
            "kangaroo serve 会启动它，也可单独运行 kangaroo work：请确认其正在运行并查看日志。",
        ),
        Code.UNAVAILABLE,
    )
    OUR_NAME_MISSING = (
        ("our certificate is not for {host} but for: {names}", "本服务的证书不包含 {host}，只包含：{names}"),
        (
            "Add {host} to tls_names, or give a certificate that has it.",
            "请在 tls_names 中加入 {host}，或提供包含它的证书。",
        ),
    )
    OUR_CERTIFICATE_ENDS = (
        ("our certificate is valid until {until}", "本服务的证书有效期至 {until}"),
        ("Renew it; with tls = auto a restart does so.", "请更新证书；如使用 tls = auto，重启即可。"),
    )
    NOT_MANAGED = (
        ("there is no managed Harbor {name}", "没有名为 {name} 的托管 Harbor"),
        ("Check the name.", "请检查名称。"),
        Code.NOT_FOUND,
    )
    CLUSTER_UNKNOWN = (
        ("no cluster {name} is registered", "没有登记名为 {name} 的集群"),
        ("Check the name, or register the cluster.", "请检查名称，或接入该集群。"),
        Code.NOT_FOUND,
    )


class Ailment(Explained):
    """A failure the doctor found: `Ailment(Trouble.SPACE_UNKNOWN, instance=i, space=s)`."""

    def __init__(self, trouble: Trouble, **facts: Any) -> None:
        super().__init__(trouble, **facts)
        self.trouble = trouble
