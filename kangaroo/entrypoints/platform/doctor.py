"""Ours: examinations, what is wrong and what to do about it. The console and `kangaroo doctor` ask here."""

from litestar import Response, post

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.doctor import (
    Ailment,
    ClusterName,
    NamespaceName,
    Place,
    PullQuestion,
    Trouble,
    parse_target,
)
from kangaroo.core.instances import PLATFORM, InstanceName, Which
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.doctor_shapes import (
    GivenCluster,
    GivenDependencies,
    GivenHarbor,
    GivenInstance,
    GivenPull,
    Report,
    answer,
)
from kangaroo.entrypoints.platform.view import View


@post("/doctor/instance", status_code=200, operation_id="Doctor_Instance")
async def instance(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    request: AnyRequest,
    data: GivenInstance,
) -> Response[Report]:
    which = Which(InstanceName.parse(data.name), _workspace(data.workspace))
    rows = await services.doctor.instance(actor, which, fix=data.fix)
    return await answer(request, view, rows)


@post("/doctor/pull", status_code=200, operation_id="Doctor_Pull")
async def pull(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    request: AnyRequest,
    data: GivenPull,
) -> Response[Report]:
    question = PullQuestion(data.image, view.own_url, _workspace(data.workspace))
    rows = await services.doctor.pull(actor, question, _place(data), fix=data.fix)
    return await answer(request, view, rows)


@post("/doctor/cluster", status_code=200, operation_id="Doctor_Cluster")
async def cluster(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    request: AnyRequest,
    data: GivenCluster,
) -> Response[Report]:
    rows = await services.doctor.cluster(actor, ClusterName.parse(data.name))
    return await answer(request, view, rows)


@post("/doctor/managed", status_code=200, operation_id="Doctor_Managed")
async def managed(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    request: AnyRequest,
    data: GivenHarbor,
) -> Response[Report]:
    """A Harbor we run."""
    return await answer(request, view, await services.doctor.managed(actor, data.name, data.place))


@post("/doctor/dependencies", status_code=200, operation_id="Doctor_Dependencies")
async def dependencies(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    request: AnyRequest,
    data: GivenDependencies,
) -> Response[Report]:
    """Asked from this server, each at the same time."""
    if data.managed is not None:
        harbor = data.managed
        rows = await services.doctor.dependencies_of(actor, harbor.name, harbor.place)
        return await answer(request, view, rows)
    targets = [parse_target(text) for text in data.targets]
    return await answer(request, view, await services.doctor.dependencies(actor, targets))


@post("/doctor/self", status_code=200, operation_id="Doctor_Self")
async def ourselves(
    actor: Given[Actor], services: Given[Services], view: Given[View], request: AnyRequest
) -> Response[Report]:
    """This installation."""
    return await answer(request, view, await services.doctor.ourselves(actor))


def _workspace(text: str) -> int:
    if not text:
        return PLATFORM
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise Failure(Code.NOT_FOUND, what=f"workspace {text[:80]}")
    return int(text)


def _place(data: GivenPull) -> Place | None:
    if not (data.cluster or data.namespace):
        return None
    if not (data.cluster and data.namespace):
        raise Failure(
            Code.INVALID_FIELD, field="namespace", reason="give a cluster and a namespace, or neither"
        )
    try:
        return Place(ClusterName.parse(data.cluster), NamespaceName.parse(data.namespace))
    except Failure as failure:
        if failure.code is Code.NAME_INVALID:
            raise Ailment(Trouble.CLUSTER_UNKNOWN, name=data.cluster[:80]) from failure
        raise


HANDLERS = (instance, pull, cluster, managed, dependencies, ourselves)
