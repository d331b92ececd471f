"""A new password for an account of a Harbor, by itself: PUT /users/{id}/password."""

import msgspec

from kangaroo.remote.harbor.api import Api
from kangaroo.remote.options import Options
from kangaroo.remote.transport import Transport
from kangaroo.remote.values import Credential
from kangaroo.remote.wire import parse_base


class _Me(msgspec.Struct):
    user_id: int


async def change_password(url: str, credential: Credential, new: str, options: Options) -> None:
    """Raises UNAUTHORIZED when the old one is wrong, BAD_REQUEST when Harbor does not like the new one."""
    transport = Transport.to(parse_base(url), options)
    try:
        api = Api(transport, credential)
        me = await api.get("/users/current", _Me, credential.username)
        body = {"old_password": credential.password, "new_password": new}
        await api.good("PUT", f"/users/{me.user_id}/password", credential.username, body)
    finally:
        await transport.close()
