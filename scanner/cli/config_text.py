"""What was understood of a config file, a line for each thing. Pure."""

from collections.abc import Iterator, Sequence

from scanner.collect.credentials import TokenFile, TokenSource, TokenVariable
from scanner.collect.target import ClusterTarget, GatewayTarget
from scanner.config import Config
from scanner.engine_choice import server_address
from scanner.model.rule import Rule


def understood(config: Config, rules: Sequence[Rule]) -> Iterator[str]:
    """Yield the lines that tell of a config; `rules` are those that judge. What they say is yet to be made safe."""
    if not config.clusters:
        yield "clusters: none; it is for stored snapshots (audit --snapshot)"
    for target in config.clusters:
        yield f"cluster {target.name}: {', '.join(_target(target))}"
        yield from (f"  gateway {_name(gateway)}: {', '.join(_gateway(gateway))}" for gateway in target.gateways)
    yield f"rules: {len(rules)} judge{_switched_off(config)}"
    yield from (f"severity: {rule_id} is {severity}" for rule_id, severity in config.severity.items())
    yield from (f"parameters of {rule_id}: {', '.join(values)}" for rule_id, values in config.parameters.items())
    yield from (f"policies: {folder}" for folder in config.policies)
    if config.waivers:
        yield f"waivers: {config.waivers}"
    address = server_address(config.engine)
    yield f"engine: OPA at {address}, {_token(config.engine.token)}" if address else "engine: embedded"


def _switched_off(config: Config) -> str:
    return f"; off: {', '.join(config.disabled)}" if config.disabled else ""


def _target(target: ClusterTarget) -> Iterator[str]:
    yield target.address.text
    yield _token(target.token)
    yield f"control plane via gateways {target.intent}"
    if target.declared_peers:
        yield f"peers {' '.join(target.declared_peers)}"
    if not target.tls.verify:
        yield "its certificate is not verified"
    if target.probe:
        yield "probed"
    if target.acl != "auto":
        yield f"ACLs {'read' if target.acl == 'always' else 'not read'}"


def _token(token: TokenSource | None) -> str:
    if isinstance(token, TokenFile):
        return f"token of file {token.path}"
    return f"token of variable {token.name}" if isinstance(token, TokenVariable) else "no token"


def _name(gateway: GatewayTarget) -> str:
    return "/".join(part for part in (gateway.partition, gateway.namespace, gateway.service) if part)


def _gateway(gateway: GatewayTarget) -> Iterator[str]:
    envoys = len(gateway.envoy_admin)
    yield f"{envoys} Envoy{'' if envoys == 1 else 's'} to ask"
    yield f"token by {gateway.token.by}" if gateway.token else "token not named"
    attested = [told for told in (gateway.proxy, gateway.envoy_version) if told]
    if attested:
        yield f"attested {' '.join(attested)}"
