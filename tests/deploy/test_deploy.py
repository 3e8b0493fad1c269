"""The files of deploy/ are what the programs that read them expect, fit each other, and start what there is."""

import re
import shlex
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from textwrap import dedent

import kubernetes_validate
import pytest
import yaml

from scanner.cli.main import cli
from scanner.config import load_config
from scanner.config.wording import check_document
from scanner.config.yaml_text import read_yaml
from scanner.publish.access.roles import OPEN_PATHS
from tests.deploy.shipped import DEPLOY, KUBERNETES, ROOT, UNIT, Document, manifest, manifests, nomad_job, patched
from tests.groups import inner_command
from tests.tools.cache import tool
from tests.tools.gate import need_tools

SERVICE_PAGE = (DEPLOY.parent / "docs/service.md").read_text()
STORE = Path("/var/lib/consul-scan/findings.db")
NO_SCHEMA = "ServiceMonitor"
"""A kind of the Prometheus operator's, which Kubernetes has no schema of."""
IMAGE_USER = 10001


def analyzed(*arguments: str, unit: Path) -> tuple[int, str]:
    """Run systemd-analyze on a unit; return its status and all that it said."""
    need_tools("systemd-analyze")
    command = [str(tool("systemd-analyze")), *arguments, str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    # It has to find the program that the unit starts.
    text = UNIT.read_text().replace("/opt/consul-scan/bin", str(Path(sys.executable).parent))
    (tmp_path / UNIT.name).write_text(text)
    assert analyzed("verify", unit=tmp_path / UNIT.name) == (0, "")


def test_the_unit_is_as_closed_as_the_docs_say() -> None:
    status, said = analyzed("security", "--offline=yes", "--no-pager", "--threshold=13", unit=UNIT)
    assert status == 0, said
    assert "level for consul-scan.service: 1.2 OK" in said
    assert "calls that 1.2 of 10" in (ROOT / "docs/service.md").read_text()


def unit_file() -> ConfigParser:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(UNIT)
    return unit


def test_a_rule_that_takes_all_memory_ends_its_worker_alone() -> None:
    service = unit_file()["Service"]
    assert (service["MemoryMax"], service.get("OOMPolicy")) == ("1G", "continue")


def test_systemd_starts_it_anew_whatever_made_it_end() -> None:
    unit = unit_file()
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert (unit["Service"]["Restart"], unit["Service"]["RestartSec"]) == ("on-failure", "15")
    assert "RestartPreventExitStatus" not in unit["Service"]


@pytest.mark.parametrize("document", [*manifests(), patched()], ids=lambda document: document["kind"])
def test_kubernetes_takes_each_manifest(document: Document) -> None:
    if document["kind"] == NO_SCHEMA:
        assert document["apiVersion"] == "monitoring.coreos.com/v1"
        return
    version = kubernetes_validate.latest_version()
    assert kubernetes_validate.validate(document, version, strict=True)


def test_the_manifests_fit_each_other() -> None:
    pod = manifest("Deployment")["spec"]["template"]
    selectors = [
        manifest("Deployment")["spec"]["selector"]["matchLabels"],
        manifest("Service")["spec"]["selector"],
        manifest("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
    ]
    assert selectors == [pod["metadata"]["labels"]] * 3
    assert manifest(NO_SCHEMA)["spec"]["selector"]["matchLabels"] == manifest("Service")["metadata"]["labels"]
    (container,) = pod["spec"]["containers"]
    named = {port["name"] for port in container["ports"]}
    assert {probe["httpGet"]["port"] for probe in probes(container)} == named
    assert {port["targetPort"] for port in manifest("Service")["spec"]["ports"]} == named
    assert {end["port"] for end in manifest(NO_SCHEMA)["spec"]["endpoints"]} == named
    volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    assert manifest("PersistentVolumeClaim")["metadata"]["name"] in str(pod["spec"]["volumes"])


def test_the_rules_that_widen_the_network_policy_are_rules() -> None:
    narrow = (DEPLOY / "kubernetes/network-policy.yaml").read_text()
    wide = yaml.safe_load(re.sub(r"^    #(?=- |  )", "    ", narrow, flags=re.MULTILINE))
    assert kubernetes_validate.validate(wide, kubernetes_validate.latest_version(), strict=True)
    assert ports(yaml.safe_load(narrow)) == {53, 8501}
    assert ports(wide) == {53, 8501, 19000, 20200, 8443, 443, 9093}
    assert all({"to", "ports"} == rule.keys() for rule in wide["spec"]["egress"])


def ports(policy: Document) -> set[int]:
    """The ports that a NetworkPolicy lets out."""
    return {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}


def probes(container: Document) -> list[Document]:
    return [container["livenessProbe"], container["readinessProbe"]]


def test_there_is_one_replica_as_the_store_is_locked() -> None:
    spec = manifest("Deployment")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    (group,) = nomad_job()["group"][0].values()
    assert (group["count"], group["update"][0]["canary"]) == (1, 0)


def test_kubernetes_config_is_one_of_ours(tmp_path: Path) -> None:
    for name, text in manifest("ConfigMap")["data"].items():
        (tmp_path / name).write_text(text)
    config = load_config(tmp_path / "consul-scan.yaml")
    assert ([target.name for target in config.clusters], config.store.path) == (["dc1", "dc2"], STORE)
    assert config.waivers is not None
    assert config.waivers.exists()


def nomad_task() -> Document:
    (group,) = nomad_job()["group"][0].values()
    task: Document = group["task"][0]["serve"]
    return task


def rendered(task: Document, destination: str, folder: Path) -> Path:
    """Write a template of a task as Nomad would: with something in the place of what it looks up."""
    (template,) = [one for one in task["template"] if one["destination"] == destination]
    text = dedent(template["data"].removeprefix("<<-EOT\n").removesuffix("EOT"))
    path = folder / Path(destination).name
    variables = re.sub(r"\{\{ with .*?\{\{ end }}", "a" * 64, text)
    path.write_text(re.sub(r"\{\{ env .*?}}", "10.0.0.1", variables))
    return path


def test_nomad_renders_configs_of_ours(tmp_path: Path) -> None:
    task = nomad_task()
    config = load_config(rendered(task, "local/consul-scan.yaml", tmp_path))
    assert ([target.name for target in config.clusters], config.store.path) == (["dc1", "dc2"], STORE)
    web = read_yaml(rendered(task, "secrets/web.yaml", tmp_path), "docs/web.md")
    check_document(web, "web", "docs/web.md")
    assert list(web.value) == ["tls_server_config", "bearer_tokens"]


def test_nomad_writes_each_secret_that_is_read_and_signals_what_takes_a_reload() -> None:
    task = nomad_task()
    written = {f"/{one['destination']}": one for one in task["template"]}
    arguments = task["config"][0]["args"]
    assert {arguments[2], arguments[4], "/secrets/dc2.token", "/secrets/server.pem", "/secrets/server-key.pem"} == {
        *written
    }
    assert [path for path, one in written.items() if one["change_mode"] == "signal"] == ["/local/consul-scan.yaml"]
    secrets = [one for path, one in written.items() if path.startswith("/secrets/")]
    assert {(one["perms"], one["uid"]) for one in secrets} == {("0400", IMAGE_USER)}


def given(command: str) -> list[str]:
    """Return the arguments of a command that docs/service.md shows, which may go on over several lines."""
    shown = re.search(rf"^    {command}((?:.*\\\n)*.*)$", SERVICE_PAGE, re.MULTILINE)
    return shlex.split(shown[1]) if shown else []


def test_the_page_fills_each_variable_of_nomad() -> None:
    wanted = set(re.findall(r"\{\{ \.(\w+) }}", str(nomad_job())))
    assert {
        key
        for key, is_value, _ in (one.partition("=") for one in given("nomad var put nomad/jobs/consul-scan"))
        if is_value
    } == wanted
    assert len(wanted) == 4


def test_the_page_has_the_web_config_that_probes_and_prometheus_need(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(SERVICE_PAGE.partition("<!-- web.yaml -->\n```yaml\n")[2].partition("```")[0])
    web = read_yaml(tmp_path / "web.yaml", "docs/web.md")
    check_document(web, "web", "docs/web.md")
    assert {*web.value["tls_server_config"]} == {"cert_file", "key_file"}
    assert {*web.value["bearer_tokens"]} == {"prometheus"}
    secret = files_of(given("kubectl create secret generic consul-scan "))
    assert {"web.yaml", *web.value["tls_server_config"].values()} <= {*secret}


def test_the_page_makes_the_secrets_that_the_manifests_name() -> None:
    mounted = files_of(given("kubectl create secret generic consul-scan "))
    named = re.findall(r"/run/secrets/consul-scan/([\w.-]+)", str([manifest("ConfigMap"), manifest("Deployment")]))
    assert {*named} <= {*mounted}
    scraping = re.findall(r"'name': 'consul-scan-scrape', 'key': '([\w.]+)'", str(manifest(NO_SCHEMA)))
    assert (
        sorted(files_of(given("kubectl create secret generic consul-scan-scrape")))
        == sorted(scraping)
        == ["ca.pem", "token"]
    )


@pytest.mark.parametrize("path", KUBERNETES, ids=lambda path: path.name)
def test_the_page_applies_each_manifest(path: Path) -> None:
    assert re.search(rf"kubectl (?:apply|patch) .*\b{path.relative_to(ROOT)}", SERVICE_PAGE)


def files_of(arguments: list[str]) -> list[str]:
    """Return the keys of a Secret that is made `--from-file`."""
    return [one.removeprefix("--from-file=").partition("=")[0] for one in arguments if one.startswith("--from-file=")]


def started() -> list[list[str]]:
    """Return how each file starts us."""
    unit = re.search(r"^ExecStart=\S+ (.*)$", UNIT.read_text(), re.MULTILINE)
    assert unit
    (container,) = manifest("Deployment")["spec"]["template"]["spec"]["containers"]
    return [unit[1].split(), container["args"], nomad_task()["config"][0]["args"]]


@pytest.mark.parametrize("arguments", started(), ids=["systemd", "kubernetes", "nomad"])
def test_each_file_starts_serve_with_options_that_there_are(arguments: list[str]) -> None:
    command = inner_command(cli, "serve")
    assert arguments[0] == "serve"
    command.make_context("serve", arguments[1:])
    with_web_config = any(argument.startswith("--web-config") for argument in arguments)
    assert with_web_config == any("0.0.0.0" in argument for argument in arguments)


def test_probes_ask_what_nobody_has_to_log_in_for() -> None:
    (container,) = manifest("Deployment")["spec"]["template"]["spec"]["containers"]
    (group,) = nomad_job()["group"][0].values()
    asked = [probe["httpGet"]["path"] for probe in probes(container)] + [group["service"][0]["check"][0]["path"]]
    assert {*asked} <= {*OPEN_PATHS}


def test_all_run_as_the_user_of_the_image() -> None:
    assert f"USER {IMAGE_USER}\n" in (ROOT / "Dockerfile").read_text()
    assert manifest("Deployment")["spec"]["template"]["spec"]["securityContext"]["runAsUser"] == IMAGE_USER
    assert nomad_task()["user"] == str(IMAGE_USER)


def test_the_docs_scrape_as_often_as_the_files_do() -> None:
    (told,) = re.findall(r"scrape_interval: (\S+)", (ROOT / "docs/metrics.md").read_text())
    jobs = yaml.safe_load((DEPLOY / "prometheus/scrape.yaml").read_text())["scrape_configs"]
    endpoints = manifest(NO_SCHEMA)["spec"]["endpoints"]
    assert {job["scrape_interval"] for job in jobs} | {end["interval"] for end in endpoints} == {told}


def test_prometheus_takes_the_scrape_config_and_finds_the_shipped_rules() -> None:
    need_tools("promtool")
    command = [str(tool("promtool")), "check", "config", "--syntax-only", str(DEPLOY / "prometheus/scrape.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    named = yaml.safe_load((DEPLOY / "prometheus/scrape.yaml").read_text())["rule_files"]
    shipped = {path.resolve() for path in (ROOT / "dashboards/prometheus").glob("*.yaml") if "_test" not in path.name}
    assert {(DEPLOY / "prometheus" / name).resolve() for name in named} == shipped


def test_grafana_s_data_source_is_the_one_that_the_alerts_name() -> None:
    folder = ROOT / "dashboards/grafana"
    (source,) = yaml.safe_load((folder / "datasource.yaml").read_text())["datasources"]
    queried = re.findall(r"datasourceUid: (\w+)$", (folder / "alerts.yaml").read_text(), re.MULTILINE)
    assert {*queried} - {"__expr__"} == {source["uid"]}
