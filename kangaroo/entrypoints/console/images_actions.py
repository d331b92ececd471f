"""What is done to images: described, tagged, deleted."""

from litestar import post

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference, RepositoryName, Tag
from kangaroo.core.instances import ImageName
from kangaroo.entrypoints.console.images_given import both
from kangaroo.entrypoints.console.images_reading import digest_or_none
from kangaroo.entrypoints.console.images_shelf import Shelf
from kangaroo.entrypoints.console.images_values import Corner
from kangaroo.entrypoints.console.texts import LANGUAGE, _, ngettext
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_IMAGE = "/{registry:str}/{space:str}/{image:str}"
_AT_ONCE = 100


@post(both(f"{_IMAGE}/-/describe"), status_code=303)
async def describe(
    visit: Given[Visit], corner: Given[Corner], shelf: Given[Shelf], image_name: Given[ImageName]
) -> Page:
    form = await visit.form()
    await shelf.describe(image_name, form.raw("description"))
    return visit.go(f"{corner.image(image_name)}?tab=description", _("The description was saved."))


@post(both(f"{_IMAGE}/-/delete"), status_code=303)
async def delete(
    visit: Given[Visit], corner: Given[Corner], shelf: Given[Shelf], image_name: Given[ImageName]
) -> Page:
    form = await visit.form()
    _check_name(form.text("confirm"), image_name.name)
    await shelf.delete(image_name)
    return visit.go(corner.url(image_name.space), _("Image %(name)s was deleted.", name=image_name))


@post(both(f"{_IMAGE}/-/delete-artifacts"), status_code=303)
async def delete_artifacts(
    visit: Given[Visit], corner: Given[Corner], shelf: Given[Shelf], image_name: Given[ImageName]
) -> Page:
    """One by one: what stays says why, and does not keep the others."""
    form = await visit.form()
    chosen = [digest for text in form.texts("selected")[:_AT_ONCE] if (digest := digest_or_none(text))]
    refused: list[str] = []
    for digest in chosen:
        try:
            await shelf.delete_artifact(image_name, digest)
        except Failure as failure:
            if failure.code in (Code.UNAUTHORIZED, Code.FORBIDDEN, Code.DENIED):
                raise
            refused.append(failure.message(LANGUAGE.get()))
    done = len(chosen) - len(refused)
    told = ngettext("%(num)s artifact was deleted.", "%(num)s artifacts were deleted.", done) % {"num": done}
    if refused:
        told = " ".join([told, _("Not deleted:"), *dict.fromkeys(refused)])
    return visit.go(corner.image(image_name), told, tone="warning" if refused else "success")


@post(both(f"{_IMAGE}/{{reference:str}}/-/delete"), status_code=303)
async def delete_artifact(
    visit: Given[Visit],
    corner: Given[Corner],
    shelf: Given[Shelf],
    image_name: Given[ImageName],
    artifact_name: Given[Reference],
) -> Page:
    form = await visit.form()
    if not isinstance(artifact_name, Digest):
        raise Failure(Code.NOT_FOUND, what=str(artifact_name))
    _check_name(form.text("confirm"), image_name.name)
    await shelf.delete_artifact(image_name, artifact_name)
    return visit.go(corner.image(image_name), _("The artifact was deleted."))


@post(f"/images{_IMAGE}/{{reference:str}}/-/tag", status_code=303)
async def add_tag(
    visit: Given[Visit], image_name: Given[ImageName], artifact_name: Given[Reference], corner: Given[Corner]
) -> Page:
    form = await visit.form()
    tag = Tag.parse(form.text("tag"))
    await visit.services.registry.tags.create(
        visit.actor, RepositoryName.parse(str(image_name)), artifact_name, tag
    )
    return visit.go(corner.image(image_name, artifact_name), _("Tag %(tag)s was added.", tag=tag))


@post(f"/images{_IMAGE}/{{reference:str}}/-/untag", status_code=303)
async def remove_tag(
    visit: Given[Visit], image_name: Given[ImageName], artifact_name: Given[Reference], corner: Given[Corner]
) -> Page:
    """The artifact stays, without a name."""
    form = await visit.form()
    tag = Tag.parse(form.text("tag"))
    await visit.services.registry.tags.delete(
        visit.actor, RepositoryName.parse(str(image_name)), artifact_name, tag
    )
    return visit.go(corner.image(image_name, artifact_name), _("Tag %(tag)s was removed.", tag=tag))


def _check_name(typed: str, name: str) -> None:
    if typed != name:
        raise Failure(Code.BAD_REQUEST, reason=_("the name that was typed is another one"))


HANDLERS = (describe, delete, delete_artifacts, delete_artifact, add_tag, remove_tag)
