"""`kangaroo unbind`, beside `kangaroo bind`."""

from kangaroo.entrypoints.cli.bind import unbind
from kangaroo.entrypoints.cli.nouns import verb
from kangaroo.entrypoints.cli.session import connected

app = verb(connected(unbind))
