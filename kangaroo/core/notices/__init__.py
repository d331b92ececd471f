"""What happened, for people who ask later: the audit log. It is written by `core.access.journal`, in the
transactions of what it tells of; here it is read, and forgotten when it is old.
"""

from kangaroo.core.notices.audit import Audit, View
from kangaroo.store.meta.notices import Notice

__all__ = ["Audit", "Notice", "View"]
