"""What is not about a project: ping, health, systeminfo."""

from tests.entrypoints.harbor.matrix import Line

LINES = (
    Line("getPing", "GET ping", system="everybody"),
    Line("getHealth", "GET health", system="everybody"),
    Line("getSystemInfo", "GET systeminfo", system="everybody"),
    Line("getVolumes", "GET systeminfo/volumes", system="systemrobot admin"),
    Line("getCert", "GET systeminfo/getcert", system="everybody"),
)
