"""What scanners found, to what pages show. Pure: reports are others', so whatever is unusual in them tells nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kangaroo.core.workspaces import ScanOverview

SEVERITIES = ("critical", "high", "medium", "low", "negligible", "unknown")  # the worst first
_STATUS = {"success": "succeeded", "error": "failed"}  # the others are words of status.py
_GOES_ON = frozenset({"pending", "running"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A vulnerability of a package in one version. `fixed`: the version without it; empty while there is none."""

    id: str
    severity: str
    package: str
    version: str
    fixed: str
    about: str
    link: str

    @property
    def rank(self) -> tuple[int, str, str]:
        return SEVERITIES.index(self.severity), self.id, self.package

    def holds(self, text: str) -> bool:
        wanted = text.lower()
        return any(wanted in value.lower() for value in (self.id, self.severity, self.package))


def findings_of(reports: Mapping[str, Any]) -> list[Finding]:
    """Reports by media type (application/vnd.security.vulnerability.report), the worst finding first."""
    found = {
        (one.id, one.package, one.version): one
        for report in reports.values()
        if isinstance(report, dict)
        for one in _findings(report.get("vulnerabilities"))
    }
    return sorted(found.values(), key=lambda one: one.rank)


def status_word(scan: ScanOverview) -> str:
    return _STATUS.get(scan.status, scan.status)


def goes_on(scan: ScanOverview | None) -> bool:
    return scan is not None and scan.status in _GOES_ON


def _findings(given: object) -> Iterator[Finding]:
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict) and _text(one, "id"):
            severity = _text(one, "severity").lower()
            links = one.get("links")
            yield Finding(
                id=_text(one, "id"),
                severity=severity if severity in SEVERITIES else "unknown",
                package=_text(one, "package"),
                version=_text(one, "version"),
                fixed=_text(one, "fix_version"),
                about=_text(one, "description"),
                link=next(filter(_leads, links if isinstance(links, list) else []), ""),
            )


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _leads(link: object) -> bool:
    """Only to pages: a report could hold a link that is a script."""
    return isinstance(link, str) and link.startswith(("https://", "http://"))
