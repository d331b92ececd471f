"""Permission decisions, pure: from what is known of somebody to yes or no. Everything else only gathers the
facts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kangaroo.base.actors import ActorKind, Grant
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.core.access.roles import PUBLIC_RIGHTS, ROBOT_RIGHTS, ROLE_RIGHTS, Role


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """`id` 0: no project has this name. `name` "*" stands for every project, those to come included."""

    id: int
    name: ProjectName
    public: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody, seen from one project: `roles` are those held there, `home` the project a robot belongs to.

    Not `active`: deleted, disabled or expired; it may do nothing, not even what everybody may.
    """

    kind: ActorKind
    active: bool = True
    sysadmin: bool = False
    roles: frozenset[Role] = frozenset()
    grants: tuple[Grant, ...] = ()
    home: int | None = None


def allowed(subject: Subject, resource: str, action: str, project: ProjectFacts | None) -> bool:
    """May `subject` do this in `project` (None: to the system as a whole)?"""
    if not subject.active:
        return False
    match subject.kind:
        case ActorKind.SYSTEM:
            return True
        case ActorKind.USER if subject.sysadmin:
            return action != "scanner-pull"  # it passes by the gates of a pull: for scanners only
    right = (resource, action)
    if project is not None and project.public and right in PUBLIC_RIGHTS:
        return True
    match subject.kind:
        case ActorKind.USER:
            return project is not None and any(right in ROLE_RIGHTS[role] for role in subject.roles)
        case ActorKind.ROBOT:
            return _granted(subject, resource, action, project)
    return False


def _granted(subject: Subject, resource: str, action: str, project: ProjectFacts | None) -> bool:
    """What the robot's entries say; a deny wins over any allow, and whoever may push may pull."""
    implied = {action, "push"} if (resource, action) == ("repository", "pull") else {action}
    found = False
    for grant in subject.grants:
        if _reaches(grant, subject, project):
            for right in grant.access:
                if right.resource == resource and right.effect == "allow":
                    found = found or right.action in implied
                elif right.resource == resource and right.action == action:
                    return False
    return found


def _reaches(grant: Grant, subject: Subject, project: ProjectFacts | None) -> bool:
    if project is None:
        return grant.kind == "system" and subject.home is None
    if grant.kind != "project" or subject.home not in (None, project.id):
        return False
    return grant.namespace == "*" or (project.id != 0 and grant.project_id == project.id)


def covers(subject: Subject, grants: Sequence[Grant]) -> bool:
    """Could `subject` do itself all that `grants` would allow? A robot may hand on no more than it has."""
    denied = {
        (right.resource, right.action)
        for grant in subject.grants
        for right in grant.access
        if right.effect == "deny"
    }
    for grant in grants:
        project = None
        if grant.kind == "project":
            project = ProjectFacts(grant.project_id, ProjectName(grant.namespace))
        for resource, action in _allows(grant):
            if grant.namespace == "*" and (resource, action) in denied:
                return False
            if not allowed(subject, resource, action, project):
                return False
    return True


def _allows(grant: Grant) -> Iterator[tuple[str, str]]:
    for right in grant.access:
        if right.effect == "allow":
            yield right.resource, right.action
            if (right.resource, right.action) == ("repository", "push"):
                yield "repository", "pull"


def check_grants(level: str, grants: Sequence[Grant]) -> None:
    """What a robot's permissions may look like, in Harbor's terms. Raises BAD_REQUEST with the reason."""
    if not grants:
        raise Failure(Code.BAD_REQUEST, reason="a robot needs permissions")
    if level == "project" and (len(grants) != 1 or grants[0].kind != "project" or grants[0].namespace == "*"):
        raise Failure(
            Code.BAD_REQUEST, reason="a project robot has exactly one permission entry: for its project"
        )
    for grant in grants:
        if not grant.access:
            raise Failure(Code.BAD_REQUEST, reason=f"no access given for {grant.namespace}")
        if (grant.kind == "system") != (grant.namespace == "/"):
            raise Failure(Code.BAD_REQUEST, reason='the kind system goes with the namespace "/"')
        for right in grant.access:
            if (right.resource, right.action) not in ROBOT_RIGHTS[grant.kind]:
                reason = f"a {grant.kind} permission cannot hold {right.resource}:{right.action}"
                raise Failure(Code.BAD_REQUEST, reason=reason)
