"""Settings that administrators change while the server runs: how people sign in, and what holds for all spaces."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from litestar import get, post

from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.texts import N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

SETTINGS, SIGN_IN = "/administration/settings", "/administration/signin"
GIB = 1 << 30
_UNLIMITED = -1


@dataclass(frozen=True, slots=True)
class Row:
    """A key of the configuration. `secret` is written and never shown; `storage` is in GiB, empty without limit."""

    key: str
    label: str
    kind: Literal["text", "number", "flag", "secret", "choice", "storage", "area"] = "text"
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    rows: Sequence[Row]


GENERAL = (
    Section(
        "spaces",
        N_("Image spaces"),
        (
            Row(
                "project_creation_restriction",
                N_("Who may create spaces"),
                "choice",
                choices=(
                    ("everyone", N_("Everybody who signed in")),
                    ("adminonly", N_("Administrators only")),
                ),
            ),
            Row("storage_per_project", N_("Quota of new spaces, in GiB"), "storage", N_("Empty: no limit.")),
            Row(
                "read_only",
                N_("Read-only"),
                "flag",
                N_("Nobody can push, delete or change anything but this."),
            ),
            Row(
                "banner_message",
                N_("Banner"),
                "text",
                N_("A sentence that clients of Harbor's API are shown."),
            ),
        ),
    ),
    Section(
        "sessions",
        N_("Sessions, tokens and robots"),
        (
            Row("session_timeout", N_("Minutes without use until a session ends"), "number"),
            Row("token_expiration", N_("Minutes a registry token lives"), "number"),
            Row("robot_name_prefix", N_("Names of robots begin with"), "text"),
            Row("robot_token_duration", N_("Days a robot usually lives"), "number"),
        ),
    ),
    Section(
        "audit",
        N_("Audit log and counters"),
        (
            Row("pull_audit_log_disable", N_("Leave pulls out of the audit log"), "flag"),
            Row("pull_count_update_disable", N_("Do not count pulls"), "flag"),
            Row("pull_time_update_disable", N_("Do not keep the time of the last pull"), "flag"),
        ),
    ),
)
LDAP = Section(
    "ldap",
    N_("Directory (LDAP)"),
    (
        Row("ldap_url", N_("Address"), hint=N_("Such as ldaps://directory.example.com.")),
        Row("ldap_base_dn", N_("People are below")),
        Row("ldap_search_dn", N_("Account that searches")),
        Row("ldap_search_password", N_("Its password"), "secret"),
        Row("ldap_uid", N_("Attribute with the user name")),
        Row("ldap_filter", N_("Only people who fit")),
        Row("ldap_verify_cert", N_("Check the certificate"), "flag"),
        Row("ldap_group_base_dn", N_("Groups are below")),
        Row("ldap_group_search_filter", N_("Only groups that fit")),
        Row("ldap_group_attribute_name", N_("Attribute with the name of a group")),
        Row("ldap_group_membership_attribute", N_("Attribute with the groups of a person")),
        Row("ldap_group_admin_dn", N_("Group of administrators")),
    ),
)
OIDC = Section(
    "oidc",
    N_("OpenID Connect"),
    (
        Row("oidc_name", N_("Name on the button")),
        Row(
            "oidc_endpoint",
            N_("Address of the provider"),
            hint=N_("What its discovery document calls issuer."),
        ),
        Row("oidc_client_id", N_("Client id")),
        Row("oidc_client_secret", N_("Client secret"), "secret"),
        Row("oidc_scope", N_("Scopes"), hint=N_("With commas between; openid must be one of them.")),
        Row(
            "oidc_user_claim",
            N_("Claim with the user name"),
            hint=N_("Empty: people choose a name at first sign-in."),
        ),
        Row("oidc_auto_onboard", N_("Take the name from the claim without asking"), "flag"),
        Row("oidc_groups_claim", N_("Claim with the groups")),
        Row("oidc_group_filter", N_("Only groups that fit this pattern")),
        Row("oidc_admin_group", N_("Group of administrators")),
        Row("oidc_verify_cert", N_("Check the certificate"), "flag"),
        Row("oidc_logout", N_("Sign out at the provider, too"), "flag"),
    ),
)
MODES = (
    ("db_auth", N_("Accounts kept here")),
    ("ldap_auth", N_("A directory (LDAP)")),
    ("oidc_auth", N_("An OpenID provider")),
)
ACCOUNTS = Section(
    "accounts",
    N_("How people sign in"),
    (
        Row("auth_mode", N_("People are known by"), "choice", choices=MODES),
        Row("primary_auth_mode", N_("Show the provider first"), "flag"),
        Row("self_registration", N_("People may make accounts for themselves"), "flag"),
    ),
)
SIGNING_IN = (ACCOUNTS, LDAP, OIDC)


@get(SETTINGS)
async def general(visit: Given[Visit]) -> Page:
    return await _page(visit, SETTINGS, GENERAL, {})


@post(SETTINGS, status_code=303)
async def change_general(visit: Given[Visit]) -> Page:
    return await _change(visit, SETTINGS, GENERAL)


@get(SIGN_IN)
async def signing_in(visit: Given[Visit]) -> Page:
    return await _page(visit, SIGN_IN, SIGNING_IN, {})


@post(SIGN_IN, status_code=303)
async def change_signing_in(visit: Given[Visit]) -> Page:
    return await _change(visit, SIGN_IN, SIGNING_IN)


async def _change(visit: Visit, path: str, sections: Sequence[Section]) -> Page:
    """One section at a time: what is not in its form stays."""
    form = await visit.form()
    section = next((one for one in sections if one.id == form.text("section")), sections[0])
    shown = await visit.services.access.configuring.show(visit.actor)
    fixed = {key for key, one in shown.items() if not one.editable}
    read = {row.key: _read(form, row) for row in section.rows if row.key not in fixed}
    changes = {key: value for key, value in read.items() if value is not None}
    if form.good:
        with form.attempt():
            await visit.services.access.configuring.change(visit.actor, changes)
            return visit.go(path, _("The settings were saved. They hold from now on."))
    return await _page(visit, path, sections, {section.id: form}, 422)


def _read(form: Form, row: Row) -> Any:
    """None leaves the value as it is."""
    match row.kind:
        case "flag":
            return form.flag(row.key)
        case "number":
            return form.number(row.key)
        case "storage":
            size = form.number(row.key)
            return _UNLIMITED if size is None else size * GIB
        case "secret":
            return form.raw(row.key) or None
    return form.text(row.key)


async def _page(
    visit: Visit, path: str, sections: Sequence[Section], forms: dict[str, Form], status: int = 200
) -> Page:
    shown = await visit.services.access.configuring.show(visit.actor)
    filled = {one.id: forms.get(one.id) or Form.filled(**_values(one, shown)) for one in sections}
    fixed = {key for key, one in shown.items() if not one.editable}
    return await visit.page(
        "administration/settings.html", status=status, path=path, sections=sections, forms=filled, fixed=fixed
    )


def _values(section: Section, shown: dict[str, Any]) -> dict[str, Any]:
    values = {row.key: shown[row.key].value for row in section.rows if row.kind != "secret"}
    for row in section.rows:
        if row.kind == "storage":
            size = values[row.key]
            values[row.key] = "" if size == _UNLIMITED else -(-size // GIB)
    return values


HANDLERS = (general, change_general, signing_in, change_signing_in)
