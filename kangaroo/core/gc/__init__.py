"""What nobody refers to any more goes, while pushes go on; and what should be there is checked.

There is no read-only mode: a link goes only when no artifact needs it and its grace is over, a blob only when nothing
links it, and both are decided by the database in the transaction that removes the row. A push of the same content
meanwhile stores it at a new location, so the removal of the old one cannot hurt it.
"""

from kangaroo.core.gc.collect import Collector, Freed
from kangaroo.core.gc.fsck import Fsck, Report
from kangaroo.core.gc.uploads import sweep_uploads

__all__ = ["Collector", "Freed", "Fsck", "Report", "sweep_uploads"]
