"""What reports say of a failure that somebody accepted, or that the baseline had."""

from scanner.model.document import Json
from scanner.publish.terminal import printable, prose


def waiver_words(result: Json) -> str:
    """Return which waiver covers a result, and who accepted it until when, as text that each format makes safe."""
    told = f"waived by {result['waived_by']}"
    return f"{told}, {waiver_terms(result['waiver'])}" if result.get("waiver") else told


def waiver_terms(waiver: Json) -> str:
    """Return who accepts a failure, until when and why: `team-net until 2027-01-31 (NET-7): the upgrade comes`."""
    ticket = f" ({printable(waiver['ticket'])})" if waiver["ticket"] else ""
    return f"{printable(waiver['owner'])} until {printable(waiver['expires'])}{ticket}: {prose(waiver['reason'])}"


def is_waived(result: Json) -> bool:
    """Tell whether a result is a failure that a waiver covers."""
    return bool(result["status"] == "fail" and result["waived_by"])


def is_known(result: Json) -> bool:
    """Tell whether the baseline had this failure."""
    return bool(result.get("baseline") == "known")


def resolved(results: Json) -> list[Json]:
    """Return the failures of the baseline that are gone; none without a baseline."""
    gone: list[Json] = results.get("baseline", {}).get("resolved", [])
    return gone
