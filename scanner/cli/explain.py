"""`consul-scan explain`: why a rule judged as it did."""

import os
from dataclasses import replace
from pathlib import Path

import click

from scanner.cli.filters import checked_clusters, only_cluster_option, rule_ids
from scanner.cli.options import Selection, cluster_options, engine_options, path_window_option
from scanner.cli.source import Source, chosen_source, offline_settings, snapshot_option
from scanner.cli.stored import stored_results
from scanner.cli.subjects import results_of
from scanner.cli.view import view
from scanner.errors import UsageError
from scanner.evaluate.verdicts import RuleSet
from scanner.findings.filter import Filter
from scanner.findings.waiver_rules import WAIVER_RULES
from scanner.model.document import Json
from scanner.model.result import Subject
from scanner.model.statements import STATEMENTS
from scanner.pipeline import utc_now
from scanner.publish.explanation import Explained, render
from scanner.publish.output import write
from scanner.wiring import configured_rules, judgement, rule_called

_FAILED = 1


@click.command()
@click.argument("rule_id", metavar="RULE", shell_complete=rule_ids)
@click.argument("subject", required=False)
@click.option(
    "--results", "stored", type=click.Path(path_type=Path), help="Explain these results, which audit wrote as JSON."
)
@cluster_options
@snapshot_option
@only_cluster_option
@engine_options
@path_window_option
def explain(
    rule_id: str,
    subject: str | None,
    stored: Path | None,
    selection: Selection,
    snapshot: Path | None,
    only_clusters: tuple[str, ...],
    engine: str | None,
    opa_url: str | None,
    path_window: float,
) -> int:
    """Tell why RULE judged SUBJECT, or all that it judges, as it did.

    Told are the document's statement, what was read and when, the values that decided, the mend, and the rule's text.
    SUBJECT is a name or an id, as reports print them. The exit code is that of an audit, less 1: nothing is gated here.

    \b
    Examples:
      consul-scan explain MGP-301 --config consul-scan.yaml
      consul-scan explain MGP-204 mesh-gateway --results results.json --only-cluster dc1
      consul-scan explain path_proven "pair dc2 -> dc1" --snapshot snapshot.json
    """
    if stored:
        if snapshot or engine or opa_url or path_window:
            raise UsageError(
                "--results excludes --snapshot, --engine, --opa-url and --path-window", "Stored results are judged."
            )
        settings = offline_settings(selection, "--results", "Stored results have their clusters in them.")
        _tell(rule_id, subject, _narrowed(stored_results(stored), only_clusters), configured_rules(settings))
        return 0
    source = _source(rule_id, selection, snapshot, path_window)
    with judgement(source.settings, fail_on="medium", engine=engine, opa_url=opa_url) as judge:
        rule_called(rule_id, (*judge.rule_set.rules, *WAIVER_RULES))
        narrowed_to = Filter(clusters=checked_clusters(only_clusters, source.clusters))
        results = replace(judge, narrowed_to=narrowed_to).results(source.snapshot(), utc_now())
    _tell(rule_id, subject, results, judge.rule_set)
    code = int(results["summary"]["exit_code"])
    return 0 if code == _FAILED else code


def _source(rule_id: str, selection: Selection, snapshot: Path | None, path_window: float) -> Source:
    """Return what to judge; the cluster of the environment only where it is named there."""
    if not (snapshot or selection.config or selection.has_flags or os.environ.get("CONSUL_HTTP_ADDR")):
        raise UsageError(
            f"Nothing is named that {rule_id} judges",
            "Give --results, --snapshot, --config or --cluster. `consul-scan rules show` tells of a rule alone.",
        )
    return chosen_source(selection, snapshot, path_window)


def _narrowed(results: Json, only_clusters: tuple[str, ...]) -> Json:
    names = checked_clusters(only_clusters, results["clusters"])
    about = [one for one in results["results"] if _concerns_any(one["subject"], names)]
    return results | {"results": about if names else results["results"]}


def _concerns_any(subject: Json, clusters: tuple[str, ...]) -> bool:
    return any(Subject.from_document(subject).concerns(name) for name in clusters)


def _tell(rule_id: str, subject: str | None, results: Json, rule_set: RuleSet) -> None:
    rule = rule_called(rule_id, (*rule_set.rules, *WAIVER_RULES))
    told = results_of(rule.id, results["results"], subject)
    path, text = rule_set.file_of(rule)
    same = results["scan"]["hashes"]["policies"] == rule_set.policies.sha256
    explained = Explained(rule, results["clusters"], told, path, text, as_judged=same)
    width, colour = view()
    write(render(explained, STATEMENTS, width=width, colour=colour), "-")
