"""The web config file (docs/web.md), in the manner of Prometheus' exporter-toolkit: YAML -> who may ask, which TLS."""

from functools import partial
from pathlib import Path

from scanner.config.wording import check_document
from scanner.config.yaml_text import Place, YamlText, read_yaml
from scanner.errors import ConfigError, UsageError
from scanner.model.document import Json
from scanner.publish.access.door import Door
from scanner.publish.access.settings import OPEN, Admins, WebConfig
from scanner.publish.access.tls import ServerTls, server_context
from scanner.publish.bind import Bind

PAGE = "docs/web.md"

_FILES = ("cert_file", "key_file", "client_ca_file")


def web_door(path: Path | None, bind: Bind) -> Door:
    """Return who is let in at `bind`: by a web config file, which is read anew when it changes, or everybody.

    Raises:
        ConfigError: the file, or one that it names, cannot be used.
        UsageError: `bind` is open to the network, and there is no file.
    """
    if path is not None:
        return Door(partial(_asking_at, path, bind))
    if bind.is_loopback:
        return Door(lambda: OPEN)
    raise UsageError(
        f"{bind.address} is not a loopback address, and nothing would ask callers who they are",
        "Say who may ask with --web-config FILE (docs/web.md), or listen on 127.0.0.1, [::1] or localhost",
    )


def _asking_at(path: Path, bind: Bind) -> WebConfig:
    config = load_web_config(path)
    if config.asks or bind.is_loopback:
        return config
    raise ConfigError(
        f"{path} asks nobody who they are, and {bind.address} is not a loopback address",
        "Add basic_auth_users, bearer_tokens or client_ca_file to it",
    )


def load_web_config(path: Path) -> WebConfig:
    """Return what a web config file says, its certificates read; relative paths in it start at its own folder.

    Raises:
        ConfigError: the file, or one that it names, cannot be used; the message names it, and mostly line and key.
    """
    text = read_yaml(path, PAGE)
    check_document(text, "web", PAGE)
    entry: Json = text.value.get("tls_server_config", {})
    tls = _tls(entry, path.parent) if entry else None
    config = WebConfig(
        users=text.value.get("basic_auth_users", {}),
        tokens=text.value.get("bearer_tokens", {}),
        admins=Admins(**{kind: frozenset(names) for kind, names in text.value.get("admins", {}).items()}),
        context=server_context(tls) if tls else None,
        client_certificates=tls is not None and tls.client_ca_file is not None,
        allowed_sans=frozenset(entry["client_allowed_sans"]) if "client_allowed_sans" in entry else None,
        files=(path, *(tls.files if tls else ())),
    )
    _check_names(text, config)
    return config


def _tls(entry: Json, folder: Path) -> ServerTls:
    files = {key: folder / entry[key] for key in _FILES if key in entry}
    words = {key: entry[key] for key in ("client_auth_type", "min_version") if key in entry}
    return ServerTls(**files, **words)


def _check_names(text: YamlText, config: WebConfig) -> None:
    """Refuse what would be read and count for nothing."""
    if config.allowed_sans is not None and not config.client_certificates:
        _refuse(text, ("tls_server_config", "client_allowed_sans"), "needs client_ca_file, as no certificate is asked")
    _check_known(text, "users", config.admins.users - config.users.keys(), "basic_auth_users")
    _check_known(text, "tokens", config.admins.tokens - config.tokens.keys(), "bearer_tokens")
    if config.admins.client_sans and (config.has_logins or not config.client_certificates):
        _refuse(text, ("admins", "client_sans"), "counts where client certificates are all that is asked")
    if config.allowed_sans is not None:
        _check_known(text, "client_sans", config.admins.client_sans - config.allowed_sans, "client_allowed_sans")


def _check_known(text: YamlText, kind: str, unknown: frozenset[str], where: str) -> None:
    if unknown:
        _refuse(text, ("admins", kind), f"names {min(unknown)!r}, which is not in {where}")


def _refuse(text: YamlText, place: Place, reason: str) -> None:
    dotted = ".".join(str(part) for part in place)
    raise ConfigError(f"{text.place(place)}: {dotted} {reason}", "See docs/web.md")
