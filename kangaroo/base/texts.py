"""The sentences of errors, in English and Chinese, by key. Placeholders are filled from the failure's facts.

A sentence says what happened and, where it is not obvious, what to do. Wire formats that compare texts (Harbor's)
rely on the English ones: change those only with their tests.
"""

from typing import Any, Literal, NamedTuple

Language = Literal["en", "zh"]


class Text(NamedTuple):
    en: str
    zh: str


TEXTS: dict[str, Text] = {
    "bad_request": Text("bad request: {reason}", "请求有误：{reason}"),
    "name_invalid": Text("invalid repository name {name!r}: {reason}", "镜像名称 {name!r} 无效：{reason}"),
    "tag_invalid": Text("invalid tag {tag!r}", "标签 {tag!r} 无效"),
    "digest_invalid": Text("invalid digest {digest!r}: {reason}", "摘要 {digest!r} 无效：{reason}"),
    "digest_mismatch": Text(
        "content has digest {actual}, not {digest}", "内容的摘要是 {actual}，与声明的 {digest} 不符"
    ),
    "size_invalid": Text(
        "expected {expected} bytes, received {actual}", "应为 {expected} 字节，实际收到 {actual}"
    ),
    "manifest_invalid": Text("manifest invalid: {reason}", "清单无效：{reason}"),
    "manifest_blob_unknown": Text(
        "manifest references {digest}, which is not in repository {repository}: push it first",
        "清单引用的 {digest} 不在镜像 {repository} 中，请先推送",
    ),
    "upload_invalid": Text("upload invalid: {reason}", "上传无效：{reason}"),
    "unsupported": Text("unsupported: {reason}", "不支持：{reason}"),
    "unauthorized": Text("unauthorized: authentication required", "需要登录"),
    "unauthorized_repository": Text(
        "unauthorized to access repository: {repository}, action: {action}: "
        "unauthorized to access repository: {repository}, action: {action}",
        "无权访问镜像 {repository}，操作：{action}",
    ),
    "forbidden": Text(
        "forbidden: {action} on {resource} needs a role you do not have", "无权对 {resource} 执行 {action}"
    ),
    "denied": Text("denied: {reason}", "拒绝访问：{reason}"),
    "accessory_alone": Text(
        "the operation isn't supported for an artifact accessory", "不能单独复制制品的附件（签名、SBOM 等）"
    ),
    "collecting_already": Text(
        "garbage is being collected already, by run {execution}: wait for its end, or stop it",
        "垃圾回收正在进行（运行 {execution}），请等待其结束或先将其停止",
    ),
    "quota_exceeded": Text(
        "adding {adding} of storage resource, which when updated to current usage of {used} "
        "will exceed the configured upper limit of {hard}.",
        "存储配额不足：新增 {adding}，已用 {used}，上限 {hard}",
    ),
    "not_found": Text("{what} not found", "{what} 不存在"),
    "project_unknown": Text("project {project} not found", "镜像空间 {project} 不存在"),
    "repository_unknown": Text("repository {repository} not found", "镜像 {repository} 不存在"),
    "manifest_unknown": Text(
        "manifest {reference} unknown to {repository}", "{repository} 中没有清单 {reference}"
    ),
    "blob_unknown": Text("blob {digest} unknown to {repository}", "{repository} 中没有数据块 {digest}"),
    "upload_unknown": Text(
        "upload {upload} unknown: it was finished, cancelled or expired; start a new one",
        "上传 {upload} 不存在：可能已完成、取消或过期，请重新开始",
    ),
    "method_not_allowed": Text("method {method} not allowed here", "此处不允许 {method} 方法"),
    "blob_in_use": Text(
        "blob {digest} is used by a manifest of {repository}: delete the manifest first",
        "数据块 {digest} 仍被 {repository} 的清单引用，请先删除清单",
    ),
    "conflict": Text("{what} already exists", "{what} 已存在"),
    "precondition": Text("{reason}", "{reason}"),
    "tag_immutable": Text(
        "Failed to process request due to '{repository}:{tag}' configured as immutable.",
        "{repository}:{tag} 已设为不可变版本，操作被拒绝",
    ),
    "referenced": Text("{what} is still used by {by}", "{what} 仍被 {by} 使用"),
    "policy_violation": Text("{reason}", "{reason}"),
    "too_large": Text("{what} is larger than {limit} bytes", "{what} 超过 {limit} 字节"),
    "range_invalid": Text("range {range!r} invalid: {reason}", "范围 {range!r} 无效：{reason}"),
    "invalid_field": Text("{field}: {reason}", "{field}：{reason}"),
    "invalid_in_query": Text("{field} in query {reason}", "查询参数 {field} {reason}"),
    "csrf": Text(
        "CSRF token missing or invalid: send back the header X-Harbor-Csrf-Token of the last answer",
        "CSRF 令牌缺失或无效：请带上前一次响应的 X-Harbor-Csrf-Token",
    ),
    "read_only": Text(
        "The system is in read only mode. Any modification is prohibited.", "系统处于只读模式，禁止任何修改。"
    ),
    "self_registration_off": Text(
        "self registration disabled, only sysadmin can check user existence",
        "未开放自助注册，只有系统管理员可以查询用户是否存在",
    ),
    "too_many_requests": Text(
        "too many requests: try again in {seconds} s", "请求过于频繁，请在 {seconds} 秒后重试"
    ),
    "password_weak": Text(
        "the password or secret must be 8 to 128 characters long, "
        "with at least 1 uppercase letter, 1 lowercase letter and 1 number",
        "密码或密钥须为 8 至 128 个字符，并至少包含 1 个大写字母、1 个小写字母和 1 个数字",
    ),
    "password_same": Text("New password is identical to old password", "新密码不能与旧密码相同"),
    "password_wrong": Text("Current password is incorrect", "当前密码不正确"),
    "username_invalid": Text(
        "invalid user name {name!r}: use at most 255 printable characters, none of , ~ # $ % : "
        "and no blanks at its ends",
        "用户名 {name!r} 无效：最多 255 个可见字符，不能含 , ~ # $ % : 及首尾空格",
    ),
    "auth_mode_fixed": Text(
        "the auth mode cannot be modified as new users have been inserted into database",
        "已有其他用户，不能再修改认证模式",
    ),
    "auth_mode_other": Text("auth mode: {mode} is not {wanted}", "当前认证模式是 {mode}，不是 {wanted}"),
    "users_elsewhere": Text(
        "creating local user is not allowed under auth mode: {mode}", "认证模式为 {mode} 时不能创建本地用户"
    ),
    "self_registration_api": Text(
        "self-registration cannot be triggered via API", "自助注册只能在浏览器中进行"
    ),
    "secret_unreadable": Text(
        "{what} was encrypted with another key: start with the right secret_key, or set it again",
        "{what} 是用另一个密钥加密的：请以正确的 secret_key 启动，或重新设置",
    ),
    "project_name_invalid": Text(
        "project name is not in lower case or contains illegal characters",
        "镜像空间名称只能由小写字母、数字和其间的单个 . _ - 组成",
    ),
    "project_admins_only": Text("Only system admin can create project", "只有系统管理员可以创建镜像空间"),
    "proxy_admins_only": Text(
        "Only system admin can create proxy cache project", "只有系统管理员可以创建代理缓存空间"
    ),
    "project_not_empty": Text(
        "the project contains repositories, can not be deleted", "镜像空间中还有镜像，不能删除"
    ),
    "retention_id_given": Text(
        "the retention_id in the request's payload when updating a project should be omitted, "
        "alternatively passing the one that has already been associated to this project",
        "更新镜像空间时不能改变 retention_id",
    ),
    "allowlist_project": Text(
        "project_id in cve_allowlist must be {expected} but it's {actual}",
        "cve_allowlist 的 project_id 应为 {expected}，而不是 {actual}",
    ),
    "metadata_single": Text("only allow one key/value pair", "每次只能设置一个键"),
    "metadata_key": Text("invalid key: {name}", "键 {name} 无效"),
    "metadata_value": Text("invalid value: {value}", "值 {value} 无效"),
    "metadata_proxy": Text(
        "can not update the normal project with proxy cache filter metadata",
        "普通镜像空间不能设置代理缓存的过滤规则",
    ),
    "label_scope": Text("invalid scope: {scope}", "标记范围 {scope} 无效"),
    "label_project": Text(
        "must with project ID when to query project labels", "查询镜像空间的标记时须给出 project_id"
    ),
    "tag_kept": Text(
        "the tag {tag} configured as immutable, cannot be deleted", "版本 {tag} 已设为不可变，不能删除"
    ),
    "user_protected": Text(
        "user {user} cannot be changed in this way by {actor}", "{actor} 不能对用户 {user} 执行此操作"
    ),
    "robot_exceeds": Text(
        "denied: a robot can only pass on permissions it has itself",
        "拒绝访问：机器人账号只能授予自身拥有的权限",
    ),
    "instance_name_invalid": Text(
        "invalid name {name!r}: use 1 to 63 lower-case letters, digits and - between them; summary is taken",
        "名称 {name!r} 无效：须为 1 至 63 个小写字母、数字及其间的 -，且不能为 summary",
    ),
    "instance_same_url": Text("{url} is registered already, as {name}", "{url} 已接入，名称为 {name}"),
    "instance_built_in": Text(
        "{name} is the built-in registry: it cannot be changed or removed",
        "{name} 是内置镜像仓库，不能修改或移除",
    ),
    "instance_automatic": Text(
        "{name} belongs to a managed Harbor: change it there",
        "{name} 属于托管 Harbor，请在托管 Harbor 中修改",
    ),
    "instance_credential_again": Text(
        "{field}: the one kept was given for {url} only; give it again for another URL",
        "{field}：已保存的凭证仅用于 {url}，更换地址时请重新填写",
    ),
    "instance_changed": Text(
        "registry {name} was changed by somebody else meanwhile: look at it and try again",
        "镜像仓库 {name} 刚被他人修改，请查看后重试",
    ),
    "space_public": Text(
        "space {space} is public: everybody sees it, there is nothing to bind",
        "镜像空间 {space} 是公开的，所有人可见，无需绑定",
    ),
    "nothing_to_push_to": Text(
        "workspace {workspace} has no private space here to push to: ask an administrator to bind one to it",
        "工作空间 {workspace} 在此没有可推送的私有镜像空间，请联系管理员绑定",
    ),
    "run_over": Text(
        "execution {execution} is over: there is nothing to stop", "执行 {execution} 已结束，无需停止"
    ),
    "run_under_way": Text(
        "execution {execution} is under way: wait for its end, or stop it",
        "执行 {execution} 正在进行，请等待其结束或先停止它",
    ),
    "sync_disabled": Text(
        "sync policy {policy} is disabled: enable it first", "同步规则 {policy} 已停用，请先启用"
    ),
    "retention_exists": Text(
        "space {space} has retention policy {policy} already: change that one",
        "镜像空间 {space} 已有回收策略 {policy}，请直接修改它",
    ),
    "retention_shared": Text(
        "{space} is not workspace {workspace}'s to clean up: a private space bound to it is, or a registry of its own",
        "工作空间 {workspace} 不能设置 {space} 的回收规则：仅限绑定到它的私有空间，以及它自己接入的镜像仓库",
    ),
    "sight_public": Text("{space} is public: {user} sees it", "{space} 是公开的，{user} 可见"),
    "sight_bound": Text(
        "{user} sees {space} as a member of {workspaces}", "{user} 是 {workspaces} 的成员，可见 {space}"
    ),
    "sight_own": Text(
        "{user} sees {space} as a member of {workspaces}, which connected the registry {instance}",
        "{user} 是接入镜像仓库 {instance} 的 {workspaces} 的成员，可见 {space}",
    ),
    "sight_not_member": Text(
        "{user} is not a member of any workspace {space} is bound to; ask {ask} to be made one",
        "{user} 不是 {space} 所绑定的任何工作空间的成员，请联系 {ask} 加入",
    ),
    "sight_not_bound": Text(
        "{space} is private and bound to no workspace, or does not exist; ask {ask} to bind it",
        "{space} 是未绑定任何工作空间的私有空间，或不存在，请联系 {ask} 绑定",
    ),
    "sight_no_space": Text(
        "registry {instance} has no space {space}", "镜像仓库 {instance} 中没有空间 {space}"
    ),
    "sight_no_instance": Text(
        "{user} knows no registry {instance}: there is none, or a workspace has it he is no member of; ask {ask}",
        "{user} 看不到镜像仓库 {instance}：它不存在，或属于其未加入的工作空间，请联系 {ask}",
    ),
    "cluster_refused": Text(
        "the cluster refused it ({word}): {message}", "集群拒绝了该请求（{word}）：{message}"
    ),
    "cluster_name_invalid": Text(
        "invalid name {name!r}: use 1 to 63 lower-case letters, digits and - between them",
        "名称 {name!r} 无效：须为 1 至 63 个小写字母、数字及其间的 -",
    ),
    "cluster_changed": Text(
        "cluster {name} was changed by somebody else meanwhile: look at it and try again",
        "集群 {name} 刚被他人修改，请查看后重试",
    ),
    "cluster_same": Text(
        "this kubeconfig leads to cluster {name}, which is registered already",
        "此 kubeconfig 指向的集群已接入，名称为 {name}",
    ),
    "namespace_taken": Text(
        "namespace {namespace} of cluster {cluster} belongs to workspace {workspace} already: unbind it there first",
        "集群 {cluster} 的命名空间 {namespace} 已属于工作空间 {workspace}，请先在该处解绑",
    ),
    "archive_invalid": Text("the image archive is not usable: {reason}", "镜像归档无法使用：{reason}"),
    "archive_empty": Text("the image archive is empty", "镜像归档是空的"),
    "archive_not_tar": Text(
        "this is not a tar archive: there is no header at byte {at}",
        "不是 tar 归档：第 {at} 字节处没有文件头",
    ),
    "archive_compression": Text(
        "the archive is compressed with {found}: use gzip, zstd or no compression",
        "归档使用了 {found} 压缩：请使用 gzip、zstd 或不压缩",
    ),
    "archive_cut": Text(
        "the archive ends early: its {kind} stream is not whole", "归档不完整：{kind} 数据流提前结束"
    ),
    "archive_damaged": Text(
        "the archive is damaged: its {kind} stream cannot be read ({detail})",
        "归档已损坏：无法读取 {kind} 数据流（{detail}）",
    ),
    "archive_bomb": Text(
        "the archive unpacks to more than {ratio} times its size", "归档解压后超过其自身大小的 {ratio} 倍"
    ),
    "archive_truncated": Text(
        "the archive ends early: {what} takes {wanted} bytes, {left} are there",
        "归档不完整：{what} 应有 {wanted} 字节，实际只有 {left} 字节",
    ),
    "archive_malformed": Text(
        "the tar archive is malformed at byte {at}: {detail}", "tar 归档在第 {at} 字节处格式有误：{detail}"
    ),
    "archive_sparse": Text(
        "the tar archive holds a sparse file at byte {at}: pack it without --sparse",
        "tar 归档在第 {at} 字节处含稀疏文件：请不要使用 --sparse 打包",
    ),
    "archive_too_many": Text("the archive holds more than {limit} {what}", "归档中的 {what} 超过 {limit} 个"),
    "archive_foreign": Text(
        "this is not an image archive: it has neither manifest.json (docker save) nor index.json (OCI image layout)",
        "不是镜像归档：既没有 manifest.json（docker save），也没有 index.json（OCI 镜像布局）",
    ),
    "archive_json": Text(
        "{name} in the archive is not usable: {detail}", "归档中的 {name} 无法使用：{detail}"
    ),
    "archive_lacks": Text("the archive lacks {what}", "归档中缺少 {what}"),
    "archive_layer": Text(
        "layer {number} of the archive has digest {actual}, but its image's config says {digest}",
        "归档中第 {number} 层的摘要是 {actual}，与镜像配置中的 {digest} 不符",
    ),
    "archive_unnamed": Text(
        "the archive does not say what the image {image} is called: give its repository and tag",
        "归档中没有镜像 {image} 的名称：请指定镜像名称与标签",
    ),
    "archive_clash": Text(
        "two images of the archive would both become {name}: upload them without a name of your own, or one by one",
        "归档中有两个镜像会同时成为 {name}：请不要指定名称，或分别上传",
    ),
    "archive_name": Text(
        "the name {name!r} in the archive cannot be used here ({reason}): give another repository and tag",
        "归档中的名称 {name!r} 不能在此使用（{reason}）：请另行指定镜像名称与标签",
    ),
    "archive_no_image": Text(
        "{image} is no container image and has no docker archive: download it as an OCI layout",
        "{image} 不是容器镜像，没有 docker 归档格式：请下载 OCI 布局",
    ),
    "archive_platform": Text(
        "{image} has no platform {platform}, but: {there}", "{image} 没有平台 {platform}，只有：{there}"
    ),
    "archive_platforms": Text(
        "{image} has several platforms, of which a docker archive holds one: choose from {there}",
        "{image} 有多个平台，而 docker 归档只能有一个：请从 {there} 中选择",
    ),
    "space_shared": Text(
        "space {space} is shared with everybody: workspace {workspace} can change only what is in its own spaces",
        "镜像空间 {space} 对所有人公开：工作空间 {workspace} 只能修改自己的镜像空间中的内容",
    ),
    "space_not_pushable": Text(
        "workspace {workspace} cannot push to {space}: it is not a private space bound to it",
        "工作空间 {workspace} 不能推送到 {space}：它不是绑定到该工作空间的私有镜像空间",
    ),
    "space_of_members": Text(
        "the private space {space} is bound to {workspaces}: only members bring images in and out, from there",
        "私有镜像空间 {space} 已绑定到 {workspaces}：只有其成员才能在工作空间内上传或下载镜像",
    ),
    "space_is_proxy": Text(
        "{space} caches another registry and cannot be pushed to", "{space} 是代理缓存空间，不能推送"
    ),
    "pull_secret_foreign": Text(
        "another secret named registry-secret is there (type {type}, of {managers}), and is left as it is: remove it, "
        "or ask for it to be overwritten",
        "命名空间中已有同名的 registry-secret（类型 {type}，来自 {managers}），未作改动：请将其删除，或选择覆盖",
    ),
    "pull_secret_no_namespace": Text("the cluster has no such namespace", "集群中没有该命名空间"),
    "pull_secret_terminating": Text("the namespace is being deleted", "该命名空间正在删除"),
    "pull_secret_no_account": Text(
        "the namespace has no service account {account} to attach the secret to",
        "该命名空间中没有可关联拉取密钥的服务账号 {account}",
    ),
    "pull_secret_no_external_url": Text(
        "how clients reach the built-in registry is not known: set external_url (KANGAROO_EXTERNAL_URL), and restart",
        "尚不知客户端如何访问内置镜像仓库：请设置 external_url（KANGAROO_EXTERNAL_URL）并重启",
    ),
    "internal": Text("internal server error", "服务器内部错误"),
    "unavailable": Text("{what} is unavailable for the moment: {reason}", "{what} 暂不可用：{reason}"),
    "storage_full": Text(
        "{what} is full: free or add space, then retry", "{what} 空间已满，请释放或扩充空间后重试"
    ),
    "managed_name_long": Text(
        "{name!r} is too long for a managed Harbor: at most {longest} characters",
        "托管 Harbor 的名称 {name!r} 过长：最多 {longest} 个字符",
    ),
    "managed_admin_password": Text(
        "{field} needs 8 to 128 characters with a small letter, a capital and a digit",
        "{field} 须为 8 至 128 个字符，并包含大写字母、小写字母和数字",
    ),
    "managed_password": Text(
        "{field} holds {character}, which Harbor's {component} cannot read: leave it out",
        "{field} 包含字符 {character}，Harbor 的 {component} 无法识别，请更换",
    ),
    "managed_fixed": Text(
        "{field} stays as it was made: make another Harbor and move the images",
        "{field} 创建后不能修改：请新建 Harbor 并迁移镜像",
    ),
    "managed_volume_replicas": Text(
        "its volume was made {mode}: it can go between one replica and several only with object storage",
        "其存储卷的访问模式为 {mode}：只有使用对象存储才能在单副本与多副本之间切换",
    ),
    "managed_version_down": Text(
        "{field}: {new} is older than {old}, and Harbor cannot go back",
        "{field}：{new} 低于 {old}，Harbor 不支持降级",
    ),
    "managed_deleting": Text("Harbor {name} is being deleted", "Harbor {name} 正在删除"),
    "managed_password_early": Text(
        "the password of Harbor {name} can be changed once it is healthy", "Harbor {name} 健康后才能修改密码"
    ),
    "managed_oidc": Text(
        "{field}: users sign in to a managed Harbor with accounts of its own",
        "{field}：托管 Harbor 使用其自身的账号登录",
    ),
}


def sentence(key: str, language: Language = "en", **facts: Any) -> str:
    text = TEXTS[key]
    return (text.zh if language == "zh" else text.en).format_map(facts)
