"""Where long work tells how far it is, and learns that it shall stop. A job is one; the command line is another."""

from typing import Literal, Protocol


class Progress(Protocol):
    def progress(self, done: int, total: int = 0, text: str = "") -> None: ...

    def log(self, level: Literal["debug", "info", "warning", "error"], message: str) -> None: ...

    async def check(self) -> None:
        """Raises when the work shall stop; what is done by then stays done."""
        ...
