"""The nginx before a Harbor that is reached by a node's port or a load balancer: harbor-operator has none.

Its table of paths is that of the operator's own Ingress. The image is Harbor's (nginx-photon: not root, ports above
1024), so that it comes from where Harbor's come from.
"""

import hashlib

from kangaroo.core.managed.composing import ImageSource, Piece, metadata, tls_secret
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.spec import ExposeMode, HarborSpec
from kangaroo.kube.contract import CONFIG_MAP, DEPLOYMENT, SERVICE, Object

_HTTP, _HTTPS = 8080, 8443
_TO_CORE = ("/api/", "/service/", "/v2", "/chartrepo/", "/c/")
_CERTIFICATES = "/etc/nginx/cert"
_SERVER = """\
worker_processes auto;
pid /tmp/nginx.pid;
events {{
  worker_connections 4096;
}}
http {{
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server_tokens off;
  access_log /dev/stdout;
  error_log /dev/stderr;
  client_max_body_size 0;
  chunked_transfer_encoding on;
  proxy_http_version 1.1;
  proxy_buffering off;
  proxy_request_buffering off;
  proxy_max_temp_file_size 0;
  proxy_connect_timeout 60s;
  proxy_send_timeout 900s;
  proxy_read_timeout 900s;
  proxy_set_header Host $http_host;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  server {{
    {listen}
{locations}
  }}
}}
"""


def front(harbor: HarborName, spec: HarborSpec, images: ImageSource) -> list[Piece]:
    """ConfigMap, Deployment and Service."""
    text = configuration(harbor, secure=spec.expose.https)
    config = {
        "apiVersion": "v1",
        "kind": CONFIG_MAP.kind,
        "metadata": metadata(harbor, harbor.front),
        "data": {"nginx.conf": text},
    }
    return [
        Piece(CONFIG_MAP, config),
        Piece(DEPLOYMENT, _deployment(harbor, spec, images, text)),
        Piece(SERVICE, service(harbor, spec)),
    ]


def configuration(harbor: HarborName, *, secure: bool) -> str:
    """nginx.conf."""
    listen = f"listen {_HTTP};"
    if secure:
        listen = (
            f"listen {_HTTPS} ssl;\n    ssl_certificate {_CERTIFICATES}/tls.crt;\n"
            f"    ssl_certificate_key {_CERTIFICATES}/tls.key;\n    ssl_protocols TLSv1.2 TLSv1.3;"
        )
    table = [(path, "core") for path in _TO_CORE] + [("/", "portal")]
    locations = [
        f"    location {path} {{\n      proxy_pass http://{harbor.service(component)}:80;\n    }}"
        for path, component in table
    ]
    return _SERVER.format(listen=listen, locations="\n".join(locations))


def service(harbor: HarborName, spec: HarborSpec) -> Object:
    """Without a number of its own where any free one will do."""
    secure = spec.expose.https
    port: Object = {
        "name": "https" if secure else "http",
        "port": 443 if secure else 80,
        "targetPort": _HTTPS if secure else _HTTP,
        "protocol": "TCP",
    }
    node = spec.expose.mode is ExposeMode.NODE_PORT
    if node and spec.expose.node_port:
        port["nodePort"] = spec.expose.node_port
    return {
        "apiVersion": "v1",
        "kind": SERVICE.kind,
        "metadata": metadata(harbor, harbor.front),
        "spec": {
            "type": "NodePort" if node else "LoadBalancer",
            "selector": _selector(harbor),
            "ports": [port],
        },
    }


def _selector(harbor: HarborName) -> dict[str, str]:
    return {"app.kubernetes.io/name": "kangaroo-front", "app.kubernetes.io/instance": harbor.name}


def _deployment(harbor: HarborName, spec: HarborSpec, images: ImageSource, text: str) -> Object:
    # A new configuration is read by new pods.
    annotations = {"kangaroo.io/configuration": hashlib.sha256(text.encode()).hexdigest()}
    pod: Object = {
        "automountServiceAccountToken": False,
        "containers": [_container(spec, images)],
        "volumes": [{"name": "configuration", "configMap": {"name": harbor.front}}],
    }
    if images.pull_secret:
        pod["imagePullSecrets"] = [{"name": images.pull_secret}]
    if secret := tls_secret(harbor, spec.expose):
        pod["volumes"].append({"name": "certificate", "secret": {"secretName": secret}})
    labels = _selector(harbor)
    return {
        "apiVersion": DEPLOYMENT.api_version,
        "kind": DEPLOYMENT.kind,
        "metadata": metadata(harbor, harbor.front),
        "spec": {
            "replicas": spec.replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels, "annotations": annotations}, "spec": pod},
        },
    }


def _container(spec: HarborSpec, images: ImageSource) -> Object:
    secure = spec.expose.https
    mounts = [{"name": "configuration", "mountPath": "/etc/nginx/nginx.conf", "subPath": "nginx.conf"}]
    if secure:
        mounts.append({"name": "certificate", "mountPath": _CERTIFICATES})
    port = _HTTPS if secure else _HTTP
    found: Object = {
        "name": "nginx",
        "image": images.image("nginx-photon", spec.version),
        "command": ["nginx", "-g", "daemon off;"],
        "ports": [{"containerPort": port, "protocol": "TCP"}],
        "readinessProbe": {"tcpSocket": {"port": port}},
        "securityContext": {"allowPrivilegeEscalation": False, "runAsNonRoot": True, "runAsUser": 10000},
        "volumeMounts": mounts,
    }
    if spec.resources:
        found["resources"] = spec.resources.shown()
    return found
