"""/api/version: the first question of another Harbor, before it knows which API to speak."""

from litestar import get


@get("/api/version")
async def version() -> dict[str, str]:
    return {"version": "v2.0"}


HANDLERS = (version,)
