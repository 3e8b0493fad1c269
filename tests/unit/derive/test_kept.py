"""Which samples of earlier scans begin a window, and which say nothing of the way that a stream takes now."""

import copy
import json

import pytest

from scanner.derive.facts import derived
from scanner.derive.kept import Kept, kept_after, with_windows
from scanner.model.document import Json
from scanner.schemas import fault
from tests.policies.cases import DATA

SECOND = 10**9
NAME = "server.dc1.peering.t1"
PLACE = ("dc2", "//gw", "n/gw")


def scan(at_s: float, carried: int = 0, heard_s: float | None = None, *, samples: int = 1) -> Json:
    """Return what one scan saw: its peerings at `at_s`, its Envoy half a second later."""
    heard = None if heard_s is None else int(heard_s * SECOND)
    sample = {
        "at_ns": int((at_s + 0.5) * SECOND),
        "heartbeats": {"d1": heard},
        "bytes": {NAME: {"received": carried, "sent": carried}},
    }
    envoy: Json = {"version": None, "fault": "", "routes": {}, "samples": [sample] * samples}
    cluster: Json = {
        "peerings": {"d1": {"last_heartbeat_ns": heard}},
        "collection": {"peerings": {"at_ns": int(at_s * SECOND)}},
        "envoy": {"//gw": {"n/gw": envoy}},
    }
    return {"clusters": {"dc2": cluster}}


def kept(*scans: Json) -> Kept:
    found: Kept = {}
    for one in scans:
        found = kept_after(one, found)
    return found


def window(*scans: Json) -> list[float]:
    """Return when the samples of the last scan were taken, in seconds, with those of the earlier ones."""
    seen = with_windows(scans[-1], kept(*scans[:-1]))
    return [sample["at_ns"] / SECOND for sample in seen["clusters"]["dc2"]["envoy"]["//gw"]["n/gw"]["samples"]]


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ([100], [100.5]),
        ([100, 116], [116.5]),
        ([100, 116.5], [100.5, 116.5]),
        ([100, 160], [100.5, 160]),
        ([100, 120, 140], [100.5, 140]),
        ([100, 120, 140, 160], [120.5, 160]),
        ([100, 110, 120, 130, 140, 150], [110.5, 150]),
        ([100, 700.5], [100.5, 700.5]),
        ([100, 701], [701.5]),
        ([100, 99], [99.5]),
    ],
    ids=str,
)
def test_a_window_is_as_long_as_usual_and_no_longer_than_it_has_to_be(
    starts: list[float], expected: list[float]
) -> None:
    assert window(*map(scan, starts)) == expected


def test_an_envoy_that_started_anew_starts_its_window_anew() -> None:
    counters = [(100, 1000), (120, 10), (140, 2000), (160, 3000)]

    assert [window(*(scan(*one) for one in counters[:number])) for number in (2, 3, 4)] == [
        [120.5],
        [120.5, 140],
        [120.5, 160],
    ]


def test_a_heartbeat_that_came_after_the_bytes_were_read_does_not_count() -> None:
    late = scan(140, heard_s=100)
    late["clusters"]["dc2"]["envoy"]["//gw"]["n/gw"]["samples"][0]["heartbeats"] = {"d1": 141 * SECOND}

    seen = with_windows(late, kept(scan(100, heard_s=100)))

    samples = seen["clusters"]["dc2"]["envoy"]["//gw"]["n/gw"]["samples"]
    assert [sample["heartbeats"]["d1"] for sample in samples] == [100 * SECOND, 100 * SECOND]


def test_what_cannot_be_needed_again_is_not_kept() -> None:
    assert len(kept(*(scan(100 + number) for number in range(1000)))[PLACE]) == 37


def test_two_samples_of_one_scan_stay_as_they_are() -> None:
    whole = scan(200, samples=2)

    assert with_windows(whole, kept(scan(100))) == whole
    assert kept(whole) == {}


@pytest.mark.parametrize("blind", ["peerings", "envoy"])
def test_without_a_time_there_is_no_window(blind: str) -> None:
    late = scan(200)
    if blind == "peerings":
        late["clusters"]["dc2"] |= {"peerings": None, "collection": {"peerings": {"at_ns": None}}}
    else:
        late["clusters"]["dc2"]["envoy"]["//gw"]["n/gw"]["samples"] = []

    assert with_windows(late, kept(scan(100))) == late


def test_a_scan_without_an_envoy_forgets_nothing() -> None:
    silent = scan(130)
    silent["clusters"]["dc2"]["envoy"] = None

    assert window(scan(100), silent, scan(160)) == [100.5, 160]


def recorded() -> tuple[Json, Json]:
    """Return the recorded healthy pair as two scans, each with one of its two samples."""
    first = json.loads((DATA / "healthy-pair.json").read_text())
    last = copy.deepcopy(first)
    for number, document in enumerate((first, last)):
        for cluster in document["clusters"].values():
            sample = next(iter(cluster["envoy"]["//mesh-gateway"].values()))["samples"][number]
            next(iter(cluster["envoy"]["//mesh-gateway"].values()))["samples"] = [sample]
            cluster["collection"]["peerings"]["at_ns"] = sample["at_ns"]
            for identity, peering in cluster["peerings"].items():
                peering["last_heartbeat_ns"] = sample["heartbeats"][identity]
    return first, last


def verdicts(document: Json) -> set[str]:
    assert fault(document, "snapshot") is None
    return {path["verdict"] for pairs in derived(document)["path"].values() for path in pairs.values()}


def test_two_scans_of_the_recorded_pair_prove_its_path_and_change_neither() -> None:
    first, last = recorded()
    before = copy.deepcopy((first, last))

    seen = with_windows(last, kept_after(first, {}))

    assert (verdicts(first), verdicts(last), verdicts(seen)) == ({"unknown"}, {"unknown"}, {"proven"})
    assert (first, last) == before


def test_a_sample_that_is_seen_twice_is_kept_once() -> None:
    seen = scan(100)
    # Consul's clock tells whole seconds: peerings and Envoy are often of the same one.
    seen["clusters"]["dc2"]["collection"]["peerings"]["at_ns"] += SECOND // 2

    assert kept(seen, seen, seen) == kept(seen)
    assert len(kept(seen)[PLACE]) == 1
