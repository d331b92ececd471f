"""The web console: pages made on the server, in Chinese and English.

Reading order: `routes` (the list of pages), `app` (the way of a request to them), `door` (who asks), `visit` (what a
handler works with), `rendering` (templates), `listing` and `forms` (what the URL and the body ask), `errors`, `texts`
(languages), `static` (what browsers load). `docs/console.md` tells how a page is written.
"""

from kangaroo.entrypoints.console.app import application
from kangaroo.entrypoints.console.surroundings import Surroundings

__all__ = ["Surroundings", "application"]
