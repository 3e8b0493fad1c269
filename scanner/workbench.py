"""Where rules of one's own are checked and tried: the parts of an audit, put together for whoever writes rules."""

from collections.abc import Sequence
from pathlib import Path

from scanner.config import Config
from scanner.custom.checks import custom_policies, faults
from scanner.custom.compiling import compile_faults
from scanner.custom.report import TrialReport
from scanner.custom.trials import never_shown, tried
from scanner.errors import DocumentError
from scanner.evaluate.cases import Case, cases_below
from scanner.evaluate.catalogue import read_rule
from scanner.evaluate.coverage import Coverage
from scanner.evaluate.embedded import EmbeddedEngine
from scanner.evaluate.policies import Policy, PolicySet, load_policies, policies_below, shipped_policies
from scanner.evaluate.source import Fault
from scanner.pipeline import Judgement
from scanner.wiring import judgement, lines_reached


def checked_folders(folders: Sequence[Path]) -> tuple[int, list[Fault]]:
    """Return how many files some folders of policies hold, and what an audit would refuse of them.

    Whether they compile is asked of the embedded engine, and last: it stops at the first fault.

    Raises:
        PolicyError: a folder holds no policy, or one that cannot be read.
        EngineError: the embedded engine is not there.
    """
    ours, theirs = load_policies([shipped_policies()]), custom_policies(folders)
    found = faults(ours, theirs)
    files = [policy for folder in theirs for policy in folder]
    if not found:
        with EmbeddedEngine() as engine:
            found = compile_faults(engine, PolicySet((*ours.policies, *files)))
    return len(files), found


def tried_folders(config: Config, engine: str | None, opa_url: str | None) -> TrialReport:
    """Return what became of every case below the `policies` folders of a config; its engine alone counts besides.

    Raises:
        PolicyError: the policies cannot be loaded.
        DocumentError: there is no case, or one that cannot be read.
        EngineError: the engine is not there, or failed its self-test.
    """
    folders = config.policies
    cases = _cases(folders)
    settings = Config((), policies=folders, engine=config.engine)
    with judgement(settings, fail_on="medium", engine=engine, opa_url=opa_url, coverage=True) as judge:
        return _report(judge, cases, folders)


def _cases(folders: Sequence[Path]) -> list[Case]:
    cases = [case for folder in folders for case in cases_below(folder)]
    if not cases:
        named = ", ".join(map(str, folders))
        raise DocumentError(f"There are no cases below {named}", "They stand in NAME_cases.yaml, beside NAME.rego.")
    return cases


def _report(judge: Judgement, cases: Sequence[Case], folders: Sequence[Path]) -> TrialReport:
    outcomes = tuple(tried(judge.engine, judge.rule_set, case) for case in cases)
    files = {policy.path: (folder, policy) for folder in folders for policy in policies_below(folder, custom=True)}
    rules = [read_rule(policy).id for _, policy in files.values() if policy.is_rule]
    return TrialReport(outcomes, _coverage(judge, files), tuple(never_shown(outcomes, rules)))


def _coverage(judge: Judgement, files: dict[str, tuple[Path, Policy]]) -> Coverage | None:
    reached = lines_reached(judge.engine)
    if reached is None:
        return None
    return {(files[path][0] / path).as_posix(): lines for path, lines in reached.items() if path in files}
