"""The table of section 4.2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances.points import PLATFORM_POINTS, WORKSPACE_POINTS, Point
from kangaroo.core.workspaces.authority import points_of
from kangaroo.core.workspaces.roles import BUILT_IN, OF_SCOPE, checked, needs
from kangaroo.store.meta.roles import Held


def test_there_are_21_points_13_of_them_of_the_platform():
    assert len(Point) == 21
    assert len(PLATFORM_POINTS) == 13
    assert not PLATFORM_POINTS & WORKSPACE_POINTS


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("Workspace Admin", {"DeleteConnectedRegistry", "DeleteImage", "CreateImage", "GetImage"}, set()),
        (
            "Workspace Editor",
            {"CreateImage", "UpdateImage", "DeleteImage", "GetImage", "GetConnectedRegistry"},
            {"CreateConnectedRegistry", "UpdateConnectedRegistry", "DeleteConnectedRegistry"},
        ),
        (
            "Workspace Viewer",
            {"GetImage", "GetConnectedRegistry"},
            {"CreateImage", "UpdateImage", "DeleteImage", "CreateConnectedRegistry"},
        ),
    ],
)
def test_roles_of_workspaces(role, may, may_not):
    points = BUILT_IN["workspace"][role]
    assert may <= points
    assert not may_not & points
    assert not points & PLATFORM_POINTS


@given(st.sampled_from(["platform", "workspace"]), st.data())
def test_a_custom_role_has_what_its_points_need_and_nothing_of_the_other_scope(scope, data):
    names = data.draw(st.lists(st.sampled_from(sorted(OF_SCOPE[scope])), min_size=1))
    points = checked(scope, names)
    assert set(names) <= set(points) <= OF_SCOPE[scope]
    assert {needs(point) for point in points} <= set(points)
    assert points_of(scope, [Held("custom", tuple(points))]) == set(points)


@given(st.sampled_from(["platform", "workspace"]), st.sampled_from(sorted(Point)))
def test_a_row_with_points_of_the_other_scope_gives_none_of_them(scope, point):
    assert points_of(scope, [Held("custom", (point, "Nonsense"))]) <= OF_SCOPE[scope]


@pytest.mark.parametrize("names", [[], ["GetRegistrySpace"], ["getimage"], [""]])
def test_what_is_no_role_of_workspaces(names):
    with pytest.raises(Failure) as caught:
        checked("workspace", names)
    assert caught.value.code is Code.INVALID_FIELD
