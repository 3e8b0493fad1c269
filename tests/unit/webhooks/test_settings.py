"""`webhooks` of a config file: what it says is what is done, and what cannot be is refused with its place."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from scanner.config import checked_text, load_config
from scanner.errors import ConfigError
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.policies import PolicySet
from scanner.publish.webhooks.settings import Endpoint, Filters, Template
from scanner.wiring import check_settings

CLUSTERS = "clusters: {dc1: {address: 'http://127.0.0.1:1'}}\nwebhooks:\n"
PLAIN = "  - {name: ops, url: 'http://127.0.0.1', secret_file: hook.secret"


def load(folder: Path, *entries: str) -> tuple[Endpoint, ...]:
    path = folder / "consul-scan.yaml"
    path.write_text(CLUSTERS + "\n".join(entries))
    return load_config(path, {"HOOK": "https://hooks.example/x", "SECRET": "whsec_a"}).webhooks


def test_an_endpoint_needs_a_name_an_address_and_a_secret(tmp_path: Path) -> None:
    (tmp_path / "hook.secret").write_text("whsec_b")
    (endpoint,) = load(tmp_path, PLAIN + "}")

    assert (endpoint.name, endpoint.url.text(), endpoint.format) == ("ops", "http://127.0.0.1", "standard")
    assert endpoint.secrets is not None
    assert endpoint.secrets.text() == "whsec_b"
    assert (endpoint.filters, endpoint.window, endpoint.template) == (Filters(), timedelta(seconds=2), None)
    assert (endpoint.road.networks, endpoint.road.proxy) == ((), None)
    assert endpoint.road.tls().check_hostname


def test_all_that_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "text.j2").write_text("{{ headline }}")
    (endpoint,) = load(
        tmp_path,
        "  - name: ops",
        "    url_env: HOOK",
        "    secret_env: SECRET",
        "    format: template",
        "    template: text.j2",
        "    content_type: text/plain",
        "    window: 90s",
        "    networks: [10.0.0.0/8, 'fd00::/8']",
        "    proxy: http://proxy.example:3128",
        "    filters: {severity: high, clusters: [dc1], rules: [MGP-301], events: [scan.failing], muted: true}",
    )
    assert (endpoint.url.text(), endpoint.window) == ("https://hooks.example/x", timedelta(seconds=90))
    assert endpoint.secrets is not None
    assert endpoint.secrets.text() == "whsec_a"
    assert endpoint.template == Template("{{ headline }}", "text/plain")
    assert endpoint.filters == Filters("high", ("dc1",), ("MGP-301",), ("scan.failing",), muted=True)
    assert endpoint.road.networks == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert endpoint.road.proxy == "http://proxy.example:3128"


def test_no_secret_is_looked_at_before_it_is_needed(tmp_path: Path) -> None:
    (endpoint,) = load(tmp_path, "  - {name: ops, url_file: gone, secret_env: GONE}")
    with pytest.raises(ConfigError, match="gone cannot be read"):
        endpoint.url.text()
    assert "whsec" not in repr(endpoint)


REFUSED = [
    ("  - {url: 'http://a', secret_file: s}", ":3: webhooks.0 lacks name"),
    ("  - {name: ops, secret_file: s}", ":3: webhooks.0 lacks its address"),
    ("  - {name: ops, url: 'http://a'}", ":3: webhooks.0 lacks the secret to sign with"),
    (PLAIN + ", url_env: B}", ":3: webhooks.0 has its url twice"),
    (PLAIN + ", secret_env: B}", ":3: webhooks.0 has its secret twice"),
    (PLAIN + ", format: slack}", ":3: webhooks.0 has a secret, and slack knows no signature"),
    (PLAIN + ", format: alertmanager}", ":3: webhooks.0 has a secret, and alertmanager knows no signature"),
    ("  - {name: ops, format: slack, url: 'http://a'}", ":3: webhooks.0 has its url in the file"),
    (PLAIN + ", format: template}", ":3: webhooks.0 mixes formats"),
    (PLAIN + ", template: t.j2}", ":3: webhooks.0 mixes formats"),
    (PLAIN + ", content_type: text/plain}", ":3: webhooks.0 mixes formats"),
    (PLAIN + ", format: template, template: gone.j2}", ":3: webhooks.0.template names"),
    (PLAIN + ", format: template, template: large.j2}", "large.j2, which is too large"),
    (PLAIN + ", format: template, template: binary.j2}", "binary.j2: it is not UTF-8 text"),
    (PLAIN + ", networks: [10.0.0.1/8]}", ":3: webhooks.0.networks.0 10.0.0.1/8 is no network"),
    (PLAIN + ", networks: []}", ":3: webhooks.0.networks has to be a list of networks, one at least"),
    (PLAIN + ", filters: {clusters: [dc9]}}", ":3: webhooks.0.filters.clusters names dc9, which is no cluster"),
    (PLAIN + ", filters: {events: [opened]}}", ":3: webhooks.0.filters.events.0 has to be finding.opened, "),
    (PLAIN + ", filters: {events: []}}", ":3: webhooks.0.filters.events has to be a list of types of events"),
    (PLAIN + ", filters: {severities: high}}", "severities is not a known key"),
    (PLAIN + ", window: 2m}", ":3: webhooks.0.window has to be seconds such as 2s"),
    (PLAIN + ", window: 3601s}", ":3: webhooks.0.window has to be seconds such as 2s"),
    (PLAIN + ", proxy: 'http://me:hunter2@proxy'}", ":3: webhooks.0.proxy has to be an http:// URL without a user"),
    ("  - {name: ops, url: 'http://me:hunter2@a'}", ":3: webhooks.0.url has to be an http:// or https:// URL"),
    ("  - {name: ops, url: 'ftp://a'}", ":3: webhooks.0.url has to be an http:// or https:// URL"),
    (PLAIN + ", secret: hunter2}", ":3: webhooks.0.secret is not a known key"),
    (PLAIN + ", cert_file: a}", ":3: webhooks.0 needs both or none of cert_file and key_file"),
    (PLAIN + "}\n" + PLAIN + "}", ":4: webhooks.1.name ops stands twice"),
    ("  ops: {}", "webhooks has to be a list of endpoints"),
]


@pytest.mark.parametrize(("entry", "told"), REFUSED)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, entry: str, told: str) -> None:
    (tmp_path / "large.j2").write_text("x" * 70_000)
    (tmp_path / "binary.j2").write_bytes(b"\xff")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, entry)

    assert told in caught.value.message
    assert caught.value.advice
    assert "hunter2" not in str(caught.value)
    assert [fault.message for fault in checked_text(tmp_path / "consul-scan.yaml")[1]] == [caught.value.message]


def test_a_rule_that_does_not_exist_is_refused(tmp_path: Path, policy_set: PolicySet) -> None:
    load(tmp_path, PLAIN + ", filters: {rules: [MGP-999]}}")
    with pytest.raises(ConfigError, match="There is no rule MGP-999"):
        check_settings(load_config(tmp_path / "consul-scan.yaml"), catalogue(policy_set))
