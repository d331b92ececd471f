"""The client of the Harbor dialect."""

from tests.conformance import judge
from tests.entrypoints.judged import JudgedClient

BASE = "/api/v2.0"


class HarborClient(JudgedClient):
    base = BASE
    judge = judge
