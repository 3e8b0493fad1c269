"""One mesh gateway: a service registered in Consul by Consul's own command, and the Envoy that serves it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.playground.agent import Agent
from tests.playground.endpoint import Json
from tests.playground.ports import LOOPBACK, PortBlock
from tests.playground.processes import Process
from tests.playground.waiting import wait_until
from tests.tools import tool

ENVOY = "envoy-1.36.4"
TIMEOUT_SECONDS = 5


@dataclass(frozen=True)
class GatewayPlan:
    """Which service instance a gateway is and where it listens."""

    service: str
    instance: str
    lan_address: str
    wan_address: str
    admin_bind: str


def plan_gateway(service: str, number: int, ports: PortBlock) -> GatewayPlan:
    """Give the cluster's gateway of that number, from 1; the first has the instance id that Consul gives by itself."""
    instance = service if number == 1 else f"{service}-{number}"
    lan, wan, admin = (f"{LOOPBACK}:{ports.take()}" for _ in range(3))
    return GatewayPlan(service, instance, lan, wan, admin)


class Gateway:
    """A mesh gateway on the agent beside it; `token` is the secret of its ACL token, empty where ACLs are off."""

    def __init__(self, plan: GatewayPlan, agent: Agent, token: str, directory: Path) -> None:
        """Nothing is registered and nothing runs yet."""
        self.plan = plan
        self.agent = agent
        self.token = token
        self._log_file = directory / f"{agent.plan.node}-{plan.instance}.log"
        self._bootstrap_file = directory / f"{agent.plan.node}-{plan.instance}.json"
        self._process: Process | None = None

    @property
    def id(self) -> str:
        """Give the instance as `node/service id`."""
        return f"{self.agent.plan.node}/{self.plan.instance}"

    @property
    def admin_address(self) -> str:
        """Give the URL of Envoy's admin interface."""
        return f"http://{self.plan.admin_bind}"

    def register(self) -> None:
        """Register the service with its agent, anew if it is registered, and write what Envoy is to start from.

        Raises subprocess.CalledProcessError where Consul's command fails; its output is the exception's.
        """
        environ = self.agent.endpoint.environment(self.token)
        made = subprocess.run(self.register_command(), env=environ, check=True, capture_output=True)
        self._bootstrap_file.touch(mode=0o600)
        self._bootstrap_file.write_bytes(made.stdout)
        self.quicken_check()

    def register_command(self) -> list[str]:
        """Give Consul's command as an operator would type it, but for `-bootstrap`.

        Without that it becomes the Envoy, and the change of program from a thread of Go's takes the leash off.
        """
        plan = self.plan
        command = [str(self.agent.plan.consul), "connect", "envoy", "-gateway=mesh", "-register", "-bootstrap"]
        command += ["-service", plan.service, "-proxy-id", plan.instance, "-admin-bind", plan.admin_bind]
        # Named, because Consul's own guess prefers the port with TLS, for which Envoy would need a CA file.
        command += ["-grpc-addr", f"http://{LOOPBACK}:{self.agent.plan.ports['grpc']}"]
        return [*command, "-address", plan.lan_address, "-wan-address", plan.wan_address]

    def quicken_check(self) -> None:
        """Have the registered check run every second: the command's 10 s are also the delay before its first run."""
        name, host_port = f"{self.plan.service} listening", self.plan.lan_address
        check = {"ID": self.check_id, "Name": name, "ServiceID": self.plan.instance, "TCP": host_port, "Interval": "1s"}
        self.agent.endpoint.call("PUT", "/v1/agent/check/register", check)

    def deregister(self) -> None:
        """Take the service out of Consul; its Envoy goes on."""
        self.agent.endpoint.call("PUT", f"/v1/agent/service/deregister/{self.plan.instance}")

    def start(self) -> None:
        """Start the Envoy; its service must have been registered."""
        argv = [str(tool(ENVOY)), "--config-path", str(self._bootstrap_file), "--concurrency", "1"]
        # Hot restart shares memory under a number that is the machine's, so two Envoys would need to agree on theirs.
        # And an Envoy cuts a stream whose route went 10 min after that: in the middle of some other test.
        self._process = Process([*argv, "--disable-hot-restart", "--drain-time-s", "86400"], self._log_file)

    @property
    def is_running(self) -> bool:
        """Tell whether the Envoy runs."""
        return self._process is not None and self._process.is_running

    def kill(self) -> None:
        """End the Envoy at once, with SIGKILL, if it runs; the service stays registered."""
        if self._process:
            self._process.kill()

    def restart(self) -> None:
        """End the Envoy, which cuts what it carries, and start it again, once Consul knows; then wait for the check."""
        self.kill()
        wait_until(f"gateway {self.id} is critical", self.status, lambda status: status == "critical")
        self.start()
        wait_until(f"gateway {self.id} passes its check", self.status, lambda status: status == "passing")

    @property
    def check_id(self) -> str:
        """Give the id of the gateway's health check."""
        return f"service:{self.plan.instance}"

    def status(self) -> str:
        """Give what the servers hold the check to be: passing, critical or, not registered, nothing."""
        path = f"/v1/health/node/{self.agent.plan.node}"
        checks: list[dict[str, str]] = self.agent.endpoint.call("GET", path)
        return next((check["Status"] for check in checks if check["CheckID"] == self.check_id), "")

    def admin(self, page: str, **parameters: str) -> Json:
        """Read one page of Envoy's admin interface as JSON. Raises requests.RequestException where it is down."""
        with requests.Session() as session:
            session.trust_env = False
            asked = {"format": "json", **parameters}
            answer = session.get(f"{self.admin_address}/{page}", params=asked, timeout=TIMEOUT_SECONDS)
            answer.raise_for_status()
            return answer.json()

    def is_ready(self) -> bool:
        """Tell whether the Envoy has all that it needs from Consul and listens. Raises requests.RequestException."""
        return bool(self.admin("server_info")["state"] == "LIVE")

    def stats(self, pattern: str) -> dict[str, int]:
        """Give Envoy's counters and gauges whose name matches the regular expression."""
        read = self.admin("stats", filter=pattern)["stats"]
        return {stat["name"]: stat["value"] for stat in read if "value" in stat}

    def connections(self, address: str) -> int:
        """Give how many connections are open on the gateway's LAN or WAN `address`; 0 where the Envoy is down."""
        if not self.is_running:
            return 0
        gauge = f"listener.{address.replace(':', '_')}.downstream_cx_active"
        return self.stats(f"^{gauge}$").get(gauge, 0)

    def upstream_addresses(self, server_name: str) -> frozenset[str]:
        """Give the host:port set that Envoy sends the connections for `server_name` to; empty without a route."""
        clusters = self.admin("clusters")["cluster_statuses"]
        hosts = [cluster.get("host_statuses", []) for cluster in clusters if cluster["name"].startswith(server_name)]
        sockets = [host["address"]["socket_address"] for found in hosts for host in found]
        return frozenset(f"{socket['address']}:{socket['port_value']}" for socket in sockets)
