"""Each format says what happened, and no name from a cluster is more than a name in any of them."""

import json
from datetime import timedelta
from typing import Any

import pytest

from scanner.errors import ConfigError
from scanner.model.document import Json
from scanner.model.outbox import Standing
from scanner.publish.webhooks import alertmanager, slack, standard
from scanner.publish.webhooks.alertmanager import AT_ONCE, alerts, bodies, trial_alert, with_ended
from scanner.publish.webhooks.sample import trial_event
from scanner.publish.webhooks.settings import Filters, Template
from scanner.publish.webhooks.template import LARGEST_BODY, compiled
from scanner.publish.webhooks.wording import headline, line
from scanner.schemas import fault
from tests.unit.findings.scans import START, after
from tests.unit.webhooks.events import CAUSE, HOSTILE, event, hostile, of_scan

NOW = after(3600)


def parsed(body: bytes) -> Json:
    document: Json = json.loads(body)
    return document


def test_standard_holds_the_events_as_they_are() -> None:
    one, two = event("a"), event("b", "resolved")
    single, both = parsed(standard.body([one])), parsed(standard.body([one, two]))

    assert [fault(document, "webhook") for document in (single, both)] == [None, None]
    assert (single["type"], single["timestamp"], single["data"]) == ("finding.opened", one["at"], {"events": [one]})
    assert (both["type"], both["data"]["events"]) == ("events", [one, two])


def test_standard_holds_what_utf_8_cannot() -> None:
    body = standard.body([hostile()])

    assert body.isascii()
    assert parsed(body)["data"]["events"][0]["finding"]["subject"]["name"] == HOSTILE


@pytest.mark.parametrize("told", [event(), of_scan(), of_scan("recovered", None), trial_event("ops", "id", START)])
def test_every_kind_of_event_has_a_schema_and_a_line(told: Json) -> None:
    assert fault(told, "event") is None
    assert fault(parsed(standard.body([told])), "webhook") is None
    assert line(told).startswith(f"{told['type'].rpartition('.')[2]}: ")


def test_lines_name_the_object() -> None:
    assert line(event(severity="critical")) == "opened: critical MGP-205 a_rule, gateway f in dc1: told"
    assert line(of_scan()) == "failing: cluster dc1: connection refused"
    assert line(of_scan(cluster=None)) == "failing: the scan as a whole: connection refused"


@pytest.mark.parametrize("told", [hostile(), of_scan(message=HOSTILE), of_scan(cluster=HOSTILE)])
def test_a_line_is_one_printable_line(told: Json) -> None:
    assert line(told).isprintable()
    assert len(line(told)) < 1500


def test_a_headline_counts() -> None:
    told = [event("a"), event("b"), event("c", "resolved"), of_scan()]
    assert headline(told) == "2 findings opened, 1 finding resolved, 1 scan failing"
    assert headline([trial_event("ops", "id", START)]) == "1 test"


def test_slack_shows_text_and_no_markup() -> None:
    message = parsed(slack.body([hostile(), of_scan()]))

    assert [block["type"] for block in message["blocks"]] == ["header", "section", "section"]
    assert {block["text"]["type"] for block in message["blocks"]} == {"plain_text"}
    for text in (message["text"], *(block["text"]["text"] for block in message["blocks"])):
        assert text.isprintable()
        assert not {"<", ">"} & set(text)
    assert "&lt;!channel&gt;" in message["blocks"][1]["text"]["text"]
    assert "&amp;amp;" in message["blocks"][1]["text"]["text"]
    assert (message["unfurl_links"], message["unfurl_media"]) == (False, False)


def test_slack_keeps_to_its_limits() -> None:
    long = [event(f"f-{number}", message="word " * 5000, id="x" * 5000) for number in range(100)]
    message = parsed(slack.body(long))

    assert len(message["blocks"]) == 22
    assert message["blocks"][-1]["text"]["text"] == "and 80 more"
    assert len(message["blocks"][0]["text"]["text"]) <= 150
    assert max(len(block["text"]["text"]) for block in message["blocks"]) <= 3000


def test_slack_of_few_says_of_no_more() -> None:
    assert len(parsed(slack.body([event()] * 20))["blocks"]) == 21


def stands(*findings: Json, failing: tuple[Json, ...] = ()) -> Standing:
    return Standing([each["finding"] for each in findings], failing)


def test_what_stands_is_an_alert_that_ends_by_itself() -> None:
    (alert,) = alerts(stands(event(peer="dc2", severity="critical")), Filters(), NOW)

    assert alert["labels"] == {
        "alertname": "ConsulComplianceFinding",
        "fingerprint": event()["finding"]["fingerprint"],
        "rule": "MGP-205",
        "severity": "critical",
        "consul_cluster": "dc1",
        "consul_peer": "dc2",
        "kind": "gateway",
        "subject": event()["finding"]["subject"]["name"],
    }
    assert alert["annotations"] == {"summary": "a_rule fails in dc1", "description": "it is wrong"}
    assert (alert["startsAt"], alert["endsAt"]) == ("2026-11-22T09:00:00.000+00:00", "2026-11-22T10:04:00.000+00:00")


def test_what_was_resolved_lately_has_ended_then() -> None:
    (alert,) = alerts(stands(event(what="resolved", resolved_at="2026-11-22T09:59:00.000+00:00")), Filters(), NOW)
    assert alert["endsAt"] == "2026-11-22T09:59:00.000+00:00"


