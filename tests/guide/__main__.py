"""`python -m tests.guide [NAME...]`: all pictures of the guide, or those named, in both languages."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.browser import Person
from tests.e2e.server import Server
from tests.guide.camera import Names, compact, rewrite
from tests.guide.door import Door
from tests.guide.pictures import PICTURES, Picture
from tests.guide.story import CLUSTERS, Story
from tests.guide.surroundings import Around, surroundings
from tests.house.sources import ROOT
from tests.tools import require

HOST = "registry.corp.example"
IMAGES = ROOT / "docs" / "guide" / "images"
LOOKS = {"en": ("en-GB", "light"), "zh": ("zh-CN", "dark")}
_PASSING = (
    ("(login|pull)-([0-9]+)-[0-9a-f]{8,}", "$1-$2-5f0c9d27"),
    ("(-p |printf %s )'?[^ ']{24,}'?", "$1'…'"),
    ("(db|cache|images)-[0-9a-f]{8}", "$1"),
    ("(-(core|jobservice|portal|registry))-[0-9a-z]+-[0-9a-z]{5}", "$1-6b8f7d9c5-x2k4q"),
    ("([0-9]+ seconds?|\\b[1-9] minutes?) ago", "just now"),
    ("([0-9]+秒钟|\\b[1-9]分钟)前", "刚刚"),
    ("\\b[0-9]{1,2} ms", "12 ms"),
)
"""Secrets, suffixes and short times, which are others in each run, and what stands for them."""
WIDE, NARROW = {"width": 1200, "height": 750}, {"width": 390, "height": 780}


@dataclass(frozen=True)
class Studio:
    """`darkroom` is an empty page beside those that are photographed."""

    browser: Browser
    darkroom: Page
    story: Story
    names: Names

    def take(self, language: str, pictures: Sequence[Picture]) -> list[str]:
        """Names of those whose page is not there."""
        missing = []
        for user, narrow in sorted({(one.user, one.narrow) for one in pictures}):
            theirs = [one for one in pictures if (one.user, one.narrow) == (user, narrow)]
            with self._person(language, user, narrow=narrow) as person:
                missing += [one.name for one in theirs if not self._taken(person, language, one)]
        return missing

    def _taken(self, person: Person, language: str, picture: Picture) -> bool:
        places = self.story.workspaces
        path = picture.path.format(payments=places["payments"], search=places["搜索平台"])
        page, complaints = person.page, len(person.complaints)
        answer = page.goto(person.url + path)
        if answer is None or not answer.ok:
            return False
        page.wait_for_load_state("networkidle")
        picture.act(page)
        rewrite(page, self.names)
        self._resize(page, picture)
        shot = compact(self.darkroom, page.screenshot(animations="disabled", caret="hide"))
        (IMAGES / language / f"{picture.name}.png").write_bytes(shot)
        for line in person.complaints[complaints:]:
            print(f"{picture.name}: {line}")
        return True

    @staticmethod
    def _resize(page: Page, picture: Picture) -> None:
        size = NARROW if picture.narrow else WIDE
        wanted = page.evaluate("document.documentElement.scrollHeight") if picture.tall else size["height"]
        page.set_viewport_size({"width": size["width"], "height": min(wanted, 2 * size["height"])})

    @contextmanager
    def _person(self, language: str, user: str, *, narrow: bool) -> Iterator[Person]:
        locale, theme = LOOKS[language]
        context = self.browser.new_context(
            viewport=NARROW if narrow else WIDE,  # type: ignore[arg-type]
            color_scheme="dark" if theme == "dark" else "light",
            locale=locale,
            timezone_id="Asia/Shanghai",
            ignore_https_errors=True,
        )
        context.set_default_timeout(20_000)
        person = Person(context.new_page(), f"https://{HOST}")
        if user:
            person.sign_in(user)
        yield person
        context.close()


def _names(around: Around) -> Names:
    """What stands for addresses and secrets that are others in each run."""
    addresses = {
        "mirror.corp.example": around.docker,
        "harbor-sh.corp.example": around.harbor.url,
        "harbor-old.corp.example": around.old.url,
        "team-harbor.corp.example": around.managed,
        **{
            f"{name}.corp.example:6443": one.url for name, one in zip(CLUSTERS, around.clusters, strict=False)
        },
    }
    hosts = [(url.partition("://")[2], name) for name, url in addresses.items()]
    return (*hosts, *_PASSING)


def main(names: Sequence[str]) -> int:
    chromium = require("chromium")
    for language in LOOKS:
        (IMAGES / language).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="guide-") as folder, surroundings() as around:
        settings = {"tls": "auto", "tls_names": HOST, "external_url": f"https://{HOST}"}
        with Server(Path(folder), **settings) as server, sync_playwright() as playwright:
            story = Story(Door(server.port, server.authority), around, server.settings.data)
            story.tell()
            arguments = ["--no-sandbox", f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{server.port}"]
            browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
            studio = Studio(browser, browser.new_page(), story, _names(around))
            wanted = [
                one
                for one in PICTURES
                if (not names or one.name in names) and (around.clusters or not one.clusters)
            ]
            missing = [f"{language}/{name}" for language in LOOKS for name in studio.take(language, wanted)]
            browser.close()
    for name in missing:
        print(f"no page: {name}")
    return 1 if missing else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except pytest.skip.Exception as needed:
        sys.exit(f"no pictures: {needed}")
