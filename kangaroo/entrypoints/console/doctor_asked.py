"""What can be examined, who is offered it, and how what was typed becomes an examination."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from kangaroo.base.errors import Code, Failure
from kangaroo.core.doctor import (
    Ailment,
    ClusterName,
    NamespaceName,
    Place,
    PullQuestion,
    Row,
    Trouble,
    parse_target,
)
from kangaroo.core.instances import PLATFORM, InstanceName, Point, Which
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.texts import N_
from kangaroo.entrypoints.console.visit import Rights, Visit

FIELDS = ("examine", "image", "managed", "instance", "cluster", "namespace", "workspace", "targets")
Begin = Callable[[Visit, Form], Awaitable[AsyncIterator[Row]]]


@dataclass(frozen=True, slots=True)
class Examination:
    """`subject` is the field that says of what; `offered` is asked with his rights, and whether he belongs to a
    workspace."""

    key: str
    label: str
    sentence: str
    subject: str
    offered: Callable[[Rights, bool], bool]
    begin: Begin


async def _instance(visit: Visit, form: Form) -> AsyncIterator[Row]:
    which = Which(InstanceName.parse(form.text("instance")), _workspace(form))
    return await visit.services.doctor.instance(visit.actor, which, fix=form.flag("fix"))


async def _pull(visit: Visit, form: Form) -> AsyncIterator[Row]:
    question = PullQuestion(form.text("image"), visit.own_url, _workspace(form))
    place = _place(form)
    return await visit.services.doctor.pull(visit.actor, question, place, fix=form.flag("fix"))


async def _cluster(visit: Visit, form: Form) -> AsyncIterator[Row]:
    return await visit.services.doctor.cluster(visit.actor, ClusterName.parse(form.text("cluster")))


async def _managed(visit: Visit, form: Form) -> AsyncIterator[Row]:
    name, fields = _harbor(form.text("managed"))
    return await visit.services.doctor.managed(visit.actor, name, fields)


async def _dependencies(visit: Visit, form: Form) -> AsyncIterator[Row]:
    if form.text("managed"):
        name, fields = _harbor(form.text("managed"))
        return await visit.services.doctor.dependencies_of(visit.actor, name, fields)
    targets = [parse_target(line) for line in form.text("targets").split()]
    return await visit.services.doctor.dependencies(visit.actor, targets)


async def _ourselves(visit: Visit, form: Form) -> AsyncIterator[Row]:
    del form
    return await visit.services.doctor.ourselves(visit.actor)


EXAMINATIONS = (
    Examination(
        "ourselves",
        N_("This installation"),
        N_("Database, storage, disk, keys, job worker, certificate and the URL clients use."),
        "",
        lambda rights, _: rights.admin,
        _ourselves,
    ),
    Examination(
        "pull",
        N_("Pull of an image"),
        N_("From the name of the image to the node: registry, space, pull secret, credential, platform."),
        "image",
        lambda rights, member: member or rights.may(Point.GET_REGISTRY_SPACE),
        _pull,
    ),
    Examination(
        "instance",
        N_("Registry"),
        N_("From its name to its rights: DNS, connection, TLS, sign-in, version, parts."),
        "instance",
        lambda rights, _: rights.may(Point.GET_REGISTRY_INTEGRATION),
        _instance,
    ),
    Examination(
        "cluster",
        N_("Cluster"),
        N_("Whether it answers, what its account may do, whether it is watched without gaps."),
        "cluster",
        lambda rights, _: rights.may(Point.GET_MANAGED_HARBOR),
        _cluster,
    ),
    Examination(
        "managed",
        N_("Managed Harbor"),
        N_("What it needs, its pods, its HarborCluster and its integration."),
        "managed",
        lambda rights, _: rights.may(Point.GET_MANAGED_HARBOR),
        _managed,
    ),
    Examination(
        "dependencies",
        N_("Dependencies"),
        N_("PostgreSQL, Redis and S3, asked as Harbor would ask them."),
        "targets",
        lambda rights, _: rights.may(Point.CREATE_MANAGED_HARBOR),
        _dependencies,
    ),
)


def kind_of(form: Form, offered: Sequence[Examination]) -> Examination:
    """The one that is named; else the first that the form has a subject for; else the first there is."""
    named = [one for one in offered if one.key == form.text("examine")]
    by_subject = {one.subject: one for one in offered if form.text(one.subject)}
    meant = [by_subject[name] for name in FIELDS if name in by_subject]
    return (named or meant or list(offered))[0]


def _workspace(form: Form) -> int:
    text = form.text("workspace")
    if not text:
        return PLATFORM
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Failure(Code.NOT_FOUND, what=f"workspace {text[:80]}")
    return int(text)


def _place(form: Form) -> Place | None:
    cluster, namespace = form.text("cluster"), form.text("namespace")
    if not (cluster or namespace):
        return None
    if not (cluster and namespace):
        field = "namespace" if cluster else "cluster"
        raise Failure(Code.INVALID_FIELD, field=field, reason="give a cluster and a namespace, or neither")
    try:
        return Place(ClusterName.parse(cluster), NamespaceName.parse(namespace))
    except Failure as failure:
        if failure.code is Code.NAME_INVALID:
            raise Ailment(Trouble.CLUSTER_UNKNOWN, name=cluster[:80]) from failure
        raise


def _harbor(text: str) -> tuple[str, dict[str, str]]:
    """`cluster.namespace.name`, as a managed Harbor is called; or its name alone."""
    *place, name = text.split(".")
    return name, dict(zip(("cluster", "namespace"), place, strict=False)) if len(place) == 2 else {}
