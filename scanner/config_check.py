"""A config file looked at before it is needed: all that an audit would refuse of it, without asking anybody."""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scanner.collect.credentials import TokenFile, TokenSource, TokenVariable
from scanner.collect.http_transport import HttpTransport
from scanner.collect.target import ClusterTarget, Tls
from scanner.config import Config, checked_text, load_config
from scanner.config.yaml_text import Place, YamlText
from scanner.engine_choice import EngineChoice, server_access, server_address
from scanner.errors import ConfigError, PolicyError, ScanError
from scanner.model.rule import Rule
from scanner.wiring import configured_acceptance, enabled_rules, known_rules, setting_faults
from scanner.workbench import checked_folders


@dataclass(frozen=True)
class Checked:
    """What was found: faults stop an audit, warnings do not.

    `config` and `rules`, those that judge, are what was understood; None and empty where there are faults.
    """

    faults: tuple[ScanError, ...]
    warnings: tuple[ScanError, ...] = ()
    config: Config | None = None
    rules: tuple[Rule, ...] = ()


def checked_config(path: Path) -> Checked:
    """Return what is to be said of a config file. Its policies, token and TLS files are read; no cluster is asked.

    Raises:
        EngineError: the embedded engine, which compiles the policies, is not there.
    """
    text, faults = checked_text(path)
    if text is None or faults:
        return Checked(tuple(faults))
    config = load_config(path)
    found: list[ScanError] = [*_policy_faults(text, config)]
    rules = known_rules(() if found else config.policies)
    # Without its own rules a config may speak of some that we do not know.
    settings = () if found else setting_faults(config, rules)
    found += [_at(text, place, fault) for place, fault in settings]
    found += [*_file_faults(text, config), *_refused(text, ("waivers",), partial(_waivers, config, rules))]
    if found:
        return Checked(tuple(found), tuple(_warnings(text, config)))
    return Checked((), tuple(_warnings(text, config)), config, enabled_rules(config, rules))


def _policy_faults(text: YamlText, config: Config) -> Iterator[ScanError]:
    try:
        for fault in checked_folders(config.policies)[1] if config.policies else ():
            yield PolicyError(f"{fault.path}:{fault.line}: {fault.reason}", fault.instead)
    except PolicyError as error:
        yield _at(text, ("policies",), error)


def _file_faults(text: YamlText, config: Config) -> Iterator[ScanError]:
    """Yield what is wrong with tokens, with TLS files, and with the engine that is to be asked."""
    for target in config.clusters:
        place = ("clusters", target.name)
        yield from _refused(text, (*place, "token_file"), partial(_read_file, target.token))
        yield from _refused(text, (*place, "tls"), partial(_connect, target))
    yield from _refused(text, ("engine", "token_file"), partial(_read_file, config.engine.token))
    yield from _refused(text, ("engine",), partial(_engine, config.engine))


def _refused(text: YamlText, place: Place, look: Callable[[], None]) -> Iterator[ScanError]:
    try:
        look()
    except ScanError as error:
        yield _at(text, place, error)


def _read_file(token: TokenSource | None) -> None:
    """Read the token of a file; a variable may well be set elsewhere only."""
    if isinstance(token, TokenFile):
        _read(token)


def _read(token: TokenSource) -> None:
    token.text()


def _connect(target: ClusterTarget) -> None:
    HttpTransport(target).close()


def _engine(choice: EngineChoice) -> None:
    if address := server_address(choice):
        server_access(address, choice)


def _waivers(config: Config, rules: tuple[Rule, ...]) -> None:
    configured_acceptance(config, rules)


def _warnings(text: YamlText, config: Config) -> Iterator[ScanError]:
    for target in config.clusters:
        place = ("clusters", target.name)
        yield from _token_warnings(text, place, target.token)
        yield from _key_warnings(text, (*place, "tls", "key_file"), target.tls)
        if target.tls != Tls() and target.address.scheme != "https":
            told = f"TLS is set for {target.address.text}, which speaks none"
            yield _at(text, (*place, "tls"), ConfigError(told, "Write https:// in address, or remove tls"))
    yield from _token_warnings(text, ("engine",), config.engine.token)
    yield from _key_warnings(text, ("engine", "key_file"), config.engine.tls)


def _token_warnings(text: YamlText, place: Place, token: TokenSource | None) -> Iterator[ScanError]:
    if isinstance(token, TokenFile):
        yield from _open_to_all(text, (*place, "token_file"), token.path)
    if isinstance(token, TokenVariable):
        yield from _refused(text, (*place, "token_env"), partial(_read, token))


def _key_warnings(text: YamlText, place: Place, tls: Tls) -> Iterator[ScanError]:
    if tls.key_file:
        yield from _open_to_all(text, place, tls.key_file)


def _open_to_all(text: YamlText, place: Place, path: Path) -> Iterator[ScanError]:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:  # that it is not there is a fault, told as such
        return
    if mode & stat.S_IROTH:
        told = f"everybody on this machine may read {path} (mode {mode:04o})"
        yield _at(text, place, ConfigError(told, f"Run chmod 600 on {path.name}"))


def _at(text: YamlText, place: Place, error: ScanError) -> ScanError:
    return type(error)(f"{text.place(place)}: {error.message}", error.advice)
