"""What the API tells of, and how it is asked for."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException

from scanner.model.document import Json
from scanner.model.recall import Recall
from scanner.model.rule import Rule
from scanner.publish.state import Board

SERVICE_UNAVAILABLE = 503
RETRY_SECONDS = 5


@dataclass(frozen=True)
class Source:
    """The last scan, the rules that it judged by, and what is remembered of those before it."""

    board: Board
    rules: tuple[Rule, ...]
    recall: Recall

    def results(self) -> Json:
        """Return the results document of the last scan that worked.

        Raises:
            HTTPException: 503, there is none yet; with the reason.
        """
        state = self.board.state
        if state.results is None:
            raise not_yet(state.trouble)
        return state.results

    def snapshot(self) -> Json:
        """Return the snapshot that it judged.

        Raises:
            HTTPException: 503, there is none yet; with the reason.
        """
        state = self.board.state
        if state.snapshot is None:
            raise not_yet(state.trouble)
        return state.snapshot


def not_yet(trouble: str) -> HTTPException:
    """Return what is answered while there is nothing to tell."""
    return HTTPException(SERVICE_UNAVAILABLE, trouble, {"retry-after": str(RETRY_SECONDS)})
