"""`kangaroo push-command`: what to type to push an image, with a credential that ends by itself."""

from enum import StrEnum
from typing import Annotated

import typer

from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.images_named import ImageRef
from kangaroo.entrypoints.cli.nouns import verb
from kangaroo.entrypoints.cli.output import Form, show_data
from kangaroo.entrypoints.cli.session import Session, connected
from kangaroo.entrypoints.cli.spaces import BUILT_IN, Registry
from kangaroo.entrypoints.cli.texts import say
from kangaroo.entrypoints.cli.workspace_named import only_workspace, workspace_id


class Tool(StrEnum):
    DOCKER = "docker"
    PODMAN = "podman"
    NERDCTL = "nerdctl"
    CONTAINERD = "containerd"
    SKOPEO = "skopeo"
    HELM = "helm"


_PUSH = {
    Tool.DOCKER: "docker tag {image} {whole}\ndocker push {whole}",
    Tool.PODMAN: "podman push{flags} {image} {whole}",
    Tool.NERDCTL: "nerdctl tag {image} {whole}\nnerdctl{flags} push {whole}",
    Tool.SKOPEO: "skopeo copy{flags} docker-archive:IMAGE.tar docker://{whole}",
    Tool.HELM: "helm push{flags} CHART.tgz oci://{folder}",
}


def push_command(
    session: Session,
    image: Annotated[str, typer.Argument(help="SPACE/NAME:TAG to push as.", show_default=False)],
    workspace: Annotated[
        str, typer.Option("--workspace", "-w", help="Its id or name; needless if you see but one.")
    ] = "",
    registry: Registry = BUILT_IN,
    tool: Annotated[Tool, typer.Option(help="What you push with.")] = Tool.DOCKER,
    seconds: Annotated[int, typer.Option(min=0, help="How long it is good; 0 is a day.")] = 0,
) -> None:
    """Print how to sign in and push an image, with a temporary credential."""
    connection, ref = session.connection, ImageRef.parse(image)
    number = workspace_id(connection, workspace) if workspace else only_workspace(connection)
    path = place("workspaces", number, "registries", registry, "push")
    told = connection.platform.get(path, expired=seconds)
    if session.form is not Form.TABLE:
        show_data(session.form, told)
        return
    whole = f"{told['host']}/{ref}"
    if trust := told["trust"].get(tool):
        typer.echo(f"# {say('trust_first')}\n{trust}\n")
    typer.echo(f"# {say('good_until', at=told['expiredAt'])}")
    login = told["commands"][tool]
    if tool is Tool.CONTAINERD:  # signs in with each push
        typer.echo(login.rpartition(" ")[0] + f" {whole}")
        return
    typer.echo(login)
    facts = {"image": ref, "whole": whole, "folder": whole.rpartition("/")[0], "flags": _flags(tool, login)}
    typer.echo(_PUSH[tool].format_map(facts))


def _flags(tool: Tool, login: str) -> str:
    """What makes a tool accept the registry's certificate, or that it has none, as it stands in the login."""
    if tool is Tool.NERDCTL:
        return " --insecure-registry" if "--insecure-registry" in login else ""
    said = login.partition("--password-stdin")[2]
    return said.replace("--tls-verify", "--dest-tls-verify") if tool is Tool.SKOPEO else said


app = verb(connected(push_command))
