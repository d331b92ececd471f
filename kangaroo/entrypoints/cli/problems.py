"""What keeps a command from its work: one sentence, what to do about it, and the exit code scripts can rely on."""

from enum import IntEnum


class Exit(IntEnum):
    """The codes a command ends with, in docs/cli.md too."""

    FAILURE = 1
    USAGE = 2
    NOT_FOUND = 3
    FORBIDDEN = 4  # or not signed in
    CONFLICT = 5
    UNREACHABLE = 6


MEANINGS = {
    0: "done",
    Exit.FAILURE: "it failed, for a reason none of the others names",
    Exit.USAGE: "the command or a value in it is wrong",
    Exit.NOT_FOUND: "what it names does not exist",
    Exit.FORBIDDEN: "not signed in, or not allowed",
    Exit.CONFLICT: "it exists already, or its state does not allow this",
    Exit.UNREACHABLE: "the server, or a registry behind it, cannot be reached",
}


class Problem(Exception):
    """`remedy` may be empty."""

    def __init__(self, exit_code: Exit, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  {self.remedy}" if self.remedy else self.message
