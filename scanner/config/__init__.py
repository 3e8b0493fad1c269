"""The config file (design section 9, docs/configuration.md): YAML -> what to read and how to judge it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from scanner.collect.credentials import TokenFile, TokenSource, TokenVariable
from scanner.collect.target import ClusterTarget, CollectAcl, Tls
from scanner.config.gateways import address_at, gateway_targets
from scanner.config.store import store_settings
from scanner.config.webhooks import endpoints
from scanner.config.wording import check_document, document_faults
from scanner.config.yaml_text import YamlText, read_yaml
from scanner.engine_choice import EngineChoice
from scanner.errors import ConfigError
from scanner.findings.settings import StoreSettings
from scanner.model.document import Json
from scanner.model.rule import Severity
from scanner.publish.webhooks.settings import Endpoint

PAGE = "docs/configuration.md"

_ACL: dict[Any, CollectAcl] = {"auto": "auto", True: "always", False: "never"}


@dataclass(frozen=True)
class Config:
    """What the operator wants: the clusters to read and how to judge them.

    `parameters` are values by rule id and name, `disabled` are rule ids, `severity` replaces that of rules by id.
    Whether such rules and parameters exist is for those who know the catalogue. `policies` are folders of rules beside
    our own, `waivers` is the file of accepted failures; `store` is where the daemon keeps its findings, `webhooks` are
    told of them. At most `finding_series` findings have a metric series of their own.
    """

    clusters: tuple[ClusterTarget, ...]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    disabled: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    policies: tuple[Path, ...] = ()
    waivers: Path | None = None
    engine: EngineChoice = field(default_factory=EngineChoice)
    finding_series: int = 0
    store: StoreSettings = field(default_factory=StoreSettings)
    webhooks: tuple[Endpoint, ...] = ()


def load_config(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """Return what a config file says; relative paths in it start at its own folder.

    `environment` is where `token_env` looks, and only when the token is needed.

    Raises:
        ConfigError: the file cannot be used; the message names it, and mostly the line and the key.
    """
    text = read_yaml(path, PAGE)
    check_document(text, "config", PAGE)
    return _config(text, environment)


def checked_text(path: Path) -> tuple[YamlText | None, list[ConfigError]]:
    """Return what stands in a config file and all that is wrong with it, where `load_config` raises one of that.

    Whether its files are there and its rules exist is not looked at. The text is None where it cannot be read as YAML.
    """
    try:
        text = read_yaml(path, PAGE)
    except ConfigError as error:
        return None, [error]
    if found := document_faults(text, "config", PAGE):
        return text, found
    checks: list[Callable[[], object]] = [partial(_target, text, name, {}) for name in text.value.get("clusters", {})]
    checks.append(partial(endpoints, text, {}))
    return text, [fault for check in checks for fault in _faults(check)]


def _faults(check: Callable[[], object]) -> list[ConfigError]:
    try:
        check()
    except ConfigError as error:
        return [error]
    return []


def _config(text: YamlText, environment: Mapping[str, str]) -> Config:
    path = text.path
    rules = text.value.get("rules", {})
    return Config(
        clusters=tuple(_target(text, name, environment) for name in text.value.get("clusters", {})),
        parameters=text.value.get("parameters", {}),
        disabled=tuple(rules.get("disabled", ())),
        severity=rules.get("severity", {}),
        policies=tuple(path.parent / folder for folder in text.value.get("policies", ())),
        waivers=path.parent / text.value["waivers"] if "waivers" in text.value else None,
        engine=_engine(text.value.get("engine", {}), path.parent, environment),
        finding_series=text.value.get("serve", {}).get("per_finding_series", 0),
        store=store_settings(text),
        webhooks=endpoints(text, environment),
    )


def _target(text: YamlText, name: str, environment: Mapping[str, str]) -> ClusterTarget:
    entry: Json = text.value["clusters"][name]
    folder = text.path.parent
    peers = tuple(entry.get("peers", ()))
    if name in peers:
        where = text.place(("clusters", name, "peers"))
        raise ConfigError(f"{where}: clusters.{name}.peers names the cluster itself", "Name the other clusters")
    return ClusterTarget(
        name,
        address_at(text, ("clusters", name, "address"), entry["address"]),
        token=_token(entry, folder, environment),
        tls=_tls(entry.get("tls", {}), folder),
        intent=entry.get("control_plane_via_gateways", "required"),
        declared_peers=peers,
        gateways=gateway_targets(text, name),
        probe=entry.get("probe", False),
        acl=_ACL[entry.get("collect", {}).get("acl", "auto")],
    )


def _engine(entry: Json, folder: Path, environment: Mapping[str, str]) -> EngineChoice:
    files: Json = {key: entry[key] for key in ("ca_file", "cert_file", "key_file") if key in entry}
    plain: Json = {key: entry[key] for key in ("kind", "opa_url") if key in entry}
    return EngineChoice(**plain, token=_token(entry, folder, environment), tls=_tls(files, folder))


def _token(entry: Json, folder: Path, environment: Mapping[str, str]) -> TokenSource | None:
    if "token_file" in entry:
        return TokenFile(folder / entry["token_file"])
    return TokenVariable(entry["token_env"], environment) if "token_env" in entry else None


def _tls(entry: Json, folder: Path) -> Tls:
    paths = ("ca_file", "ca_path", "cert_file", "key_file")
    return Tls(**{key: folder / value if key in paths else value for key, value in entry.items()})
