"""What holds of every decision, whoever asks for whatever."""

import itertools
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kangaroo.base.actors import ActorKind, Grant, Right
from kangaroo.base.errors import Code
from kangaroo.base.names import ProjectName
from kangaroo.core.access import roles
from kangaroo.core.access.roles import PUBLIC_RIGHTS, ROBOT_RIGHTS, ROLE_RIGHTS, Role
from kangaroo.core.access.rules import ProjectFacts, Subject, allowed, check_grants, covers
from tests.core.access.conftest import grant, refused

NAMES = {1: "a", 2: "b", 3: "c"}
PAIRS = sorted(roles.PROJECT_PAIRS | roles.SYSTEM_PAIRS | {("repository", "scanner-pull")})
FEW = [
    ("repository", "pull"),
    ("repository", "push"),
    ("tag", "list"),
    ("label", "read"),
]  # so that they meet
few = st.sampled_from(FEW)
pairs = st.one_of(few, few, few, st.sampled_from(PAIRS))
projects = st.builds(
    lambda number, public: ProjectFacts(number, ProjectName(NAMES[number]), public),
    st.sampled_from(sorted(NAMES)),
    st.booleans(),
)
role_sets = st.frozensets(st.sampled_from(Role))
rights = st.builds(
    lambda pair, effect: Right(pair[0], pair[1], effect),
    pairs,
    st.sampled_from(["allow", "allow", "allow", "deny"]),
)
access_lists = st.lists(rights, min_size=1, max_size=3).map(tuple)
grants = st.one_of(
    st.builds(lambda access: Grant("system", "/", access), access_lists),
    st.builds(lambda access: Grant("project", "*", access), access_lists),
    st.builds(
        lambda number, access: Grant("project", NAMES[number], access, number),
        st.sampled_from(sorted(NAMES)),
        access_lists,
    ),
)
grant_lists = st.lists(grants, max_size=3).map(tuple)
robots = st.builds(
    lambda given, home: Subject(ActorKind.ROBOT, grants=given, home=home),
    grant_lists,
    st.none() | st.sampled_from(sorted(NAMES)),
)
users = st.builds(
    lambda held, admin: Subject(ActorKind.USER, sysadmin=admin, roles=held), role_sets, st.booleans()
)
subjects = st.one_of(robots, users, st.just(Subject(ActorKind.ANONYMOUS)))
places = st.none() | projects
many = settings(max_examples=300, deadline=None)


def may(subject, pair, place):
    return allowed(subject, pair[0], pair[1], place)


@many
@given(users, st.sampled_from(Role), places, pairs)
def test_another_role_takes_nothing_away(subject, role, place, pair):
    more = replace(subject, roles=subject.roles | {role})
    assert may(more, pair, place) >= may(subject, pair, place)


@many
@given(subjects, projects, pairs)
def test_making_a_project_public_takes_nothing_away(subject, place, pair):
    private, public = replace(place, public=False), replace(place, public=True)
    assert may(subject, pair, public) >= may(subject, pair, private)


@many
@given(subjects, projects, pairs)
def test_everybody_active_has_at_least_the_rights_of_strangers(subject, place, pair):
    stranger = may(Subject(ActorKind.ANONYMOUS), pair, place)
    assert stranger == (place.public and pair in PUBLIC_RIGHTS)
    assert may(subject, pair, place) >= stranger


@many
@given(subjects, places, pairs)
def test_the_disabled_the_expired_and_the_deleted_may_do_nothing(subject, place, pair):
    assert not may(replace(subject, active=False), pair, place)


@many
@given(robots, places, pairs)
def test_a_project_robot_is_a_stranger_everywhere_else(robot, place, pair):
    if robot.home is not None and (place is None or place.id != robot.home):
        assert may(robot, pair, place) == may(Subject(ActorKind.ANONYMOUS), pair, place)


@many
@given(robots, places, pairs)
def test_a_robot_has_only_what_an_entry_names(robot, place, pair):
    named = {(right.resource, right.action) for one in robot.grants for right in one.access}
    if ("repository", "push") in named:
        named.add(("repository", "pull"))
    if may(robot, pair, place) and not (place is not None and place.public):
        assert pair in named


@many
@given(robots, projects)
def test_who_may_push_may_pull_unless_pull_is_denied(robot, place):
    denies = any(right.effect == "deny" for one in robot.grants for right in one.access)
    if allowed(robot, "repository", "push", place) and not denies:
        assert allowed(robot, "repository", "pull", place)


@settings(max_examples=1000, deadline=None)
@given(robots, grant_lists, st.none() | st.sampled_from(sorted(NAMES)), places, pairs)
def test_a_robot_never_makes_a_stronger_robot(robot, wanted, home, place, pair):
    if covers(robot, wanted):
        child = Subject(ActorKind.ROBOT, grants=wanted, home=home)
        assert may(robot, pair, place) >= may(child, pair, place)


