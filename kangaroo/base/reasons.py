"""Why something that others keep could not be used (a registry, a cluster, a database): one table of causes, each with
what to do about it.

A cause has a stable word (its name), for programs, health records and tests; a sentence and a remedy, for people, in
English and Chinese; and a row of the table of failures, which says whether trying again can help. The facts of an
`InstanceFailure` fill the placeholders of its sentence and remedy.
"""

from enum import Enum
from typing import Any, Protocol, Self

from kangaroo.base.errors import Code, Failure
from kangaroo.base.texts import Language, Text


class Reason(Enum):
    """`code.heals`: the same request may succeed later, without anybody doing anything here."""

    code: Code
    told: Text
    remedy: Text

    def __new__(cls, code: Code, told: tuple[str, str], remedy: tuple[str, str]) -> Self:
        row = object.__new__(cls)
        row._value_ = len(cls.__members__) + 1
        row.code = code
        row.told = Text(*told)
        row.remedy = Text(*remedy)
        return row

    @property
    def heals(self) -> bool:
        return self.code.heals

    DNS_NOT_FOUND = (
        Code.UNAVAILABLE,
        ("no address is known for the name {host}", "无法解析主机名 {host}"),
        (
            "Check the spelling of the name, and that the DNS of this server knows it.",
            "请检查主机名是否正确，以及本服务器的 DNS 能否解析它。",
        ),
    )
    CONNECTION_REFUSED = (
        Code.UNAVAILABLE,
        ("nothing listens at {host}:{port}", "{host}:{port} 拒绝连接"),
        (
            "Check the port, and that the server there is running.",
            "请检查端口是否正确，以及对端服务是否已启动。",
        ),
    )
    UNREACHABLE = (
        Code.UNAVAILABLE,
        ("there is no way to {host}:{port}: {detail}", "无法到达 {host}:{port}：{detail}"),
        ("Check routes and firewalls between here and there.", "请检查两端之间的路由与防火墙。"),
    )
    TIMEOUT = (
        Code.UNAVAILABLE,
        ("{host}:{port} did not answer within {seconds} s", "{host}:{port} 在 {seconds} 秒内没有响应"),
        (
            "A firewall that drops packets looks like this; so does a server under too much load.",
            "常见原因是防火墙丢弃了数据包，或对端负载过高。",
        ),
    )
    CONNECTION_LOST = (
        Code.UNAVAILABLE,
        ("{host}:{port} closed the connection: {detail}", "{host}:{port} 中断了连接：{detail}"),
        (
            "Look into the log of the server there, and of proxies before it.",
            "请查看对端服务及其前置代理的日志。",
        ),
    )
    ADDRESS_FORBIDDEN = (
        Code.PRECONDITION,
        (
            "{host} leads to {address}, which must not be reached from here",
            "{host} 指向 {address}，该地址禁止访问",
        ),
        (
            "Use another address; which ones are forbidden is a setting of the operator.",
            "请换用其他地址；禁止访问的网段由运维人员设置。",
        ),
    )
    TLS_UNKNOWN_CA = (
        Code.PRECONDITION,
        (
            "the certificate of {host} is issued by {issuer}, which is not trusted",
            "{host} 的证书由不受信任的 {issuer} 签发",
        ),
        (
            "Add the PEM of that certificate authority to the instance, or allow it as insecure.",
            "请为该实例添加此 CA 的 PEM 证书，或将其设为跳过证书验证。",
        ),
    )
    TLS_NAME_MISMATCH = (
        Code.PRECONDITION,
        (
            "the certificate of {host} is not for {host} but for: {names}",
            "{host} 的证书不包含 {host}，只包含：{names}",
        ),
        (
            "Use one of those names in the URL, or issue a certificate that has {host}.",
            "请在地址中使用证书包含的名称，或重新签发包含 {host} 的证书。",
        ),
    )
    TLS_EXPIRED = (
        Code.PRECONDITION,
        (
            "the certificate of {host} is valid from {not_before} to {not_after}, not now",
            "{host} 的证书有效期为 {not_before} 至 {not_after}，当前不在有效期内",
        ),
        (
            "Renew the certificate there; if its dates are right, check the clock of this server.",
            "请更新证书；如证书日期无误，请检查本服务器的时钟。",
        ),
    )
    TLS_OTHER = (
        Code.PRECONDITION,
        ("no TLS connection to {host}: {detail}", "无法与 {host} 建立 TLS 连接：{detail}"),
        (
            "Check the TLS versions and the certificate chain of the server there.",
            "请检查对端支持的 TLS 版本与证书链。",
        ),
    )
    PROTOCOL = (
        Code.PRECONDITION,
        (
            "{host}:{port} was asked in {asked}, but it speaks {spoken}",
            "以 {asked} 访问 {host}:{port}，但它使用的是 {spoken}",
        ),
        ("Begin the URL with {spoken}://", "请将地址改为以 {spoken}:// 开头。"),
    )
    NOT_A_REGISTRY = (
        Code.PRECONDITION,
        ("{url} is not a {kind}: {found}", "{url} 不是 {kind}：{found}"),
        (
            "Check the URL (without a path, in most cases) and the type of the registry.",
            "请检查地址（通常不带路径）与镜像仓库类型。",
        ),
    )
    UNAUTHORIZED = (
        Code.PRECONDITION,
        ("{url} does not accept the credential of {user}", "{url} 不接受 {user} 的凭证"),
        (
            "Check user name and password; a robot account may have expired.",
            "请检查用户名与密码；机器人账号可能已过期。",
        ),
    )
    FORBIDDEN = (
        Code.PRECONDITION,
        ("{user} may not do this at {url}: {detail}", "{user} 在 {url} 上没有此操作的权限：{detail}"),
        ("Give that account the right, or use another one.", "请为该账号授权，或换用其他账号。"),
    )
    NOT_ADMIN = (
        Code.PRECONDITION,
        ("{user} is not an administrator of {url}", "{user} 不是 {url} 的管理员"),
        (
            "Use an administrator's account, or a system robot account.",
            "请使用管理员账号或系统级机器人账号。",
        ),
    )
    VERSION_TOO_OLD = (
        Code.PRECONDITION,
        (
            "{url} has version {found}; {needed} or newer is needed",
            "{url} 的版本为 {found}，至少需要 {needed}",
        ),
        ("Upgrade that registry to {needed} or newer.", "请将该镜像仓库升级到 {needed} 或更新版本。"),
    )
    RATE_LIMITED = (
        Code.TOO_MANY_REQUESTS,
        ("{url} limits our requests: again in {seconds} s", "{url} 限制了请求频率，请在 {seconds} 秒后重试"),
        (
            "Wait; if it happens often, ask that registry's operator for a higher limit.",
            "请稍候；如经常发生，请联系对方管理员提高限额。",
        ),
    )
    SERVER_ERROR = (
        Code.UNAVAILABLE,
        ("{url} failed with status {status}: {detail}", "{url} 返回状态 {status}：{detail}"),
        ("Look into the log of that registry.", "请查看该镜像仓库的日志。"),
    )
    UNHEALTHY = (
        Code.UNAVAILABLE,
        ("{url} says that parts of it are not healthy: {parts}", "{url} 报告部分组件不健康：{parts}"),
        ("Look into the logs of these parts.", "请查看这些组件的日志。"),
    )
    BAD_ANSWER = (
        Code.PRECONDITION,
        ("{url} answered what we cannot use: {detail}", "{url} 的响应无法使用：{detail}"),
        (
            "Look for a proxy that changes answers; otherwise report it with this message.",
            "请检查是否有代理改写了响应；否则请附上此信息反馈问题。",
        ),
    )
    DELETE_DISABLED = (
        Code.UNSUPPORTED,
        ("{url} does not allow deletion", "{url} 未开启删除功能"),
        (
            "Set storage.delete.enabled to true in its configuration (REGISTRY_STORAGE_DELETE_ENABLED=true).",
            "请在其配置中将 storage.delete.enabled 设为 true（REGISTRY_STORAGE_DELETE_ENABLED=true）。",
        ),
    )
    UNSUPPORTED = (
        Code.UNSUPPORTED,
        ("a registry of type {kind} has no {capability}", "{kind} 类型的镜像仓库不支持 {capability}"),
        ("Use a registry of another type for this.", "请改用其他类型的镜像仓库。"),
    )

    # Of what a Harbor needs: PostgreSQL, Redis, S3.
    WRONG_SERVICE = (
        Code.PRECONDITION,
        (
            "what answers at {host}:{port} is not {kind}: {detail}",
            "{host}:{port} 上的服务不是 {kind}：{detail}",
        ),
        ("Check host and port.", "请检查主机与端口。"),
    )
    TLS_NOT_OFFERED = (
        Code.PRECONDITION,
        ("{host}:{port} offers no TLS", "{host}:{port} 不支持 TLS"),
        (
            "Switch TLS on there, or use an SSL mode that does not need it.",
            "请在对端启用 TLS，或改用不要求 TLS 的 SSL 模式。",
        ),
    )
    TLS_REQUIRED = (
        Code.PRECONDITION,
        ("{host}:{port} accepts nothing but TLS", "{host}:{port} 只接受 TLS 连接"),
        (
            "PostgreSQL: use the SSL mode require. Redis: open a port without TLS, a managed Harbor can use no other.",
            "PostgreSQL：请将 SSL 模式设为 require。Redis：请开放非 TLS 端口，托管 Harbor 不支持 Redis 的 TLS。",
        ),
    )
    DATABASE_MISSING = (
        Code.PRECONDITION,
        ("{host}:{port} has no database {database}", "{host}:{port} 上没有数据库 {database}"),
        ('Create it there: CREATE DATABASE "{database}";', '请在对端创建：CREATE DATABASE "{database}";'),
    )
    DATABASES_TOO_FEW = (
        Code.PRECONDITION,
        (
            "{host}:{port} has no Redis database number {database}",
            "{host}:{port} 没有编号为 {database} 的 Redis 数据库",
        ),
        (
            "Harbor uses the numbers 0 to {database}: set `databases` there to 16.",
            "Harbor 使用编号 0 至 {database} 的数据库：请将对端的 databases 设为 16。",
        ),
    )
    REDIS_CLUSTER = (
        Code.PRECONDITION,
        (
            "{host}:{port} is a Redis Cluster, which Harbor cannot use",
            "{host}:{port} 是 Redis Cluster，Harbor 不支持此模式",
        ),
        ("Use a standalone Redis, or one behind sentinels.", "请使用单机模式或哨兵模式的 Redis。"),
    )
    READ_ONLY = (
        Code.PRECONDITION,
        ("{host}:{port} is a replica that cannot be written to", "{host}:{port} 是只读副本"),
        ("Use the address of the primary.", "请使用主节点的地址。"),
    )
    NO_MASTER = (
        Code.PRECONDITION,
        (
            "the sentinel {host}:{port} knows no reachable master {name}: {detail}",
            "哨兵 {host}:{port} 没有可用的主节点 {name}：{detail}",
        ),
        ("Check the master's name, as in `SENTINEL masters`.", "请用 SENTINEL masters 命令核对主节点名称。"),
    )
    BUCKET_MISSING = (
        Code.PRECONDITION,
        ("{url} has no bucket {bucket}", "{url} 上没有存储桶 {bucket}"),
        (
            "Create the bucket, or ask for it to be created with a key that may (s3:CreateBucket).",
            "请先创建该存储桶，或使用具有 s3:CreateBucket 权限的密钥并选择自动创建。",
        ),
    )

    # Of a cluster.
    WATCH_STALE = (
        Code.UNAVAILABLE,
        (
            "nothing has been heard of {what} in {url} for {seconds} s: {detail}",
            "已有 {seconds} 秒未收到 {url} 中 {what} 的变化：{detail}",
        ),
        (
            "Is the API server overloaded, does a proxy cut long requests, may the account still list and watch them?",
            "请检查 API Server 是否过载、前置代理是否会切断长连接，以及该账号是否仍有 list 与 watch 权限。",
        ),
    )
    CLUSTER_OTHER = (
        Code.PRECONDITION,
        (
            "what answers at {url} is another cluster than the one that was registered",
            "{url} 上的集群与接入时的不是同一个",
        ),
        (
            "If it was set up anew, remove the cluster here and register it again.",
            "如果该集群已重建，请在此移除后重新接入。",
        ),
    )
    CLUSTER_RIGHTS = (
        Code.PRECONDITION,
        ("the account of the kubeconfig may not: {missing}", "kubeconfig 中的账号缺少权限：{missing}"),
        (
            "Give it these rights by a ClusterRole and a ClusterRoleBinding, or use another account.",
            "请通过 ClusterRole 与 ClusterRoleBinding 授予这些权限，或换用其他账号。",
        ),
    )
    CLUSTER_ACCOUNTS = (
        Code.PRECONDITION,
        (
            "pull secrets are kept, but cannot be attached to ServiceAccounts: the account may not: {missing}",
            "拉取凭证可以正常维护，但无法关联到 ServiceAccount：kubeconfig 中的账号缺少权限：{missing}",
        ),
        (
            "Give it these rights by its ClusterRole, or name registry-secret in the imagePullSecrets of pods.",
            "请在其 ClusterRole 中授予这些权限；否则请在 Pod 的 imagePullSecrets 中引用 registry-secret。",
        ),
    )


class Cause(Protocol):
    """A row of a table of causes: this one, or another chapter's."""

    code: Code
    told: Text
    remedy: Text

    @property
    def name(self) -> str: ...


class Explained(Failure):
    """A failure with a cause out of a table: its word is stable, its sentence and remedy are for people."""

    def __init__(self, cause: Cause, *, retry_after: int | None = None, **facts: Any) -> None:
        super().__init__(cause.code, retry_after=retry_after, **facts)
        self.cause = cause

    def message(self, language: Language = "en") -> str:
        return self._in(self.cause.told, language)

    def remedy(self, language: Language = "en") -> str:
        return self._in(self.cause.remedy, language)

    def _in(self, text: Text, language: Language) -> str:
        return (text.zh if language == "zh" else text.en).format_map(self.facts)


class InstanceFailure(Explained):
    """A failure whose cause is an instance: `InstanceFailure(Reason.TIMEOUT, host=h, port=p, seconds=4)`."""

    def __init__(self, reason: Reason, *, retry_after: int | None = None, **facts: Any) -> None:
        super().__init__(reason, retry_after=retry_after, **facts)
        self.reason = reason
