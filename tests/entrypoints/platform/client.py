"""The client of the platform dialect."""

from tests.conformance import platform_judge
from tests.entrypoints.judged import JudgedClient

BASE = "/apis/kangaroo.io/v1alpha1"


class PlatformClient(JudgedClient):
    base = BASE
    judge = platform_judge

    async def refused(self, method: str, path: str, json: object = None) -> tuple[int, str]:
        """Status and reason of a failure."""
        answer = await self(method, path, json)
        assert answer.status >= 400, (path, answer.status, answer.body)
        reason: str = answer.json()["details"][0]["reason"]
        return answer.status, reason
