"""Whose: tenants, what they are given, what they see of it, and how they sign in to push.

Reading order: `rules` (who sees what, pure), `roles` and `authority` (who may), `directory`, `members`, `custom_roles`,
`bindings`; then `looking` (from a workspace at an instance), `spaces`, `images`, `administration`, `explain`;
`credentials` and `pull_credentials` with `robots_elsewhere`, `revoking`, `leaving` and `jobs`, and `commands`.
"""

from kangaroo.core.workspaces.administration import AdminSpace
from kangaroo.core.workspaces.authority import Authority
from kangaroo.core.workspaces.commands import Commands, Endpoint, Pass, commands
from kangaroo.core.workspaces.credentials import Issued
from kangaroo.core.workspaces.custom_roles import Role
from kangaroo.core.workspaces.explain import Explanation, Why
from kangaroo.core.workspaces.images import Standpoint
from kangaroo.core.workspaces.looking import Looking, Outlook, View
from kangaroo.core.workspaces.pull_credentials import Lacking, PullCredential, PullCredentials
from kangaroo.core.workspaces.roles import Scope, in_order
from kangaroo.core.workspaces.rules import pushable
from kangaroo.core.workspaces.spaces import Choice, SeenSpace, existing, shown
from kangaroo.core.workspaces.workspaces import Ours, Workspaces
from kangaroo.remote.values import Artifact, BuildStep, Image, ImageOrder, ScanOverview, Space
from kangaroo.store.meta.roles import Member
from kangaroo.store.meta.workspaces import Resources, Workspace
from kangaroo.store.meta.workspaces_seen import InstanceSeen

__all__ = [
    "AdminSpace",
    "Artifact",
    "Authority",
    "BuildStep",
    "Choice",
    "Commands",
    "Endpoint",
    "Explanation",
    "Image",
    "ImageOrder",
    "InstanceSeen",
    "Issued",
    "Lacking",
    "Looking",
    "Member",
    "Ours",
    "Outlook",
    "Pass",
    "PullCredential",
    "PullCredentials",
    "Resources",
    "Role",
    "ScanOverview",
    "Scope",
    "SeenSpace",
    "Space",
    "Standpoint",
    "View",
    "Why",
    "Workspace",
    "Workspaces",
    "commands",
    "existing",
    "in_order",
    "pushable",
    "shown",
]
