"""Tag configure: what administrators set."""

import pytest

from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.conftest import Installation
from tests.entrypoints.harbor.test_projects import error


async def test_what_is_set_is_shown(admin: HarborClient) -> None:
    before = await admin.get("configurations")
    assert before["auth_mode"] == {"value": "db_auth", "editable": True}
    assert before["storage_per_project"] == {"value": -1, "editable": True}
    changes = {"session_timeout": 30, "banner_message": "hello", "quota_per_project_enable": False}
    answer = await admin("PUT", "configurations", changes)
    assert (answer.status, answer.body) == (200, b"")
    after = await admin.get("configurations")
    assert after == before | {key: {"value": value, "editable": True} for key, value in changes.items()}


async def test_secrets_never_come_back(admin: HarborClient) -> None:
    secrets = {
        "ldap_search_password": "hunter2",
        "oidc_client_secret": "hunter2",
        "uaa_client_secret": "hunter2",
    }
    assert (await admin("PUT", "configurations", secrets)).status == 200
    answer = await admin("GET", "configurations")
    assert b"hunter2" not in answer.body
    assert not set(secrets) & set(answer.json())


async def test_keys_of_other_versions_and_nulls_are_ignored(installation: Installation) -> None:
    admin = HarborClient(installation, judged=False).signed_in("admin", "Harbor12345")
    body = {"email_host": "x", "session_timeout": None, "pull_time_update_disable": True}
    assert (await admin("PUT", "configurations", body)).status == 200
    values = await installation.wired.services.access.configuration.values()
    assert (values.session_timeout, values.pull_time_update_disable) == (60, True)


async def test_read_only_can_be_switched_off_again(admin: HarborClient) -> None:
    await admin("PUT", "configurations", {"read_only": True})
    assert error(await admin("POST", "projects", {"project_name": "p"})) == (
        403,
        "DENIED",
        "The system is in read only mode. Any modification is prohibited.",
    )
    assert (await admin("PUT", "configurations", {"read_only": False})).status == 200
    assert (await admin("POST", "projects", {"project_name": "p"})).status == 201


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"session_timeout": -1}, 400, "bad request: the session_timeout value must be positive"),
        ({"auth_mode": "uaa_auth"}, 400, None),
        ({"robot_name_prefix": ""}, 400, None),
        (
            {"skip_audit_log_database": True},
            400,
            "bad request: audit log forward endpoint should be configured before enable skip audit log in database",
        ),
        ({"session_timeout": "5"}, 422, None),
        ({"read_only": "true"}, 422, None),
        ({"banner_message": 5}, 422, None),
    ],
)
async def test_values_that_cannot_be(
    installation: Installation, body, status: int, message: str | None
) -> None:
    admin = HarborClient(installation, judged=False).signed_in("admin", "Harbor12345")
    answer = await admin("PUT", "configurations", body)
    assert answer.status == status, answer.body
    assert message in (None, error(answer)[2])