def test_a_robot_that_is_denied_pulling_cannot_have_it_done_by_another():
    push, no_pull = Right("repository", "push"), Right("repository", "pull", "deny")
    robot = Subject(
        ActorKind.ROBOT,
        grants=(Grant("project", "*", (push,)), Grant("project", "a", (no_pull,), 1)),
    )
    assert not covers(robot, [Grant("project", "a", (push,), 1)])
    assert not covers(robot, [Grant("project", "*", (push,))])
    assert covers(robot, [Grant("project", "b", (push,), 2)])


def test_a_robot_covers_itself_and_less():
    own = (grant("*", "repository:push", "tag:create"), grant("/", "robot:create"))
    robot = Subject(ActorKind.ROBOT, grants=own)
    assert covers(robot, own)
    assert covers(robot, [Grant("project", "a", (Right("repository", "pull"),), 1)])
    assert not covers(robot, [grant("*", "tag:delete")])
    assert not covers(robot, [grant("/", "robot:delete")])


@many
@given(places, pairs)
def test_a_sysadmin_may_do_everything_but_pass_by_the_gates(place, pair):
    subject = Subject(ActorKind.USER, sysadmin=True)
    assert may(subject, pair, place) == (pair[1] != "scanner-pull")
    assert may(Subject(ActorKind.SYSTEM), pair, place)


@given(role_sets, pairs)
def test_users_have_no_rights_in_the_system(held, pair):
    assert not may(Subject(ActorKind.USER, roles=held), pair, None)


def test_what_no_project_has_yet_is_open_to_those_of_every_project_only():
    nowhere = ProjectFacts(0, ProjectName("x"))
    everywhere = Subject(ActorKind.ROBOT, grants=(grant("*", "repository:pull"),))
    somewhere = Subject(ActorKind.ROBOT, grants=(Grant("project", "x", (Right("repository", "pull"),), 7),))
    assert allowed(everywhere, "repository", "pull", nowhere)
    assert not allowed(somewhere, "repository", "pull", nowhere)
    assert not allowed(somewhere, "repository", "pull", ProjectFacts(8, ProjectName("x")))


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (Role.PROJECT_ADMIN, "project:delete member:create robot:delete repository:delete", "metadata:list"),
        (Role.MAINTAINER, "repository:delete artifact:delete scan:create tag:delete", "member:create"),
        (Role.DEVELOPER, "repository:push tag:create artifact-label:delete", "repository:delete tag:delete"),
        (Role.GUEST, "repository:pull member:list", "repository:push sbom:create"),
        (Role.LIMITED_GUEST, "repository:pull quota:read", "member:list label:read"),
    ],
)
def test_roles_as_in_harbor(role, may, may_not):
    for text in may.split():
        assert tuple(text.split(":")) in ROLE_RIGHTS[role]
    for text in may_not.split():
        assert tuple(text.split(":")) not in ROLE_RIGHTS[role]


def test_the_stronger_role_has_all_the_weaker_has():
    ladder = [ROLE_RIGHTS[role] for role in roles.STRONGEST_FIRST]
    for stronger, weaker in itertools.pairwise(ladder):
        assert stronger >= weaker
    assert ("repository", "read") not in PUBLIC_RIGHTS


def test_the_tables_use_known_words():
    for table in (*ROLE_RIGHTS.values(), PUBLIC_RIGHTS, *ROBOT_RIGHTS.values()):
        for resource, action in table:
            assert resource in get_args(roles.Resource)
            assert action in get_args(roles.Action)


@pytest.mark.parametrize(
    ("level", "wanted"),
    [
        ("system", []),
        ("system", [grant("a")]),
        ("system", [grant("a", "repository:scanner-pull")]),
        ("system", [grant("/", "repository:pull")]),
        ("system", [grant("a", "user:create")]),
        ("system", [grant("a", "*:*")]),
        ("system", [Grant("system", "a", (Right("catalog", "read"),))]),
        ("system", [Grant("project", "/", (Right("repository", "pull"),))]),
        ("project", [grant("*", "repository:pull")]),
        ("project", [grant("/", "catalog:read")]),
        ("project", [grant("a", "repository:pull"), grant("b", "repository:pull")]),
    ],
)
def test_permissions_harbor_would_refuse(level, wanted):
    with refused(Code.BAD_REQUEST):
        check_grants(level, wanted)
    check_grants("project", [grant("a", "repository:pull", "member:create")])
    check_grants(
        "system", [grant("/", "catalog:read"), grant("*", "repository:push"), grant("a", "tag:list")]
    )
