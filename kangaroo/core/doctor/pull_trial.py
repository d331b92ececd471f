"""Trying a credential: asking a registry for an image as a container client would, by the token and the manifest."""

from dataclasses import replace

from kangaroo.base.actors import ANONYMOUS, SYSTEM, Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.access import Access
from kangaroo.core.doctor.image_names import PulledImage
from kangaroo.core.doctor.troubles import Ailment, Trouble
from kangaroo.core.instances import Credential, Instance, InstanceKind, Opener
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.values import Kind, Platform

_NOT_THERE = frozenset(
    {Code.NOT_FOUND, Code.MANIFEST_UNKNOWN, Code.REPOSITORY_UNKNOWN, Code.PROJECT_UNKNOWN, Code.BLOB_UNKNOWN}
)
_REFUSED = frozenset({Code.UNAUTHORIZED, Code.FORBIDDEN, Code.DENIED})


class Trial:
    def __init__(self, access: Access, opener: Opener) -> None:
        self._access = access
        self._opener = opener

    async def pull(
        self, instance: Instance, credential: Credential | None, image: PulledImage, own_url: str
    ) -> Failure | None:
        """None: it can be pulled; or that it does not exist. Raises what refuses the credential, or keeps from trying.

        Without a credential it is asked for as somebody who is not known.
        """
        try:
            if instance.kind == InstanceKind.KANGAROO:
                await self._here(instance, credential, image, own_url)
            else:
                await self._elsewhere(instance, credential, image)
        except Failure as failure:
            if failure.code in _NOT_THERE and not isinstance(failure, InstanceFailure):
                return Ailment(Trouble.IMAGE_MISSING, image=image)
            raise
        return None

    async def platforms(self, instance: Instance, image: PulledImage) -> set[str]:
        """As in `linux/arm64`; empty for what says nothing of platforms."""
        async with self._opener.use(SYSTEM, instance) as client:
            found = await client.images.artifact(image.image, image.reference)
        if found.children:
            return {_word(child.platform) for child in found.children} - {""}
        return {_word(found.platform)} - {""} if found.platform else set()

    async def _here(
        self, instance: Instance, credential: Credential | None, image: PulledImage, own_url: str
    ) -> None:
        user = "anonymous" if credential is None else credential.username
        try:
            actor = await self._actor(credential)
            async with self._opener.use(actor, instance) as client:
                await _ask(client, image)
        except Failure as failure:
            if failure.code is Code.UNAUTHORIZED:
                raise InstanceFailure(Reason.UNAUTHORIZED, url=own_url, user=user) from failure
            if failure.code in _REFUSED and not isinstance(failure, InstanceFailure):
                detail = str(failure)
                raise InstanceFailure(Reason.FORBIDDEN, url=own_url, user=user, detail=detail) from failure
            raise

    async def _actor(self, credential: Credential | None) -> Actor:
        if credential is None:
            return ANONYMOUS
        return await self._access.authenticate_basic(credential.username, credential.password, "doctor")

    async def _elsewhere(self, instance: Instance, credential: Credential | None, image: PulledImage) -> None:
        kind = Kind.JFROG if instance.kind == InstanceKind.JFROG else Kind.DOCKER_REGISTRY
        connection = replace(
            instance.connection,
            username=credential.username if credential else "",
            credential=self._opener.sealed(credential),
        )
        client = self._opener.connect(kind, connection)
        try:
            await _ask(client, image)
        finally:
            await client.close()


async def _ask(client: RemoteRegistry, image: PulledImage) -> None:
    await client.content.head_manifest(image.image, image.reference)


def _word(platform: Platform) -> str:
    """Variants and what is no image (`unknown/unknown`: attestations) do not count."""
    if platform.os in ("", "unknown"):
        return ""
    return f"{platform.os}/{platform.architecture}"
