"""What is measured: one row per kind of traffic, with the aim Kangaroo sets itself against docker-registry 2.8."""

from dataclasses import dataclass

MIB = 1 << 20
BIG = 256 * MIB
MIDDLE = MIB
LITTLE = 1024


@dataclass(frozen=True, slots=True)
class Row:
    """`size` is that of a body in bytes, 0 where the bodies do not matter. `aim` is a ratio of throughputs."""

    name: str
    title: str
    mode: str
    clients: int
    size: int = 0
    target: str = ""
    aim: float | None = None
    only_kangaroo: bool = False

    @property
    def uploads(self) -> bool:
        return self.mode in ("put", "patch")

    @property
    def in_bytes(self) -> bool:
        """Whether bytes per second say more than requests per second."""
        return self.size >= MIDDLE

    @property
    def unit(self) -> str:
        return "MB/s" if self.in_bytes else "1/s"

    @property
    def cost_unit(self) -> str:
        return "CPU s/GB" if self.in_bytes else "CPU s/1000"


ROWS = (
    Row("manifest-get-32", "Manifest GET by tag, 32 connections", "get", 32, target="tags", aim=12),
    Row("manifest-get-128", "Manifest GET by tag, 128 connections", "get", 128, target="tags", aim=12),
    Row("manifest-head-32", "Manifest HEAD by tag, 32 connections", "head", 32, target="tags", aim=12),
    Row("manifest-head-128", "Manifest HEAD by tag, 128 connections", "head", 128, target="tags", aim=12),
    Row("blob-get-256m-1", "Blob GET 256 MiB, 1 client", "download", 1, BIG, "big", 1.3),
    Row("blob-get-256m-8", "Blob GET 256 MiB, 8 clients", "download", 8, BIG, "big", 1.3),
    Row("blob-get-1m-1", "Blob GET 1 MiB, 1 client", "download", 1, MIDDLE, "middle", 5),
    Row("blob-get-1m-8", "Blob GET 1 MiB, 8 clients", "download", 8, MIDDLE, "middle", 5),
    Row("token-8", "Token issue, 8 connections", "get", 8, target="token", only_kangaroo=True),
    Row("push-1k-8", "Push of unique 1 KiB blobs (POST, PUT), 8 clients", "put", 8, LITTLE, aim=3),
    Row("blob-put-256m-1", "Blob PUT 256 MiB, 1 client", "put", 1, BIG, aim=1.5),
    Row("blob-put-256m-4", "Blob PUT 256 MiB, 4 clients", "put", 4, BIG, aim=1.5),
    Row("blob-patch-256m-1", "Blob PATCH 256 MiB chunked, 1 client", "patch", 1, BIG, aim=1),
    Row("blob-patch-256m-4", "Blob PATCH 256 MiB chunked, 4 clients", "patch", 4, BIG, aim=1),
)
BY_NAME = {row.name: row for row in ROWS}


def chosen(names: list[str]) -> list[Row]:
    """The rows whose name is, or begins with, one of the names; all when none is given."""
    rows = [row for row in ROWS if not names or any(row.name.startswith(name) for name in names)]
    lost = [name for name in names if not any(row.name.startswith(name) for row in ROWS)]
    if lost:
        raise SystemExit(f"no such row: {', '.join(lost)}; there are {', '.join(BY_NAME)}")
    return rows
