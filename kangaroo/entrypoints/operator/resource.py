"""The custom resource: `registrysecrets.kangaroo.io`, an object for each registry, in the namespace kangaroo-system."""

from kangaroo.core.clusters import Kind, Object

NAMESPACE_NAME = "kangaroo-system"
GROUP, VERSION = "kangaroo.io", "v1alpha1"
REGISTRY_SECRET = Kind(GROUP, VERSION, "RegistrySecret", "registrysecrets")
TYPES = ("HARBOR", "DOCKER_REGISTRY", "JFROG", "KANGAROO")
_TEXT: Object = {"type": "string"}


def _described(description: str, **more: object) -> Object:
    return {"type": "string", "description": description, **more}


_SPEC: Object = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": _described("What kind of registry it is.", enum=list(TYPES)),
        "url": _described("Where it answers, as https://host[:port]."),
        "credentialSecretRef": {
            "type": "object",
            "required": ["name"],
            "description": "A Secret of this namespace with the keys username and password.",
            "properties": {"name": _TEXT},
        },
        "workspace": {
            "type": "integer",
            "minimum": 0,
            "description": "The workspace it belongs to; 0: the platform.",
        },
        "ca": _described("Certificates of a private authority, in PEM."),
        "insecure": {"type": "boolean", "description": "Look at no certificate."},
        "description": _TEXT,
        "integration": _described("Manual, or Automatic for a managed Harbor."),
    },
}
_STATE: Object = {
    "type": "object",
    "properties": {
        "type": _described(
            "HealthCheckSuccess, HealthCheckFail, HealthCheckPending, RegistrationFail, RemovalFail."
        ),
        "status": _described("True, False or Unknown."),
        "reason": _TEXT,
        "message": _TEXT,
        "lastTransitionTime": _described("RFC 3339.", format="date-time"),
    },
}
_STATUS: Object = {
    "type": "object",
    "properties": {
        "state": _STATE,
        "cause": _described("A stable word for what is wrong; empty when nothing is."),
        "remedy": _described("What to do about it."),
        "registry": _described("Under which name it is registered."),
        "observedGeneration": {"type": "integer", "format": "int64"},
        "credentialVersion": _described("Of the Secret whose credential is in use."),
    },
}


def _column(name: str, path: str, kind: str = "string", *, wide: bool = False) -> Object:
    """`wide`: shown by `kubectl get -o wide` alone."""
    column = {"name": name, "type": kind, "jsonPath": path}
    return {**column, "priority": 1} if wide else column


DEFINITION: Object = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"{REGISTRY_SECRET.plural}.{GROUP}"},
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {
            "kind": REGISTRY_SECRET.kind,
            "listKind": "RegistrySecretList",
            "plural": REGISTRY_SECRET.plural,
            "singular": "registrysecret",
        },
        "versions": [
            {
                "name": VERSION,
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "additionalPrinterColumns": [
                    _column("Type", ".spec.type"),
                    _column("URL", ".spec.url"),
                    _column("Workspace", ".spec.workspace", "integer", wide=True),
                    _column("Healthy", ".status.state.status"),
                    _column("Cause", ".status.cause"),
                    _column("Message", ".status.state.message", wide=True),
                    _column("Age", ".metadata.creationTimestamp", "date"),
                ],
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "required": ["spec"],
                        "properties": {"spec": _SPEC, "status": _STATUS},
                    }
                },
            }
        ],
    },
}
