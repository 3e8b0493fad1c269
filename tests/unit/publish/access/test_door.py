"""The web config that counts: read again when files change, kept while they are broken."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scanner.config.web import web_door
from scanner.errors import ConfigError
from scanner.publish.access.door import Door
from scanner.publish.access.settings import OPEN, WebConfig
from scanner.publish.bind import parse_bind
from scanner.publish.state import Reload
from tests.certificates import Authority
from tests.web_files import TOKENS, USERS, door, tls


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    reads: list[int] = []

    def load() -> WebConfig:
        reads.append(1)
        return WebConfig(files=(tmp_path / "a",))

    watching = Door(load)
    assert watching.current() is watching.current()
    assert len(reads) == 1
    os.utime(tmp_path / "a", (1, 1))
    watching.current()
    assert len(reads) == 2


def test_what_changed_counts_at_the_next_look(tmp_path: Path) -> None:
    watching = door(tmp_path, USERS)
    (tmp_path / "web.yaml").write_text(TOKENS)
    with capture_logs() as logs:
        assert set(watching.current().tokens) == {"r", "a"}
        assert watching.current().users == {}
    assert [entry["event"] for entry in logs] == ["web config read anew"]


def test_a_broken_file_keeps_the_last_good_one_and_is_told_once(tmp_path: Path) -> None:
    watching = door(tmp_path, USERS)
    started = watching.reload.last_success
    with capture_logs() as logs:
        (tmp_path / "web.yaml").write_text("basic_auth_users: [hunter2]")
        assert set(watching.current().users) == {"prometheus", "alice"}
        assert watching.reload == Reload(successful=False, last_success=started)
        watching.current()
        (tmp_path / "web.yaml").unlink()
        watching.current()
        (tmp_path / "web.yaml").write_text(TOKENS)
        assert set(watching.current().tokens) == {"r", "a"}
    assert [entry["log_level"] for entry in logs] == ["error", "error", "info"]
    assert "hunter2" not in str(logs)
    assert watching.reload.successful
    assert watching.reload.last_success > started


def test_times_are_those_of_its_clock(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    times = iter([5.0, 7.0])
    watching = Door(lambda: WebConfig(files=(tmp_path / "a",)), now=lambda: next(times))
    assert watching.reload == Reload(successful=True, last_success=5.0)
    (tmp_path / "a").write_text("longer")
    watching.current()
    assert watching.reload == Reload(successful=True, last_success=7.0)


def test_a_file_that_a_broken_one_names_is_found_when_it_comes(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    watching = door(tmp_path, tls(authority.issue("old", "127.0.0.1")))
    first = watching.current().context
    (tmp_path / "web.yaml").write_text(tls(authority.issue("new", "127.0.0.1")))
    (tmp_path / "new.pem").rename(tmp_path / "away.pem")
    assert watching.current().context is first
    (tmp_path / "away.pem").rename(tmp_path / "new.pem")
    assert watching.current().context is not first
    assert watching.reload.successful


def test_a_folder_that_was_gone_for_a_while_is_no_trouble_any_more(tmp_path: Path) -> None:
    (tmp_path / "mounted").mkdir()
    watching = door(tmp_path / "mounted", USERS)
    (tmp_path / "mounted").rename(tmp_path / "away")
    watching.current()
    assert not watching.reload.successful
    (tmp_path / "away").rename(tmp_path / "mounted")
    watching.current()
    assert watching.reload.successful


def test_a_certificate_that_comes_before_its_key_is_waited_for(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server, new = authority.issue("server", "127.0.0.1"), authority.issue("new", "127.0.0.1")
    watching = door(tmp_path, tls(server))
    first = watching.current().context
    new.cert.replace(server.cert)
    assert watching.current().context is first
    new.key.replace(server.key)
    assert watching.current().context is not first


@pytest.mark.parametrize("begin_with_tls", [True, False])
def test_tls_neither_comes_nor_goes_while_the_port_is_open(tmp_path: Path, begin_with_tls: object) -> None:
    secure = tls(Authority(tmp_path).issue("server", "127.0.0.1")) + USERS
    texts = (secure, USERS) if begin_with_tls else (USERS, secure)
    watching = door(tmp_path, texts[0])
    (tmp_path / "web.yaml").write_text(texts[1])
    with capture_logs() as logs:
        assert (watching.current().context is not None) is bool(begin_with_tls)
    assert "Start consul-scan anew" in logs[0]["error"]


def test_an_open_port_does_not_stop_asking(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(USERS)
    watching = web_door(tmp_path / "web.yaml", parse_bind("0.0.0.0:0"))
    (tmp_path / "web.yaml").write_text("{}")
    assert watching.current().asks
    assert not watching.reload.successful


def test_a_file_that_is_broken_from_the_start_is_an_error() -> None:
    def load() -> WebConfig:
        raise ConfigError("broken")

    with pytest.raises(ConfigError, match="broken"):
        Door(load)


def test_without_files_nothing_is_read_again() -> None:
    configs = iter([OPEN])
    watching = Door(lambda: next(configs))
    assert (watching.current(), watching.current()) == (OPEN, OPEN)
