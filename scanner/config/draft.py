"""What is known of one cluster -> the config file that its operators would begin with. Pure."""

import math
from collections.abc import Iterable, Iterator

import yaml

from scanner.collect.credentials import TokenFile, TokenVariable
from scanner.collect.target import CLUSTER_NAME, ClusterTarget
from scanner.config.draft_gateways import gateway_lines
from scanner.model.document import Json

_HEAD = """\
# Written by `consul-scan init`. What stands behind # is to be completed or removed; names are as Consul tells them.
# `consul-scan check-config FILE` checks it, `consul-scan audit --config FILE` judges by it.
"""
_TOLD = {"datacenter": "datacenter", "Consul edition": "edition", "trust domain": "trust_domain"}
_UNREAD = ("denied", "filtered", "error")


def quoted(value: str) -> str:
    """Return a text as YAML has it in double quotes: on one line, ASCII alone, whatever it holds."""
    dumped: str = yaml.safe_dump(value, default_style='"', allow_unicode=False, width=math.inf)
    return dumped.rstrip("\n")


def draft(target: ClusterTarget, state: Json) -> str:
    """Return a config file for one cluster: YAML that can be used as it is, with comments on what only people know.

    Args:
        target: how the cluster was reached; it stands in the file under its name.
        state: what was read of it, as it stands in a snapshot.
    """
    peers = _peers(target.name, state)
    inner = [
        *_identity(state),
        *_access(target),
        *_peer_lines(peers, state),
        *_gateways(state),
        *_unread(state),
    ]
    lines = ["clusters:", f"  {quoted(target.name)}:", *(f"    {line}" for line in inner), *_others(peers)]
    return _HEAD + "\n".join(lines) + "\n"


def _identity(state: Json) -> Iterator[str]:
    told = [f"{what} {quoted(state[key])}" for what, key in _TOLD.items() if state[key]]
    if told:
        yield f"# {', '.join(told)}"


def _access(target: ClusterTarget) -> Iterator[str]:
    yield f"address: {quoted(target.address.text)}"
    if isinstance(target.token, TokenFile):
        yield f"token_file: {quoted(str(target.token.path.absolute()))}"
    elif isinstance(target.token, TokenVariable):
        yield f"token_env: {quoted(target.token.name)}"
    else:
        yield "# token_file: FILE  # no token was given"
    if settings := _tls(target):
        yield f"tls: {{{', '.join(f'{key}: {value}' for key, value in settings.items())}}}"
    if target.basic_auth or target.namespace or target.partition:
        yield "# CONSUL_HTTP_AUTH, CONSUL_NAMESPACE and CONSUL_PARTITION have no place in a config file."


def _tls(target: ClusterTarget) -> dict[str, str]:
    tls = target.tls
    paths = {"ca_file": tls.ca_file, "ca_path": tls.ca_path, "cert_file": tls.cert_file, "key_file": tls.key_file}
    # Where both are given the file wins, in Consul's own names; a config file takes one of them.
    wanted = {key: path for key, path in paths.items() if path and not (key == "ca_path" and tls.ca_file)}
    return {
        **{key: quoted(str(path.absolute())) for key, path in wanted.items()},
        **({"server_name": quoted(tls.server_name)} if tls.server_name else {}),
        **({} if tls.verify else {"verify": "false"}),
    }


def _peers(name: str, state: Json) -> list[str]:
    """Return the names of peerings that can name a cluster of the scan, which this cluster's own name cannot."""
    names = dict.fromkeys(peering["name"] for peering in (state["peerings"] or {}).values() if not peering["deleted"])
    return [peer for peer in sorted(names) if CLUSTER_NAME.fullmatch(peer) and peer != name]


def _peer_lines(peers: Iterable[str], state: Json) -> Iterator[str]:
    for peering in sorted((state["peerings"] or {}).values(), key=lambda one: str(one["name"])):
        yield f"# Peering {quoted(peering['name'])}: {quoted(peering['state'])}, as {quoted(peering['role'])}"
    if named := [quoted(peer) for peer in peers]:
        yield f"peers: [{', '.join(named)}]  # clusters it is to be peered with; Consul calls the peerings so"


def _gateways(state: Json) -> Iterator[str]:
    gateways: Json = state["gateways"] or {}
    if gateways:
        yield "gateways:"
    for key, gateway in sorted(gateways.items()):
        yield from (f"  {line}" for line in gateway_lines(key, gateway, state, quoted))


def _unread(state: Json) -> Iterator[str]:
    unread = {name: read for name, read in state["collection"].items() if read["status"] in _UNREAD}
    for name, read in unread.items():
        yield f"# Not read: {name} ({read['status']}): {quoted(read['detail'])}"
    if grants := sorted({grant for read in unread.values() for grant in read["missing"]}):
        lacking = ", ".join(map(quoted, grants))
        yield f"# The scanner's token lacks {lacking}: `consul-scan policy` prints what it needs."


def _others(peers: Iterable[str]) -> Iterator[str]:
    """Yield a block for each peer: where its HTTP API is, Consul does not tell."""
    for peer in peers:
        yield f"  # {quoted(peer)}:"
        yield "  #   address: https://HOST:8501  # Consul does not tell where it is"
        yield "  #   token_file: FILE"
