"""The links of every chain the doctor walks: each a word for programs and a title for people."""

from enum import Enum
from typing import Self

from kangaroo.base.texts import Text


class Link(Enum):
    """Its name is the stable word."""

    title: Text

    def __new__(cls, en: str, zh: str) -> Self:
        row = object.__new__(cls)
        row._value_ = len(cls.__members__) + 1
        row.title = Text(en, zh)
        return row

    # Of whatever is reached over a network.
    REGISTERED = "it is registered here", "已在此登记"
    DNS = "its name leads to an address", "主机名可以解析"
    TCP = "something listens there", "端口可以连接"
    CONNECTION = "it lets us connect, and answers in time", "可以连接并及时响应"
    TLS = "TLS: its certificate is accepted", "TLS 证书有效"
    ANSWER = "it is what it is said to be", "服务类型正确"
    LOGIN = "it accepts the credential", "凭证有效"
    VERSION = "its version is new enough", "版本满足要求"
    RIGHTS = "the credential may do what is needed", "账号权限足够"
    PARTS = "all parts of it are well", "各组件均健康"
    KNOWN_HEALTH = "what is shown of its health is how it is", "显示的健康状态与实际一致"
    CLIENT_TRUST = "container clients accept its certificate", "容器客户端信任其证书"
    # Of what a Harbor needs.
    SENTINEL = "the sentinels agree on a master", "哨兵给出主节点"
    MODE = "its mode is one that Harbor can use", "运行模式受支持"
    DATABASE = "the database is there", "数据库存在"
    BUCKET = "the bucket is there", "存储桶存在"
    PERMISSION = "writing is allowed", "允许写入"
    PASSWORD = "Harbor can use the password", "Harbor 能够使用该密码"
    # Of an image on its way to a node.
    IMAGE_NAME = "the image's name can be read", "镜像名称有效"
    INSTANCE = "a known registry has that host", "该主机是已登记的镜像仓库"
    INSTANCE_WORKS = "the registry works", "镜像仓库工作正常"
    SPACE = "the image space exists", "镜像空间存在"
    CLUSTER = "the cluster answers", "集群可以访问"
    NAMESPACE = "the namespace belongs to a workspace", "命名空间属于某个工作空间"
    VISIBLE = "the workspace may pull from the space", "工作空间可以拉取该镜像空间"
    SECRET = "the namespace has the pull secret", "命名空间中有拉取密钥"
    SECRET_HOST = "the secret has the registry's host", "密钥中有该镜像仓库的主机"
    SECRET_CONTENT = "the secret is as it should be", "密钥内容正确"
    ATTACHED = "pods use the secret", "Pod 会使用该密钥"
    PULL_CREDENTIAL = "the registry accepts the credential", "镜像仓库接受该凭证"
    MANIFEST = "the image exists", "镜像存在"
    PLATFORM = "there is an image for the nodes", "镜像支持节点的平台"
    # Of this installation.
    OUR_DATABASE = "the database answers", "数据库正常"
    OUR_STORAGE = "blobs can be stored", "镜像存储正常"
    DISK = "there is room on the disk", "磁盘空间充足"
    KEYS = "stored credentials can be read with the key", "密钥能够解密已存凭证"
    JOBS = "a worker does the jobs", "后台任务正常执行"
    CERTIFICATE = "our certificate is valid and has our name", "本服务证书有效且包含其名称"
    EXTERNAL_URL = "we are reached at our own URL", "可以通过对外地址访问本服务"
    # Of a managed Harbor.
    WATCHES = "the cluster is watched without gaps", "集群监听正常"
    OPERATOR = "harbor-operator works", "harbor-operator 正常"
    NEEDS_DATABASE = "its PostgreSQL can be used", "PostgreSQL 可用"
    NEEDS_CACHE = "its Redis can be used", "Redis 可用"
    NEEDS_STORAGE = "its storage can be used", "存储可用"
    PODS = "its pods run", "Pod 均在运行"
    RESOURCE = "its HarborCluster is healthy", "HarborCluster 健康"
    INTEGRATION = "it is integrated here", "已集成到本平台"
