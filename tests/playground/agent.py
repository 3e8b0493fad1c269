"""One running Consul agent."""

import json
from pathlib import Path

from tests.playground.configuration import configuration
from tests.playground.endpoint import Endpoint, Json
from tests.playground.plan import AgentPlan, Surroundings, agent_address
from tests.playground.processes import Process


class Agent:
    """An agent of a cluster; `endpoint` speaks to it with the management token."""

    def __init__(self, plan: AgentPlan, around: Surroundings, directory: Path) -> None:
        """Write the agent's configuration into `directory`; nothing runs yet."""
        self.plan = plan
        address = agent_address(plan, around)
        self.endpoint = Endpoint(address, around.management_secret, plan.consul, around.certificates)
        self._in_memory = plan.is_server and not around.spec.on_disk
        self._log_file = directory / f"{plan.node}.log"
        self._config_file = directory / f"{plan.node}.json"
        self._config_file.write_text(json.dumps(configuration(plan, around, directory)), encoding="utf-8")
        self._overriding_file = directory / f"{plan.node}-overriding.json"
        self.override({})
        self._process: Process | None = None

    def override(self, settings: Json) -> None:
        """Set what the agent is configured with from its next start on, beside what it has by its plan."""
        self._overriding_file.write_text(json.dumps(settings), encoding="utf-8")

    def start(self) -> None:
        """Start the agent, with the data it had if it keeps any on disk. It may take a while to answer."""
        mode = ["-dev"] if self._in_memory else []
        files = [f"-config-file={file}" for file in (self._config_file, self._overriding_file)]
        argv = [str(self.plan.consul), "agent", *mode, *files]
        self._process = Process(argv, self._log_file)

    def check_running(self) -> None:
        """Raise ProcessEndedError where the agent has ended by itself."""
        if self._process:
            self._process.check_running()

    def kill(self) -> None:
        """End the agent if it runs; it then counts as ended on purpose."""
        if self._process:
            self._process.kill()
            self._process = None
