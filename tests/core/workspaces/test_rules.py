"""Visibility is one pure function: what must hold of it, whatever the facts are."""

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from kangaroo.core.instances import PLATFORM
from kangaroo.core.workspaces.rules import Facts, pushable, sight, visible


@dataclass(frozen=True)
class Place:
    name: str
    public: bool


NAMES = st.sampled_from("abcdefgh")
SPACES = st.lists(st.builds(Place, NAMES, st.booleans()), unique_by=lambda one: one.name)
WORKSPACES = st.integers(1, 4)
FACTS = st.builds(
    Facts,
    owner=st.one_of(st.just(PLATFORM), WORKSPACES),
    workspace=st.one_of(st.none(), WORKSPACES),
    member=st.booleans(),
    bound=st.frozensets(NAMES),
    glass_broken=st.booleans(),
)


def one_by_one(space: Place, facts: Facts) -> bool:
    """The rule as the domain says it, in other words than the code."""
    if facts.workspace is None:
        return facts.owner == PLATFORM and space.public
    if not facts.member and not facts.glass_broken:
        return False
    if facts.owner == PLATFORM:
        return space.public or space.name in facts.bound
    return facts.owner == facts.workspace


@given(SPACES, FACTS)
def test_the_rule(spaces, facts):
    assert visible(spaces, facts) == [space for space in spaces if one_by_one(space, facts)]


@given(SPACES, FACTS)
def test_no_membership_no_sight(spaces, facts):
    outside = replace(facts, member=False, glass_broken=False)
    if outside.workspace is not None:
        assert visible(spaces, outside) == []
        assert sight(outside).blind
    assert pushable(spaces, outside) == []


@given(SPACES, FACTS)
def test_private_spaces_of_others_are_never_seen(spaces, facts):
    for space in visible(spaces, facts):
        if not space.public:
            bound = facts.owner == PLATFORM and space.name in facts.bound
            own = facts.owner == facts.workspace
            assert bound or own


@given(SPACES, FACTS, NAMES)
def test_binding_only_adds_and_only_that_space(spaces, facts, name):
    before = set(visible(spaces, replace(facts, bound=facts.bound - {name})))
    after = set(visible(spaces, replace(facts, bound=facts.bound | {name})))
    assert before <= after
    assert {space.name for space in after - before} <= {name}


@given(SPACES, FACTS)
def test_pushing_takes_sight_membership_and_more_than_publicity(spaces, facts):
    found = pushable(spaces, facts)
    assert set(found) <= set(visible(spaces, facts))
    if found:
        assert facts.member
        assert facts.workspace is not None
    if facts.owner == PLATFORM:
        assert all(not space.public and space.name in facts.bound for space in found)


@given(SPACES, FACTS)
def test_breaking_the_glass_shows_what_members_see_and_lets_nobody_push(spaces, facts):
    member = replace(facts, member=True, glass_broken=False)
    broken = replace(facts, member=False, glass_broken=True)
    assert visible(spaces, member) == visible(spaces, broken)
    assert pushable(spaces, broken) == []


@given(SPACES, FACTS)
def test_seeing_again_changes_nothing(spaces, facts):
    once = visible(spaces, facts)
    assert visible(once, facts) == once
