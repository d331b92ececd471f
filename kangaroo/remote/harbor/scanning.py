"""Scans by the scanner that a Harbor has for a project."""

from typing import Any
from urllib.parse import quote

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.remote.harbor.api import Api, project_path, repository_path
from kangaroo.remote.moments import moment
from kangaroo.remote.names import ImageName, SpaceName
from kangaroo.remote.policies import Scanner


class _Scanner(msgspec.Struct):
    """Without `access_credential`, which is nobody's business."""

    uuid: str = ""
    name: str = ""
    description: str = ""
    url: str = ""
    disabled: bool = False
    is_default: bool = False
    health: str = ""
    adapter: str = ""
    vendor: str = ""
    version: str = ""
    skip_verify: bool = msgspec.field(name="skip_certVerify", default=False)
    use_internal_addr: bool = False
    create_time: str = ""
    update_time: str = ""

    def value(self) -> Scanner:
        return Scanner(
            id=self.uuid,
            name=self.name,
            url=self.url,
            healthy=self.health == "healthy",
            disabled=self.disabled,
            default=self.is_default,
            adapter=self.adapter,
            vendor=self.vendor,
            version=self.version,
            description=self.description,
            skip_verify=self.skip_verify,
            internal_address=self.use_internal_addr,
            created=moment(self.create_time),
            updated=moment(self.update_time),
        )


class HarborScanning:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def scanner(self, space: SpaceName) -> Scanner | None:
        found = await self._api.get(f"{project_path(space)}/scanner", _Scanner | None, f"space {space}")  # type: ignore[arg-type]
        return found.value() if found and found.uuid else None

    async def start(self, image: ImageName, digest: Digest) -> None:
        await self._api.good("POST", f"{_scan(image, digest)}", f"artifact {digest} of {image}")

    async def stop(self, image: ImageName, digest: Digest) -> None:
        await self._api.good("POST", f"{_scan(image, digest)}/stop", f"artifact {digest} of {image}")

    async def log(self, image: ImageName, digest: Digest, report_id: str) -> str:
        path = f"{_scan(image, digest)}/{quote(report_id, safe='')}/log"
        answer = await self._api.good("GET", path, f"scan report {report_id}")
        return answer.body.decode(errors="replace")

    async def report(self, image: ImageName, digest: Digest) -> dict[str, Any]:
        path = f"{repository_path(image)}/artifacts/{digest}/additions/vulnerabilities"
        return await self._api.get(path, dict[str, Any], f"artifact {digest} of {image}")


def _scan(image: ImageName, digest: Digest) -> str:
    return f"{repository_path(image)}/artifacts/{digest}/scan"
