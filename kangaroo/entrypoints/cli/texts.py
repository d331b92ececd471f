"""What the command line says to people, in English and Chinese; help is in English alone.

The language follows LC_ALL, LC_MESSAGES and LANG, in this order, as everywhere on Unix.
"""

from os import environ
from typing import Any

from kangaroo.base.texts import Language, Text


def language() -> Language:
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


def say(key: str, **facts: Any) -> str:
    text = TEXTS[key]
    return (text.zh if language() == "zh" else text.en).format_map(facts)


def heading(column: str) -> str:
    text = HEADINGS[column]
    return text.zh if language() == "zh" else text.en


TEXTS: dict[str, Text] = {
    "redirected": Text("{url} sends us on to {target}", "{url} 重定向到 {target}"),
    "use_that_url": Text("Use that URL.", "请使用该地址。"),
    "not_signed_in": Text(
        "{url} does not know you, or your token has expired or was revoked",
        "{url} 不认可此身份：未登录，或令牌已过期或被吊销",
    ),
    "sign_in": Text("Sign in: kangaroo login URL", "请登录：kangaroo login URL"),
    "wait": Text("Try again in {seconds} s.", "请在 {seconds} 秒后重试。"),
    "proxy_says": Text("{url} answers {status} and nothing else", "{url} 仅返回 {status}"),
    "try_later": Text(
        "Look at what stands in front of the server, or try again later.",
        "请检查服务器前的代理，或稍后重试。",
    ),
    "no_kangaroo": Text("no Kangaroo answers at {url}", "{url} 上没有 Kangaroo 服务"),
    "check_url": Text(
        "Check the URL: scheme, host and port, as a browser has it.",
        "请检查地址：协议、主机和端口应与浏览器中的一致。",
    ),
    "unreachable": Text("cannot reach {url}: {reason}", "无法连接 {url}：{reason}"),
    "check_server": Text(
        "Check that the server runs, and host and port.", "请检查服务器是否运行，以及主机和端口是否正确。"
    ),
    "untrusted": Text("the certificate of {url} is not trusted: {reason}", "{url} 的证书不受信任：{reason}"),
    "trust_it": Text(
        "Give its authority with --ca-file FILE; on the server, kangaroo tls show says where it is.",
        "请用 --ca-file FILE 指定其 CA 证书；在服务器上执行 kangaroo tls show 可查看其位置。",
    ),
    "slow": Text("{url} did not answer in time", "{url} 响应超时"),
    "broken": Text("the connection to {url} broke: {reason}", "与 {url} 的连接中断：{reason}"),
    "bad_url": Text("{url} is not of the form http(s)://host:port", "{url} 的格式应为 http(s)://主机:端口"),
    "nowhere": Text("no server and no data folder is given", "未指定服务器或数据目录"),
    "say_where": Text(
        "Sign in with kangaroo login URL, or name the folder: --data DIR",
        "请用 kangaroo login URL 登录，或用 --data DIR 指定数据目录",
    ),
    "one_place": Text(
        "say one of --context, --url and --data, not several", "--context、--url 与 --data 只能指定其一"
    ),
    "no_context": Text("there is no context {name}", "没有名为 {name} 的上下文"),
    "which_contexts": Text("There are: {names}", "现有：{names}"),
    "no_contexts": Text("There are none yet: kangaroo login URL", "尚无上下文，请执行 kangaroo login URL"),
    "bad_contexts": Text("{path} cannot be read: {reason}", "无法读取 {path}：{reason}"),
    "no_ca_file": Text("cannot read certificates from {path}: {reason}", "无法从 {path} 读取证书：{reason}"),
    "interrupted": Text("interrupted", "已中断"),
    "unconfirmed": Text("{name} would be deleted for good", "{name} 将被永久删除"),
    "say_yes": Text("Say --yes to do it without being asked.", "如无需确认，请加 --yes。"),
    "type_name": Text("Type {name} to delete it for good", "请输入 {name} 以确认永久删除"),
    "not_the_name": Text("that is not {name}: nothing was deleted", "输入的不是 {name}，未删除任何内容"),
    "no_column": Text("there is no column {name} to sort by", "没有可用于排序的列 {name}"),
    "which_columns": Text("There are: {names}", "可用：{names}"),
    "bad_name": Text("{name} cannot be the name of a context", "{name} 不能用作上下文名称"),
    "name_option": Text(
        "Give another with --name: letters, digits and . _ -", "请用 --name 指定：字母、数字和 . _ -"
    ),
    "ask_token": Text(
        "API token of {url} (made in the console, under your name)",
        "{url} 的 API 令牌（可在控制台个人中心创建）",
    ),
    "ask_user": Text("User", "用户名"),
    "ask_password": Text("Password of {user}", "{user} 的密码"),
    "again": Text("{what}, again", "再次输入{what}"),
    "not_the_same": Text("they are not the same", "两次输入不一致"),
    "no_terminal": Text("there is no terminal to ask on: {what}", "没有终端可供输入：{what}"),
    "give_by_stdin": Text(
        "Give it as an option, or a secret on standard input.", "请通过选项指定，密码类内容请经标准输入提供。"
    ),
    "wrong_password": Text("{url} does not accept this password of {user}", "{url} 不接受 {user} 的此密码"),
    "signed_in": Text(
        "Signed in to {url} as {user}; context {name}.", "已以 {user} 登录 {url}，上下文 {name}。"
    ),
    "signed_out": Text(
        "Signed out: the token is revoked, context {name} forgotten.",
        "已退出：令牌已吊销，上下文 {name} 已移除。",
    ),
    "forgotten": Text("Context {name} is forgotten.", "上下文 {name} 已移除。"),
    "no_current": Text("no context is the current one", "没有当前上下文"),
    "using": Text("Context {name} it is.", "已切换到上下文 {name}。"),
    "created": Text("{what} is made.", "已创建 {what}。"),
    "updated": Text("{what} is changed.", "已更新 {what}。"),
    "deleted": Text("{what} is deleted.", "已删除 {what}。"),
    "copied": Text("{source} is copied to {target}.", "已将 {source} 复制为 {target}。"),
    "member_added": Text("{who} is a member of {where}.", "{who} 已成为 {where} 的成员。"),
    "member_removed": Text("{who} is a member of {where} no more.", "{who} 不再是 {where} 的成员。"),
    "nothing_to_change": Text("there is nothing to change: give an option", "没有要修改的内容，请指定选项"),
    "no_metadata": Text("{path} lacks metadata: {names}", "{path} 的 metadata 中缺少：{names}"),
    "reconciling": Text(
        "All namespaces of {where} are looked at again.", "正在重新检查 {where} 的所有命名空间。"
    ),
    "rotating": Text("{count} credentials are replaced.", "正在更换 {count} 个凭证。"),
    "no_file": Text("{path} cannot be read: {reason}", "无法读取 {path}：{reason}"),
    "no_space": Text("registry {registry} has no space {space}", "镜像仓库 {registry} 中没有空间 {space}"),
    "no_image": Text("{image} is not there", "{image} 不存在"),
    "no_workspace": Text("there is no workspace {name} you see", "没有可见的工作空间 {name}"),
    "no_token": Text("you have no API token {name}", "没有名为 {name} 的 API 令牌"),
    "nobody": Text("there is no {name}", "{name} 不存在"),
    "which_workspace": Text("it is not clear which workspace is meant", "无法确定所指的工作空间"),
    "give_workspace": Text("Name it: --workspace NAME", "请指定：--workspace NAME"),
    "as_member": Text(
        "As a member of a workspace: --workspace NAME", "以工作空间成员的身份操作：--workspace NAME"
    ),
    "needs_workspace": Text(
        "images of other registries are changed from a workspace only",
        "其他镜像仓库的镜像只能在工作空间内修改",
    ),
    "no_single_tags": Text("a single tag cannot be removed here", "此处不能单独删除版本"),
    "delete_digest": Text(
        "Delete the artifact with its tags ({tags}): {image}@{digest}",
        "请删除整个制品（版本：{tags}）：{image}@{digest}",
    ),
    "say_space": Text("say which space", "请指定镜像空间"),
    "say_space_how": Text(
        "kangaroo space list --registry NAME has them.", "用 kangaroo space list --registry NAME 查看。"
    ),
    "quota_elsewhere": Text("only the built-in registry has quotas", "仅内置镜像仓库支持配额"),
    "bad_size": Text(
        "{size} is no size: 512MiB, 10GiB, none", "{size} 不是有效的大小，例如 512MiB、10GiB、none"
    ),
    "bad_image": Text("{image} names no image", "{image} 不是有效的镜像名称"),
    "image_form": Text(
        "The form is SPACE/NAME, SPACE/NAME:TAG or SPACE/NAME@DIGEST.",
        "格式为 空间/名称、空间/名称:版本 或 空间/名称@摘要。",
    ),
    "bad_access": Text("{access} is not of the form RESOURCE:ACTION", "{access} 的格式应为 RESOURCE:ACTION"),
    "copy_what": Text("one artifact is copied to an image", "复制的对象应为某个制品，目标应为镜像"),
    "copy_tag": Text("Say under which TAG.", "请指定目标版本（TAG）。"),
    "copy_form": Text(
        "kangaroo image copy SPACE/NAME:TAG SPACE/NAME[:TAG]",
        "kangaroo image copy 空间/名称:版本 空间/名称[:版本]",
    ),
    "not_here": Text("not here", "不在此仓库"),
    "trust_first": Text("First, once, so that the certificate is trusted:", "首先（仅需一次）信任其证书："),
    "good_until": Text("Good until {at}", "有效期至 {at}"),
    "ask_old_password": Text("Your password now", "当前密码"),
    "freed": Text(
        "{blobs} blobs, {manifests} manifests and {links} links removed, {size} freed",
        "已删除 {blobs} 个数据块、{manifests} 个清单和 {links} 个关联，释放 {size}",
    ),
    "would_free": Text(
        "{blobs} blobs, {manifests} manifests and {links} links would go, {size} be freed",
        "将删除 {blobs} 个数据块、{manifests} 个清单和 {links} 个关联，释放 {size}",
    ),
    "uploading": Text("uploading", "上传中"),
    "upload_unknown": Text(
        "the server said no result: the connection ended early", "连接提前中断，未收到上传结果"
    ),
    "upload_again": Text(
        "Upload again: what is there already is not sent twice.", "请重新上传，已有内容不会重复推送。"
    ),
    "downloaded": Text("{what} is in {file}.", "{what} 已保存到 {file}。"),
    "file_there": Text("{path} is there already", "{path} 已存在"),
    "no_write": Text("{path} cannot be written: {reason}", "无法写入 {path}：{reason}"),
    "yes": Text("yes", "是"),
    "no": Text("no", "否"),
}

