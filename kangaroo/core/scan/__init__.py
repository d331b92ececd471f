"""Scan: artifacts looked through for known vulnerabilities, by the scanner of the instance they are at."""

from kangaroo.core.scan.scan import Scan
from kangaroo.remote.policies import Scanner
from kangaroo.remote.values import ScanOverview

__all__ = ["Scan", "ScanOverview", "Scanner"]
