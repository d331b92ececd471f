"""Where things are: projects (image spaces) and what they may hold."""

from kangaroo.core.projects.ledger import Ledger
from kangaroo.core.projects.projects import Projects

__all__ = ["Ledger", "Projects"]
