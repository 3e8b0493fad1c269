"""What an answer means for the message that it was given to. Pure."""

from typing import Literal

from scanner.publish.webhooks.sending import Answer

Outcome = Literal["success", "retry", "dead", "disabled"]
"""What became of an attempt; `dead`: it was the last one; `disabled`: the endpoint wants no more."""

OUTCOMES: tuple[Outcome, ...] = ("success", "retry", "dead", "disabled")

_GONE = 410


def outcome(answer: Answer) -> Outcome:
    """Return what an answer means; only 2xx is success, as Standard Webhooks says."""
    if answer.status // 100 == 2:  # noqa: PLR2004
        return "success"
    return "disabled" if answer.status == _GONE else "retry"


def fault(answer: Answer) -> str:
    """Return how an attempt failed, in words."""
    if answer.status == 0:
        return answer.fault
    if answer.status // 100 == 3:  # noqa: PLR2004
        return f"it answered {answer.status}; no redirect is followed"
    return f"it answered {answer.status}"
