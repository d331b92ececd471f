"""Images of any registry, by the platform's API: from a workspace, or what is public seen from none."""

from typing import Any

from kangaroo.entrypoints.cli.connection import PlatformApi, place
from kangaroo.entrypoints.cli.images_harbor import platform_of
from kangaroo.entrypoints.cli.images_named import ImageRef
from kangaroo.entrypoints.cli.output import Column, joined, moment, size
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.texts import say


def _names(tags: Any) -> str:
    return joined(tag["name"] for tag in tags)


def _platforms(references: Any) -> str:
    return joined(sorted({platform_of(one) for one in references} - {""}))


class PlatformShelf:
    """`workspace` 0 is none: then one can look, at what is public, and no more."""

    rows = (
        Column("name", "name"),
        Column("artifacts", "tagCount", right=True),
        Column("pulls", "pullCount", right=True),
        Column("updated", "updateTime", moment),
        Column("description", "description"),
    )
    artifact = (
        Column("digest", "digest"),
        Column("tags", "tags", _names),
        Column("platforms", "references", _platforms),
        Column("size", "imageSize", size, right=True),
        Column("pushed", "pushTime", moment),
        Column("pulled", "pullTime", moment),
        Column("pull", "imagePullUrl"),
    )
    tags = (
        Column("tag", "name"),
        Column("digest", "artifact.digest"),
        Column("platforms", "artifact.references", _platforms),
        Column("size", "artifact.imageSize", size, right=True),
        Column("pushed", "pushTime", moment),
    )

    def __init__(self, api: PlatformApi, registry: str, workspace: int) -> None:
        self._api = api
        self._workspace = workspace
        start = place("workspaces", workspace) if workspace else "/select"
        self._spaces = f"{start}{place('registries', registry)}/projects"

    def images(self, space: str, part: str, limit: int) -> list[Any]:
        if not space:
            raise Problem(Exit.USAGE, say("say_space"), say("say_space_how"))
        return self._api.every(f"{self._spaces}{place(space)}/repositories", limit, fuzzyName=part)

    def image(self, ref: ImageRef) -> Any:
        if self._workspace:
            return self._api.get(self._path(ref))
        for one in self.images(ref.space, ref.name, 0):
            if one["name"] == ref.name:
                return one
        raise Problem(Exit.NOT_FOUND, say("no_image", image=ref))

    def artifacts(self, ref: ImageRef, limit: int = 0) -> list[Any]:
        return self._api.every(f"{self._path(ref)}/artifacts", limit)

    def one(self, ref: ImageRef) -> Any:
        for one in self.artifacts(ref):
            if one["digest"] == ref.digest or (not ref.digest and ref.tag in _tags(one)):
                return one
        raise Problem(Exit.NOT_FOUND, say("no_image", image=ref))

    def children(self, ref: ImageRef, artifact: Any) -> list[tuple[str, Any]]:
        del ref
        return [
            (platform_of(one), {"digest": one["childDigest"], "references": []})
            for one in artifact["references"]
        ]

    def referrers(self, ref: ImageRef, artifact: Any) -> list[Any]:
        """None that this API tells of."""
        del ref, artifact
        return []

    def delete(self, ref: ImageRef) -> None:
        """The image, or one artifact with all its tags; single tags this API does not know."""
        if not self._workspace:
            raise Problem(Exit.USAGE, say("needs_workspace"), say("give_workspace"))
        if ref.tag and not ref.digest:
            found = self.one(ref)
            remedy = say("delete_digest", image=ref.path, digest=found["digest"], tags=_names(found["tags"]))
            raise Problem(Exit.USAGE, say("no_single_tags"), remedy)
        path = self._path(ref)
        self._api.delete(path + place("artifacts", ref.digest) if ref.digest else path)

    def _path(self, ref: ImageRef) -> str:
        return self._spaces + place(ref.space, "repositories", ref.name)


def _tags(artifact: Any) -> list[str]:
    return [tag["name"] for tag in artifact["tags"]]
