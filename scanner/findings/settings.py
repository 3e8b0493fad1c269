"""What operators may say of the store."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True)
class StoreSettings:
    """Where findings are kept, None for memory; and for how long what ended is kept."""

    path: Path | None = None
    retention: timedelta = timedelta(days=90)
