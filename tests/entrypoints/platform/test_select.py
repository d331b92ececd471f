"""The selector: level by level, from a workspace or from none."""

from tests.core.workspaces.kit import member, private, pushed, workspace

SPACES = "select/registries/kangaroo/projects"


async def test_from_nowhere_only_public_spaces(site, admin, nobody):
    made = await workspace(admin, "One")
    await private(admin, "secret", made)
    await pushed(site, "library/app", "v1", "v2")
    await site.user("jane")
    jane = nobody.signed_in("jane", "Harbor12345")
    assert [one["name"] for one in (await jane.get("select/registries/summary"))["items"]] == ["kangaroo"]
    assert (await jane.get(f"{SPACES}?all=true"))["items"] == ["library"]
    assert (await jane.get(f"{SPACES}?public=false"))["items"] == []
    assert (await jane.get(f"{SPACES}/library/repositories"))["items"][0]["name"] == "app"
    [one] = (await jane.get(f"{SPACES}/library/repositories/app/artifacts?fuzzyTagName=2"))["items"]
    assert {tag["name"] for tag in one["tags"]} == {"v1", "v2"}
    assert await jane.refused("GET", f"{SPACES}/secret/repositories") == (404, "PROJECT_UNKNOWN")
    assert await jane.refused("GET", f"{SPACES}?workspace={made}") == (403, "FORBIDDEN")
    assert await jane.refused("GET", f"{SPACES}?workspace=x") == (404, "NOT_FOUND")
    assert await jane.refused("GET", "select/registries/none/projects") == (404, "NOT_FOUND")
    assert await nobody.refused("GET", SPACES) == (401, "UNAUTHORIZED")


async def test_from_a_workspace(site, admin):
    made = await workspace(admin, "One")
    await private(admin, "secret", made)
    await private(admin, "other")
    ann = await member(site, admin, made, "ann", "Workspace Viewer")
    for query, wanted in (
        ("", ["library", "secret"]),
        ("&public=true", ["library"]),
        ("&public=false", ["secret"]),
        ("&public=false&all=true", ["library", "secret"]),
        ("&onlyBind=true", ["secret"]),
        ("&only_bind=true&fuzzy_name=x", []),
        ("&fuzzyName=SEC", ["secret"]),
    ):
        found = await ann.get(f"{SPACES}?workspace={made}{query}")
        assert (found["items"], found["pagination"]["total"]) == (wanted, len(wanted)), query
    found = await ann.get(f"select/registries/summary?workspace={made}&global=true")
    assert found["pagination"]["total"] == 1
    assert (await ann.get(f"{SPACES}/secret/repositories?workspace={made}"))["items"] == []
    assert await ann.refused("GET", f"{SPACES}/other/repositories?workspace={made}") == (
        404,
        "PROJECT_UNKNOWN",
    )