HEADINGS: dict[str, Text] = {
    "name": Text("NAME", "名称"),
    "user": Text("USER", "用户"),
    "url": Text("URL", "地址"),
    "context": Text("CONTEXT", "上下文"),
    "current": Text("CURRENT", "当前"),
    "administrator": Text("ADMINISTRATOR", "系统管理员"),
    "permissions": Text("PERMISSIONS", "权限"),
    "type": Text("TYPE", "类型"),
    "state": Text("STATE", "状态"),
    "version": Text("VERSION", "版本"),
    "message": Text("MESSAGE", "说明"),
    "remedy": Text("REMEDY", "处理建议"),
    "since": Text("SINCE", "起始时间"),
    "checked": Text("CHECKED", "检查时间"),
    "created": Text("CREATED", "创建时间"),
    "updated": Text("UPDATED", "更新时间"),
    "description": Text("DESCRIPTION", "描述"),
    "credential": Text("CREDENTIAL", "凭证"),
    "registry": Text("REGISTRY", "镜像仓库"),
    "integrated": Text("INTEGRATED", "接入方式"),
    "spaces": Text("SPACES", "镜像空间"),
    "images": Text("IMAGES", "镜像"),
    "storage": Text("STORAGE", "存储"),
    "public": Text("PUBLIC", "公开"),
    "workspaces": Text("WORKSPACES", "工作空间"),
    "quota": Text("QUOTA", "配额"),
    "used": Text("USED", "已用"),
    "owner": Text("OWNER", "所有者"),
    "id": Text("ID", "ID"),
    "kind": Text("KIND", "种类"),
    "role": Text("ROLE", "角色"),
    "tags": Text("TAGS", "版本"),
    "tag": Text("TAG", "版本"),
    "digest": Text("DIGEST", "摘要"),
    "platforms": Text("PLATFORMS", "架构"),
    "size": Text("SIZE", "大小"),
    "pushed": Text("PUSHED", "推送时间"),
    "pulled": Text("PULLED", "拉取时间"),
    "pulls": Text("PULLS", "拉取次数"),
    "artifacts": Text("ARTIFACTS", "制品"),
    "accessories": Text("ACCESSORIES", "附件"),
    "expires": Text("EXPIRES", "到期时间"),
    "last_used": Text("LAST USED", "最近使用"),
    "disabled": Text("DISABLED", "已停用"),
    "email": Text("EMAIL", "邮箱"),
    "realname": Text("FULL NAME", "姓名"),
    "secret": Text("SECRET", "密钥"),
    "pull": Text("PULL", "拉取地址"),
    "immutable": Text("IMMUTABLE", "不可变"),
    "registries": Text("REGISTRIES", "镜像仓库"),
    "nodes": Text("NODES", "节点"),
    "server": Text("SERVER", "API 地址"),
    "phase": Text("PHASE", "阶段"),
    "workspace": Text("WORKSPACE", "工作空间"),
    "cluster": Text("CLUSTER", "集群"),
    "namespace": Text("NAMESPACE", "命名空间"),
    "check": Text("CHECK", "检查项"),
    "verdict": Text("VERDICT", "结果"),
    "origin": Text("ORIGIN", "检查位置"),
    "problem": Text("PROBLEM", "问题"),
    "level": Text("LEVEL", "级别"),
}
