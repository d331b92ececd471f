"""A process that appends to the upload `killed` until it is; its arguments are those of `join`."""

import asyncio
import sys
from collections.abc import AsyncIterator

from kangaroo.store.content import s3_append
from tests.contract.content_stores import join


async def zeros() -> AsyncIterator[bytes]:
    while True:
        yield bytes(64 << 10)
        await asyncio.sleep(0.001)


async def main() -> None:
    s3_append.RESERVE = 2  # save progress more often
    store = join(*sys.argv[1:])
    await store.append("killed", await store.size("killed"), zeros())


asyncio.run(main())
