"""`serve` on real clusters is told to read its files anew, and to stop: in the middle of everything."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import requests

from tests.e2e.service import Service, serving
from tests.playground import Playground, pair_spec, wait_until

RELOADS = 12
RELOADED = "consul_scan_config_last_reload_success_timestamp_seconds"


@pytest.fixture(scope="module")
def playground(playgrounds: type[Playground]) -> Iterator[Playground]:
    with playgrounds(pair_spec()) as running:
        yield running


def rewrite(service: Service, **changed: object) -> None:
    service.config.write_text(json.dumps(json.loads(service.config.read_text()) | changed))


def sockets(pid: int) -> int:
    return sum(is_socket(file) for file in Path(f"/proc/{pid}/fd").iterdir())


def is_socket(descriptor: Path) -> bool:
    """Tell what it is; one that was closed since the folder was read is none."""
    try:
        return str(descriptor.readlink()).startswith("socket:")
    except FileNotFoundError:
        return False


@pytest.mark.integration
def test_a_rule_goes_with_a_reload_and_connections_do_not_pile_up(playground: Playground, tmp_path: Path) -> None:
    with serving(playground, tmp_path, interval_s=2) as service:
        assert service.value("consul_compliance_results", rule="MGP-301", status="pass") == 2
        before = sockets(service.pid)
        for number in range(RELOADS):
            rewrite(service, rules={"disabled": ["MGP-301"] if number % 2 else []})
            at = service.value(RELOADED)
            os.kill(service.pid, signal.SIGHUP)
            wait_until("it is reloaded", lambda: service.value(RELOADED), lambda seen, at=at: seen > at)  # type: ignore[misc]
        wait_until(
            "the rule is gone",
            lambda: service.value("consul_compliance_results", rule="MGP-301", status="pass"),
            lambda seen: seen == 0,
        )
        wait_until("old connections are gone", lambda: sockets(service.pid), lambda seen: seen <= before + 4, 10)
        assert service.value("consul_compliance_results", rule="MGP-302") > 0


@pytest.mark.integration
def test_an_administrator_reloads_by_http_and_is_told_what_is_wrong(playground: Playground, tmp_path: Path) -> None:
    tokens = {name: sha256(name.encode()).hexdigest() for name in ("admin", "reader")}
    web = tmp_path / "web.yaml"
    web.write_text(json.dumps({"bearer_tokens": tokens, "admins": {"tokens": ["admin"]}}))
    with serving(playground, tmp_path, 2, "--web-config", str(web)) as service:
        told = [post(service, name) for name in ("", "reader", "admin")]
        assert [answer.status_code for answer in told] == [401, 403, 200]
        service.config.write_text("clusters: {")
        broken = post(service, "admin")
        assert broken.status_code == 500
        assert f"{service.config}:" in broken.text


def post(service: Service, token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.post(f"{service.url}/-/reload", headers=headers, timeout=20)


@pytest.mark.integration
def test_it_stops_at_once_in_the_middle_of_scans_watches_scrapes_and_a_reload(
    playground: Playground, tmp_path: Path
) -> None:
    with serving(playground, tmp_path, interval_s=1) as service:
        over = threading.Event()
        scraping = [threading.Thread(target=scrape, args=(service, over)) for _ in range(4)]
        for thread in scraping:
            thread.start()
        os.kill(service.pid, signal.SIGHUP)
        playground.clusters["dc1"].api("PUT", "/v1/config", {"Kind": "proxy-defaults", "Name": "global"})
        started = time.monotonic()
        assert service.stop(10) == 0
        assert time.monotonic() - started < 5
        over.set()
        for thread in scraping:
            thread.join()
    assert "Traceback" not in service.log.read_text()
    assert playground.clusters["dc1"].scanner_token not in service.log.read_text()


def scrape(service: Service, over: threading.Event) -> None:
    while not over.is_set():
        try:
            service.metrics()
        except requests.RequestException:
            over.wait(0.1)
