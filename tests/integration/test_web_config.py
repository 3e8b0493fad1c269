"""`consul-scan serve --web-config` as a process of its own, asked by a real curl, as docs/web.md shows it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.certificates import Authority
from tests.playground import wait_until
from tests.playground.ports import PortBlock
from tests.tools.cache import tool
from tests.tools.gate import need_tools
from tests.web_files import LOGINS, READ_TOKEN, READER, clients, tls

COMMAND = Path(sys.executable).with_name("consul-scan")


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Where it serves, with TLS, client certificates and logins."""
    need_tools("curl")
    authority = Authority(tmp_path)
    authority.issue("ours", "prometheus.example")
    section = tls(authority.issue("server", "127.0.0.1"), clients(authority, "VerifyClientCertIfGiven"))
    (tmp_path / "web.yaml").write_text(section + LOGINS)
    with PortBlock() as ports:
        listen = f"127.0.0.1:{ports.take()}"
        argv = [str(COMMAND), "serve", "--cluster", "dc1=http://127.0.0.1:1", "--listen", listen]
        process = subprocess.Popen([*argv, "--web-config", "web.yaml"], cwd=tmp_path, stdout=subprocess.PIPE)
        try:
            url = f"https://{listen}"
            wait_until("it is ready", lambda: curl(tmp_path, f"{url}/-/ready"), lambda code: code == "200")
            yield url
        finally:
            process.kill()
            process.communicate()


def curl(folder: Path, *arguments: str) -> str:
    """Return the status code that curl saw, 000 for none."""
    argv = [str(tool("curl")), "-q", "-s", "-o", "out", "-w", "%{http_code}", "--cacert", "test-ca.pem", *arguments]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False, timeout=30).stdout


def test_curl_gets_in_by_password_and_token(url: str, tmp_path: Path) -> None:
    metrics = f"{url}/metrics"
    assert curl(tmp_path, metrics) == "401"
    assert curl(tmp_path, "-u", ":".join(READER), metrics) == "200"
    assert "consul_scan_cluster_up" in (tmp_path / "out").read_text()
    assert curl(tmp_path, "-u", "prometheus:wrong", metrics) == "401"
    assert curl(tmp_path, "-H", f"Authorization: Bearer {READ_TOKEN}", metrics) == "200"
    assert curl(tmp_path, "-X", "POST", "-H", f"Authorization: Bearer {READ_TOKEN}", metrics) == "403"


def test_curl_shows_a_certificate(url: str, tmp_path: Path) -> None:
    ours = ["--cert", "ours.pem", "--key", "ours-key.pem"]
    assert curl(tmp_path, *ours, f"{url}/metrics") == "401"
    assert curl(tmp_path, *ours, "-u", ":".join(READER), f"{url}/metrics") == "200"
    stranger = Authority(tmp_path, "stranger").issue("theirs", "prometheus.example")
    theirs = ["--cert", str(stranger.cert), "--key", str(stranger.key)]
    assert curl(tmp_path, *theirs, "-u", ":".join(READER), f"{url}/metrics") == "000"


def test_curl_without_tls_gets_nothing(url: str, tmp_path: Path) -> None:
    assert curl(tmp_path, f"{url.replace('https', 'http')}/-/healthy") == "000"
