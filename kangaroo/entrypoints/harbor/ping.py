"""Tag ping: is the API there?"""

from litestar import Response, get


@get("/ping")
async def ping() -> Response[str]:
    return Response("Pong", media_type="text/plain")


HANDLERS = (ping,)
