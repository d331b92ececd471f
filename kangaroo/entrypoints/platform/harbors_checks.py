"""Group Harbor, the questions before one is made: can the cluster, what can be chosen, is there room, is it reached."""

from typing import Annotated

from litestar import get, post
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed import Amount, Service
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.given import Int64, segment
from kangaroo.entrypoints.platform.harbors import name_of, place_of
from kangaroo.entrypoints.platform.harbors_checks_shapes import (
    NamespaceQuota,
    NodePort,
    OperatorAnswer,
    Params,
    PreEnvironment,
    TlsList,
    Verified,
    cert_manager_ready,
    operator_of,
    operator_ready,
    params_of,
    quota_of,
    ready,
    rows_of,
    tls_of,
    verified_of,
)
from kangaroo.entrypoints.platform.harbors_given import GivenDependencies
from kangaroo.entrypoints.platform.harbors_words import OperatorStatus
from kangaroo.entrypoints.platform.shapes import Empty
from kangaroo.entrypoints.platform.view import View

_CLUSTER, _NAMESPACE = "/clusters/{cluster:str}", "/namespace/{namespace:str}"
_VERIFY = "/cluster/{cluster:str}/namespace/{namespace:str}/harbors/{name:str}/verify"
_LONGEST = 64


@get(f"{_CLUSTER}/check", operation_id="Harbor_VerifyHarborOperator")
async def check_operator(
    actor: Given[Actor], services: Given[Services], view: Given[View], request: AnyRequest
) -> OperatorAnswer:
    """That a cluster is not known is an answer too."""
    try:
        rows = await services.managed.choices.environment(actor, segment(request, "cluster"))
    except Failure as failure:
        if failure.code is not Code.NOT_FOUND:
            raise
        return OperatorAnswer(status=OperatorStatus.NO_CLUSTER, rows=[])
    return operator_of(rows, view)


@get(f"{_CLUSTER}/check-pre-environment", operation_id="Harbor_VerifyPreEnvironment")
async def check_environment(
    actor: Given[Actor], services: Given[Services], view: Given[View], request: AnyRequest
) -> PreEnvironment:
    cluster, choices = segment(request, "cluster"), services.managed.choices
    rows, operators = await choices.environment(actor, cluster), await choices.operators(actor, cluster)
    return PreEnvironment(
        cert_manager_status=cert_manager_ready(rows),
        harbor_operator_status=operator_ready(rows),
        pg_operator_status=ready(Service.POSTGRESQL in operators),
        redis_operator_status=ready(Service.REDIS in operators),
        minio_operator_status=ready(Service.MINIO in operators),
        rows=rows_of(rows, view),
    )


@get(f"{_CLUSTER}/harbors/default-params", operation_id="Harbor_GetHarborParams")
async def params(actor: Given[Actor], services: Given[Services], request: AnyRequest) -> Params:
    return params_of(await services.managed.choices.offer(actor, segment(request, "cluster")))


@get(f"{_CLUSTER}{_NAMESPACE}/check", operation_id="Harbor_VerifyNamespaceQuota")
async def check_quota(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    cpu: Annotated[str, Parameter(query="requestCpu", max_length=_LONGEST)] = "",
    memory: Annotated[str, Parameter(query="requestMemory", max_length=_LONGEST)] = "",
    replicas: Int64 = 1,
) -> NamespaceQuota:
    """Of each container; what is answered is for the whole Harbor."""
    amount = Amount(cpu, memory, replicas or 1)
    return quota_of(await services.managed.choices.room(actor, place_of(request), amount))


@get(f"{_CLUSTER}/node-port/check", operation_id="Harbor_VerifyNodePort")
async def check_port(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    port: Annotated[str, Parameter(max_length=_LONGEST)] = "",
) -> NodePort:
    """True: it is in use."""
    cluster = segment(request, "cluster")
    return NodePort(status=not await services.managed.choices.port_free(actor, cluster, port))


@get(f"/cluster/{{cluster:str}}{_NAMESPACE}/tls", operation_id="Harbor_ListTLSSecret")
async def tls_secrets(actor: Given[Actor], services: Given[Services], request: AnyRequest) -> TlsList:
    found = await services.managed.choices.tls_secrets(actor, place_of(request))
    return TlsList(items=[tls_of(one) for one in found])


@post(_VERIFY, status_code=200, operation_id="Harbor_CreateVerifyDependService")
async def start_verifying(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, data: GivenDependencies
) -> Empty:
    name = name_of(request)
    await services.managed.verifying.start(actor, name, data.dependencies(), data.secrets())
    return Empty()


@get(_VERIFY, operation_id="Harbor_GetVerifyDependService")
async def verified(
    actor: Given[Actor], services: Given[Services], view: Given[View], request: AnyRequest
) -> Verified:
    return verified_of(await services.managed.verifying.answer(actor, name_of(request)), view)


HANDLERS = (
    check_operator,
    check_environment,
    params,
    check_quota,
    check_port,
    tls_secrets,
    start_verifying,
    verified,
)