@pytest.mark.parametrize(
    ("filters", "fields", "number"),
    [
        (Filters(severity="critical"), {}, 0),
        (Filters(), {"waived_by": "w-1"}, 0),
        (Filters(muted=True), {"caused_by": [CAUSE]}, 1),
        (Filters(clusters=("dc2",)), {}, 0),
    ],
)
def test_filters_hold_for_alerts_too(filters: Filters, fields: dict[str, Any], number: int) -> None:
    assert len(alerts(stands(event(**fields)), filters, NOW)) == number


def test_a_scan_that_fails_is_an_alert_unless_it_is_not_wanted() -> None:
    failing = tuple({"cluster": name, "since": of_scan()["since"], "message": "refused"} for name in ("dc1", None))
    told = alerts(stands(failing=failing), Filters(), NOW)

    assert [alert["labels"] for alert in told] == [
        {"alertname": "ConsulScanFailing", "severity": "warning", "consul_cluster": "dc1"},
        {"alertname": "ConsulScanFailing", "severity": "critical"},
    ]
    assert [alert["annotations"]["summary"] for alert in told] == ["dc1 cannot be read", "The scan gives no results"]
    assert alerts(stands(failing=failing), Filters(events=("finding.opened",)), NOW) == []


def test_what_is_not_told_any_more_is_sent_as_ended_for_a_while() -> None:
    (alert,) = alerts(stands(event()), Filters(), NOW)
    later = NOW + timedelta(seconds=30)

    (ended,) = with_ended([alert], [], later)
    assert ended == alert | {"endsAt": "2026-11-22T10:00:30.000+00:00"}
    assert with_ended([ended], [], later + timedelta(minutes=14)) == [ended]
    assert with_ended([ended], [], later + timedelta(minutes=15)) == []
    assert with_ended([ended], [alert], later) == [alert]


def test_alerts_go_in_requests_of_some_size() -> None:
    assert [len(json.loads(body)) for body in bodies([trial_alert("a test", NOW)] * (AT_ONCE + 1))] == [AT_ONCE, 1]
    assert bodies([]) == []


def test_hostile_names_are_printable_labels() -> None:
    (alert,) = alerts(stands(hostile()), Filters(), NOW)

    assert all(text.isprintable() for text in (*alert["labels"].values(), *alert["annotations"].values()))
    assert max(map(len, alert["labels"].values())) <= 80
    assert alertmanager.bodies([alert])[0].isascii()


def render(text: str, *events: Json, content_type: str = "application/json") -> bytes:
    return compiled(Template(text, content_type))(events)  # type: ignore[arg-type]


def test_a_template_writes_json_whatever_names_hold() -> None:
    told = render('{"a": {{ headline }}, "b": {{ lines }}, "c": {{ events[0].finding.subject.name }}}', hostile())

    assert parsed(told) == {"a": "1 finding opened", "b": [line(hostile())], "c": HOSTILE}


def test_a_template_writes_lines() -> None:
    text = "{{ headline }}\n{% for event in events %}- {{ event.message }}\n{% endfor %}"
    told = render(text, hostile(), event(), content_type="text/plain").decode()

    assert len(told.splitlines()) == 3
    assert all(each.isprintable() for each in told.splitlines())


def test_a_template_may_choose_and_join() -> None:
    text = '{{ (events[0].finding.rule | lower) ~ "-" ~ (events[0].missing | default("none")) }}'
    assert render(text, event()) == b'"mgp-205-none"'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ headline", "line 1"),
        ("\n{% for %}", "line 2"),
        ("{{ headline | center(1000000000) }}", "No filter named 'center'"),
        ("{% include 'x' %}", "no loader"),
        ("{{ events.__class__ }}", "unsafe"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ headline.upper() }}", "not safely callable"),
        ("{% for a in range(9) %}{% endfor %}", "not safely callable"),
        ("{{ lipsum() }}", "not safely callable"),
        ("{{ range }}", "'range' is undefined"),
        ("{{ 'a' * 1000000000 }}", "* is not allowed"),
        ("{{ '%1000000000d' % 1 }}", "% is not allowed"),
        ("{{ 2 ** 100000000 }}", "** is not allowed"),
        ("{{ events[0].finding.nonsense }}", "has no attribute 'nonsense'"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ 1 + 'a' }}", "unsupported operand"),
        ("[{{ headline }}", "Expecting ',' delimiter"),
        ("plain words", "Expecting value"),
        ("{% for a in lines %}" * 4 + "{% endfor %}" * 4, "nested too deeply"),
        ("{% macro m() %}x{% endmacro %}{{ m() }}", "not safely callable"),
    ],
)
def test_a_template_that_could_do_more_or_less_is_refused(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        render(text, event())
    assert told in caught.value.message, caught.value.message
    assert caught.value.advice


def test_a_template_that_writes_too_much_is_cut() -> None:
    many = [event(f"f-{number}") for number in range(60)]
    text = "{% for a in lines %}{% for b in lines %}{% for c in lines %}{{ a }}{% endfor %}{% endfor %}{% endfor %}"
    with pytest.raises(ConfigError, match=f"more than {LARGEST_BODY // 1024} kB"):
        render(text, *many, content_type="text/plain")
