"""Names of images as people write them: SPACE/NAME, SPACE/NAME:TAG, SPACE/NAME@sha256:…"""

import re
from dataclasses import dataclass

from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.texts import say

_FORM = re.compile(r"(?P<space>[^/:@]+)/(?P<name>[^:@]*[^/:@])(?::(?P<tag>[^/:@]+))?(?:@(?P<digest>[^/@]+))?")


@dataclass(frozen=True, slots=True)
class ImageRef:
    """Tag and digest are empty when not said; with both, the digest counts."""

    space: str
    name: str
    tag: str = ""
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> "ImageRef":
        """Raises Problem USAGE. What characters a name may have, the server says."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise Problem(Exit.USAGE, say("bad_image", image=text), say("image_form"))
        return cls(*(match[part] or "" for part in ("space", "name", "tag", "digest")))

    @property
    def reference(self) -> str:
        """What stands for one of its artifacts; empty when the whole image is meant."""
        return self.digest or self.tag

    @property
    def path(self) -> str:
        return f"{self.space}/{self.name}"

    def __str__(self) -> str:
        return (
            f"{self.path}@{self.digest}"
            if self.digest
            else f"{self.path}:{self.tag}"
            if self.tag
            else self.path
        )
