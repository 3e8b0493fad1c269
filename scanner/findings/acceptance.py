"""What operators accept of a scan's failures: by waivers, and by a baseline. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.findings.baseline import Baseline, compared, comparison
from scanner.findings.results import urgency
from scanner.findings.waiver_rules import waiver_results
from scanner.findings.waivers import waived
from scanner.model.document import Json
from scanner.model.result import Result
from scanner.model.rule import Rule
from scanner.model.waiver import Waiver


@dataclass(frozen=True)
class Acceptance:
    """Waivers, the rules about waivers that are enabled, and the scan whose failures are known."""

    waivers: tuple[Waiver, ...] = ()
    rules: tuple[Rule, ...] = ()
    baseline: Baseline | None = None

    def applied(self, results: Sequence[Result], clusters: Sequence[str], at: datetime) -> list[Result]:
        """Return the results of a scan of these clusters, marked, with those of the waivers themselves among them."""
        whole = list(results)
        if self.waivers:
            about_waivers = waiver_results(self.rules, self.waivers, results, clusters, at)
            whole = sorted([*waived(results, self.waivers, at), *about_waivers], key=urgency)
        return compared(whole, self.baseline) if self.baseline else whole

    def told(self, results: Sequence[Result], clusters: Sequence[str]) -> Json:
        """Return what the results document says besides: `{"baseline": ...}`, or nothing without one."""
        return {"baseline": comparison(results, clusters, self.baseline)} if self.baseline else {}
