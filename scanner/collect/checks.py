"""Health checks of one instance and of its node."""

from scanner.collect.fields import Fields
from scanner.model.document import Json

_KNOWN = frozenset({"passing", "warning", "critical"})
_NODE_MAINTENANCE = "_node_maintenance"
_SERVICE_MAINTENANCE = "_service_maintenance:"


def checks(entry: Fields) -> Json:
    """Return the checks of a health entry by id, as `schemas/snapshot.json` has them."""
    return {row.text("CheckID"): _check(row) for row in entry.rows("Checks")}


def serf_status(entry: Fields) -> str | None:
    """Return the status of the gossip check of the entry's node; None where it has none (no agent gossips there)."""
    found = [row for row in entry.rows("Checks") if row.text("CheckID") == "serfHealth" and not row.text("ServiceID")]
    return _status(found[0]) if found else None


def _check(row: Fields) -> Json:
    scope = "service" if row.text("ServiceID") else "node"
    return {"name": row.text("Name"), "status": _status(row), "scope": scope}


def _status(row: Fields) -> str:
    """Return a status of the four that Consul's own client knows (`AggregatedStatus` in api/health.go).

    Maintenance is a critical check with a special id. The catalog accepts any text as a status (seen live); what is
    none of the known ones is critical here: it must not pass.
    """
    identity = row.text("CheckID")
    if identity == _NODE_MAINTENANCE or identity.startswith(_SERVICE_MAINTENANCE):
        return "maintenance"
    return row.text("Status") if row.text("Status") in _KNOWN else "critical"
