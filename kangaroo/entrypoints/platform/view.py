"""How a client looks at us: in which language, and by which URL."""

from dataclasses import dataclass

from kangaroo.base.texts import Language


@dataclass(frozen=True, slots=True)
class View:
    """`own_url` is where the built-in registry is reached, as clients see it."""

    language: Language
    own_url: str
