"""Images of the built-in registry, by Harbor's API: everything there is to know of them."""

from typing import Any

from kangaroo.entrypoints.cli.connection import HarborApi, place
from kangaroo.entrypoints.cli.images_named import ImageRef
from kangaroo.entrypoints.cli.output import Column, joined, moment, size, yes_no
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.texts import say


def platform_of(reference: Any) -> str:
    """os/architecture/variant of a child of an index."""
    told = reference.get("platform") or {}
    return "/".join(part for part in (told.get("os"), told.get("architecture"), told.get("variant")) if part)


def _platforms(artifact: Any) -> str:
    """Those of an index's children, or its own."""
    references = artifact["references"] or [{"platform": artifact.get("extra_attrs")}]
    return joined(sorted({platform_of(one) for one in references} - {"", "unknown/unknown"}))


def _names(tags: Any) -> str:
    return joined(tag["name"] for tag in tags)


class HarborShelf:
    """The same questions as `PlatformShelf` answers."""

    rows = (
        Column("name", "name"),
        Column("artifacts", "artifact_count", right=True),
        Column("pulls", "pull_count", right=True),
        Column("updated", "update_time", moment),
        Column("description", "description"),
    )
    artifact = (
        Column("name", "repository_name"),
        Column("digest", "digest"),
        Column("type", "type"),
        Column("tags", "tags", _names),
        Column("platforms", "", _platforms),
        Column("size", "size", size, right=True),
        Column("pushed", "push_time", moment),
        Column("pulled", "pull_time", moment),
        Column("accessories", "accessories", lambda them: joined(one["type"] for one in them)),
        Column("pull", "pull_url"),
    )
    tags = (
        Column("tag", "name"),
        Column("digest", "artifact.digest"),
        Column("type", "artifact.type"),
        Column("platforms", "artifact", _platforms),
        Column("size", "artifact.size", size, right=True),
        Column("pushed", "push_time", moment),
        Column("immutable", "immutable", yes_no),
    )

    def __init__(self, api: HarborApi, host: str) -> None:
        self._api = api
        self._host = host

    def images(self, space: str, part: str, limit: int) -> list[Any]:
        """Of every space one sees, when none is named."""
        path = place("projects", space, "repositories") if space else "/repositories"
        return self._api.every(path, limit, q=f"name=~{part}" if part else "")

    def image(self, ref: ImageRef) -> Any:
        return self._api.get(self._path(ref))

    def artifacts(self, ref: ImageRef, limit: int = 0) -> list[Any]:
        return self._api.every(
            f"{self._path(ref)}/artifacts", limit, with_accessory=True, with_immutable_status=True
        )

    def one(self, ref: ImageRef) -> Any:
        found = self._api.get(self._path(ref) + place("artifacts", ref.reference), with_accessory=True)
        return {**found, "pull_url": f"{self._host}/{ref.path}@{found['digest']}"}

    def children(self, ref: ImageRef, artifact: Any) -> list[tuple[str, Any]]:
        """What an index names: platform and artifact, which has only a digest where it is not here."""
        return [
            (platform_of(one), self._known(ref, one["child_digest"])) for one in artifact["references"] or []
        ]

    def referrers(self, ref: ImageRef, artifact: Any) -> list[Any]:
        """Signatures and the like."""
        if "size" not in artifact:
            return []
        return self._api.every(self._path(ref) + place("artifacts", artifact["digest"], "accessories"))

    def delete(self, ref: ImageRef) -> None:
        """The image, one artifact, or only a tag."""
        path = self._path(ref)
        if ref.digest:
            path += place("artifacts", ref.digest)
        elif ref.tag:
            path += place("artifacts", ref.tag, "tags", ref.tag)
        self._api.delete(path)

    def copy(self, source: ImageRef, target: ImageRef) -> None:
        """Within the registry: no bytes move. Tags of the source go with it; the target's is set besides."""
        self._api.post(f"{self._path(target)}/artifacts", **{"from": str(source)})
        if not target.tag or target.tag == source.tag:
            return
        digest = source.digest or self.one(source)["digest"]
        if any(tag["name"] == target.tag for tag in self._known(target, digest).get("tags") or []):
            return
        self._api.post(self._path(target) + place("artifacts", digest, "tags"), {"name": target.tag})

    def _known(self, ref: ImageRef, digest: str) -> Any:
        try:
            return self.one(ImageRef(ref.space, ref.name, digest=digest))
        except Problem as problem:
            if problem.exit_code is not Exit.NOT_FOUND:
                raise
            return {"digest": digest, "type": say("not_here"), "references": []}

    def _path(self, ref: ImageRef) -> str:
        return place("projects", ref.space, "repositories", ref.name)
