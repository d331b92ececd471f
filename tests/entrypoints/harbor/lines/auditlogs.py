"""The audit log: everybody has his part of it, and the log of a project is for its members."""

from tests.entrypoints.harbor.matrix import Line

LINES = (
    Line("listAuditLogs", "GET audit-logs", system="known"),
    Line("listAuditLogExts", "GET auditlog-exts", system="known"),
    Line("listAuditLogEventTypes", "GET auditlog-exts/events", system="systemrobot admin"),
    Line("getLogs", "GET projects/{project}/logs", private="PA robots admin"),
    Line("getLogExts", "GET projects/{project}/auditlog-exts", private="PA robots admin"),
)
