"""Who: users, robots, members, roles, tokens, and the permission decision every other subject asks for.

Entrypoints turn a name and password or a token into an Actor (`authenticate_basic`, `verify_token`); core
asks `may` or `require`; these gather facts, remembered until anybody changes them, and ask `rules.allowed`.
"""

from kangaroo.core.access.access import Access, AccessSettings
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.configuration_keys import KEYS, SECRETS, Values
from kangaroo.core.access.decisions import Sight
from kangaroo.core.access.groups import GroupRef
from kangaroo.core.access.ldap import Rejected
from kangaroo.core.access.oidc import Entered, Start, Unnamed
from kangaroo.core.access.robots import RobotSpec
from kangaroo.core.access.roles import ROBOT_RIGHTS, Action, Resource, Role
from kangaroo.core.access.rules import ProjectFacts
from kangaroo.core.access.scopes import Scope, parse_scopes
from kangaroo.core.access.tokens import Token, TokenSigner, generate_signing_key
from kangaroo.remote.identity import DirectoryGroup, DirectoryLink, DirectoryUser
from kangaroo.store.meta.access_members import Member
from kangaroo.store.meta.access_robots import Robot
from kangaroo.store.meta.access_users import Profile, User
from kangaroo.store.meta.groups import UserGroup
from kangaroo.store.meta.identities import Identity
from kangaroo.store.meta.tokens import ApiToken

__all__ = [
    "KEYS",
    "ROBOT_RIGHTS",
    "SECRETS",
    "Access",
    "AccessSettings",
    "Action",
    "ApiToken",
    "Configuration",
    "DirectoryGroup",
    "DirectoryLink",
    "DirectoryUser",
    "Entered",
    "GroupRef",
    "Identity",
    "Member",
    "Profile",
    "ProjectFacts",
    "Rejected",
    "Resource",
    "Robot",
    "RobotSpec",
    "Role",
    "Scope",
    "Sight",
    "Start",
    "Token",
    "TokenSigner",
    "Unnamed",
    "User",
    "UserGroup",
    "Values",
    "generate_signing_key",
    "parse_scopes",
]
