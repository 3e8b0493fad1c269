"""`python -m dashboards`: write the built files anew."""

import json
from pathlib import Path

import yaml

from dashboards.dashboard import dashboard
from dashboards.grafana_alerts import grafana_alerts

FOLDER = Path(__file__).parent
HEAD = "# Made of ../prometheus/alerts.yaml by `make dashboards`. Its data source has the uid `prometheus`.\n"


def built() -> dict[Path, str]:
    """Return the text of each built file by its path."""
    alerts = yaml.safe_load((FOLDER / "prometheus/alerts.yaml").read_text(encoding="utf-8"))
    provisioned = yaml.safe_dump(grafana_alerts(alerts), sort_keys=False, width=10_000)
    return {
        FOLDER / "consul-scan.json": json.dumps(dashboard(), indent=2) + "\n",
        FOLDER / "grafana/alerts.yaml": HEAD + provisioned,
    }


if __name__ == "__main__":
    for path, text in built().items():
        path.write_text(text, encoding="utf-8")
