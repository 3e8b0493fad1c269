"""What reports say of a failure that somebody accepted."""

from scanner.model.document import Json


def waiver_words(result: Json) -> str:
    """Return who or what waived a waived result, as text that each format still has to make safe."""
    return f"waived by {result['waived_by']}"


def is_waived(result: Json) -> bool:
    """Tell whether a result is a failure that a waiver covers."""
    return bool(result["status"] == "fail" and result["waived_by"])
