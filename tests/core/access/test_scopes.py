"""Scopes as clients write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.core.access.scopes import Scope, parse_scopes, within


@pytest.mark.parametrize(
    ("texts", "scopes"),
    [
        ([], ()),
        (["  "], ()),
        (["repository:library/nginx:pull"], (Scope("repository", "library/nginx"),)),
        (["repository:a/b/c:pull,push"], (Scope("repository", "a/b/c"),)),
        (
            ["repository:p/r:pull,push repository:src/x:pull"],
            (Scope("repository", "p/r"), Scope("repository", "src/x")),
        ),
        (
            ["repository:p/r:pull", "repository:p/r:push", "registry:catalog:*"],
            (Scope("repository", "p/r"), Scope("registry", "catalog")),
        ),
        (["repository:host:5000/p/r:pull"], (Scope("repository", "host:5000/p/r"),)),
        (["repository:p/r"], (Scope("repository", "p/r"),)),
        (["repository:p/r:"], (Scope("repository", "p/r"),)),
        (["repository"], (Scope("repository", ""),)),
    ],
)
def test_parsing(texts, scopes):
    assert parse_scopes(texts) == scopes


@pytest.mark.parametrize(
    ("scope", "project"),
    [
        (Scope("repository", "library/nginx"), "library"),
        (Scope("repository", "a/b/c"), "a"),
        (Scope("repository", "nginx"), None),
        (Scope("repository", "library/"), None),
        (Scope("repository", "Library/nginx"), None),
        (Scope("repository", "host:5000/p/r"), None),
        (Scope("registry", "catalog"), None),
        (Scope("plugin", "a/b"), None),
    ],
)
def test_the_project_of_a_scope(scope, project):
    assert scope.project == project


@given(st.lists(st.text()))
def test_nothing_a_client_sends_breaks_it(texts):
    for scope in parse_scopes(texts):
        assert scope.project is None or scope.name.startswith(scope.project)


def test_a_token_without_scopes_is_good_for_nothing_and_a_session_for_everything():
    session = Actor(ActorKind.USER, 1, "u")
    assert within(session, "library", "pull")
    assert not within(Actor(ActorKind.USER, 1, "u", scopes=()), "library", "pull")
    bearer = Actor(ActorKind.USER, 1, "u", scopes=(("library", frozenset({"pull"})),))
    assert within(bearer, "library", "pull")
    assert not within(bearer, "library", "push")
    assert not within(bearer, "other", "pull")
