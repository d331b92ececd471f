"""Images as files: `docker save` archives and OCI image layouts, uploaded into spaces of any instance, and downloaded.

Reading order: `limits`; how an archive is read: `tar` (which name has which bytes), `spool` (bytes that wait on disk),
`unpacking`, `images` (what there can be in it), `saved` and `layout` (the two formats), `opening`; where its images
go: `naming`, `packing` (layers that get compressed), `pushing`, `steps`; the way out: `gathering`, `packages`,
`writing`; `reaching`, who may; and `archives`, the public methods.
"""

from kangaroo.core.archives.archives import Archives, Body, Download, Received
from kangaroo.core.archives.gathering import parse_platform
from kangaroo.core.archives.limits import Limits
from kangaroo.core.archives.naming import Target, Wish
from kangaroo.core.archives.packages import Choice, Format
from kangaroo.core.archives.steps import BlobSent, ImageBegins, LayerPacked, Outcome, Step, Tell

__all__ = [
    "Archives",
    "BlobSent",
    "Body",
    "Choice",
    "Download",
    "Format",
    "ImageBegins",
    "LayerPacked",
    "Limits",
    "Outcome",
    "Received",
    "Step",
    "Target",
    "Tell",
    "Wish",
    "parse_platform",
]
