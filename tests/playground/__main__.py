"""`python -m tests.playground` starts two peered clusters, tells how to reach them and runs until Ctrl-C."""

import argparse
import shlex
import signal
import sys
from collections.abc import Iterable

from tests.playground.cluster import Cluster
from tests.playground.playground import Playground
from tests.playground.spec import pair_spec
from tests.playground.states import BROKEN_STATES
from tests.tools import ToolMissingError


def command_line() -> argparse.ArgumentParser:
    """Describe the options."""
    parser = argparse.ArgumentParser(prog="python -m tests.playground", description=__doc__)
    names = ", ".join(BROKEN_STATES)
    parser.add_argument("--broken", choices=BROKEN_STATES, metavar="STATE", help=f"then break it: {names}")
    return parser


def description(cluster: Cluster) -> Iterable[str]:
    """Give the lines that tell about one cluster; the exports are for a shell."""
    yield f"# {cluster.spec.name}: {cluster.address}"
    for name, token in cluster.tokens.items():
        yield f"#   {name} token: {token.secret} (accessor {token.accessor}, file {token.file})"
    for gateway in cluster.gateways:
        plan = gateway.plan
        yield f"#   gateway {gateway.id}: LAN {plan.lan_address}, WAN {plan.wan_address}, admin {gateway.admin_address}"
    endpoint = cluster.agents[0].endpoint
    yield f'export PATH={shlex.quote(str(endpoint.consul.parent))}:"$PATH"'
    for name, value in endpoint.variables().items():
        yield f"export {name}={shlex.quote(value)}"


def run(state: str | None) -> None:
    """Run a pair until a signal ends it, in a broken state if one is named."""
    with Playground(pair_spec()) as playground:
        for cluster in playground.clusters.values():
            print("\n".join(description(cluster)), end="\n\n")
        if state:
            BROKEN_STATES[state].enter(playground)
            print(f"# broken on purpose: {BROKEN_STATES[state].what}")
        print("# up; Ctrl-C stops it and removes everything", flush=True)
        signal.pause()


def main() -> int:
    """Run until Ctrl-C, SIGTERM or the terminal's end; give the exit status: 0, or 1 where a tool is missing."""
    chosen = command_line().parse_args()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    try:
        run(chosen.broken)
    except KeyboardInterrupt:
        return 0
    except ToolMissingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
