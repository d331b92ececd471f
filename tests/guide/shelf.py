"""What the teams of the story have pushed."""

import random

from tests.e2e.clients import image as prepared
from tests.guide.door import Door
from tests.guide.making import Steps, image, index, signature

_GO: Steps = (
    ("/bin/sh -c #(nop) ADD rootfs.tar.xz in / ", 2900),
    ('/bin/sh -c #(nop) CMD ["/bin/sh"]', 0),
    ("RUN /bin/sh -c apk add --no-cache ca-certificates tzdata # buildkit", 640),
    ("WORKDIR /srv", 0),
    ("COPY /out/app /usr/local/bin/app # buildkit", 5200),
    ("COPY templates /srv/templates # buildkit", 96),
    ("USER 65532", 0),
    ("EXPOSE map[8080/tcp:{}]", 0),
    ('ENTRYPOINT ["/usr/local/bin/app"]', 0),
)
_JAVA: Steps = (
    ("/bin/sh -c #(nop) ADD rootfs.tar.xz in / ", 2900),
    ("ENV JAVA_HOME=/opt/java", 0),
    ("RUN /bin/sh -c install-jre 21 # buildkit", 7800),
    ("COPY /build/lib /srv/lib # buildkit", 3900),
    ("COPY /build/app.jar /srv/app.jar # buildkit", 1100),
    ('ENTRYPOINT ["java" "-jar" "/srv/app.jar"]', 0),
)
_TITLE, _REVISION = "org.opencontainers.image.title", "org.opencontainers.image.revision"
_GATEWAY = """# Payment gateway

Takes card payments from the shop and talks to the banks.

| Port | What for |
|---|---|
| 8080 | HTTP API |
| 9090 | metrics |

```
docker run -p 8080:8080 registry.corp.example/payments/gateway:2.4.1
```

Questions: the payments team.
"""


def fill(door: Door) -> None:
    """Into spaces that are there."""
    push = door.push
    signed = index("java", _JAVA[:3], ("amd64", "arm64"), **{_TITLE: "java"})
    push("base/java", "21", signed)
    push("base/java", signature(signed).digest, signature(signed))
    push("base/alpine", "3.22", index("alpine", _GO[:2], ("amd64", "arm64", "riscv64")))
    for number, version in enumerate(("2.3.0", "2.3.1", "2.4.0", "2.4.1")):
        labels = {_TITLE: "gateway", _REVISION: _revision(version)}
        steps = [(command, size + size * number // 40) for command, size in _GO]
        made = index(f"gateway {version}", steps, ("amd64", "arm64"), **labels)
        push("payments/gateway", version, made)
    push("payments/gateway", "latest", made)
    push("payments/gateway", signature(made).digest, signature(made))
    for name in ("invoices", "refunds", "ledger"):
        push(f"payments/{name}", "1.8.0", image(name, _JAVA, **{_TITLE: name}))
    for name in ("indexer", "query", "suggest"):
        push(f"search/{name}", "0.9.2", image(name, _GO, **{_TITLE: name}))
    push("sandbox/try-out", "dev", image("try-out", _GO[:5]))
    door.push_layout("library/tool", "1.0", prepared("multi"))
    path = "projects/payments/repositories/gateway"
    door.harbor("PUT", path, {"description": _GATEWAY})


def _revision(version: str) -> str:
    """Twelve digits that look like a commit."""
    return random.Random(version).randbytes(6).hex()
