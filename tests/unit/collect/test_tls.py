"""TLS settings: what is trusted, and what cannot be used."""

import ssl
from pathlib import Path

import certifi
import pytest

from scanner.collect.target import Tls
from scanner.collect.tls import tls_context
from scanner.errors import ConfigError

BUNDLE = Path(certifi.where())


def test_without_settings_the_systems_roots_are_trusted() -> None:
    context = tls_context(Tls())
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_ca_file_is_trusted_and_nothing_else(tmp_path: Path) -> None:
    one = tmp_path / "one.pem"
    one.write_text(
        BUNDLE.read_text(encoding="utf-8").partition("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
    )
    context = tls_context(Tls(ca_file=one, ca_path=tmp_path / "not looked at"))
    assert len(context.get_ca_certs()) == 1
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_each_file_below_a_folder_is_trusted(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "any-name").write_bytes(BUNDLE.read_bytes())
    assert len(tls_context(Tls(ca_path=tmp_path)).get_ca_certs()) > 1


def test_nothing_is_verified_where_the_operator_says_so() -> None:
    context = tls_context(Tls(verify=False))
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("not PEM")
    missing = tmp_path / "missing.pem"
    for settings, part in (
        (Tls(ca_file=missing), r"CA file .*missing.pem cannot be used: No such file"),
        (Tls(ca_file=nonsense), r"CA file .*nonsense.pem cannot be used"),
        (Tls(ca_path=tmp_path / "empty"), "holds no file"),
        (Tls(ca_path=tmp_path), r"CA file .*nonsense.pem cannot be used"),
        (Tls(cert_file=missing), "only half of a client certificate"),
        (Tls(key_file=missing), "only half of a client certificate"),
        (Tls(cert_file=nonsense, key_file=nonsense), r"client certificate .*nonsense.pem cannot be used"),
    ):
        with pytest.raises(ConfigError, match=part) as refusal:
            tls_context(settings)
        assert refusal.value.advice


def test_a_folder_that_is_exchanged_while_it_is_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(folder: Path, _pattern: str) -> None:
        raise FileNotFoundError(2, "No such file or directory", str(folder / "..old"))

    monkeypatch.setattr(Path, "rglob", gone)
    with pytest.raises(ConfigError, match=r"the CA folder .* cannot be used: No such file or directory"):
        tls_context(Tls(ca_path=tmp_path))
