"""What is read when: everything each interval, what never wakes in between, what woke at once with its peers."""

from scanner.collect.watching.agenda import COMPARED, ECHO_S, POLLED, WHOLE, first_agenda

BOTH = ("dc1", "dc2")


def test_a_start_reads_everything_and_then_polls_three_times_an_interval() -> None:
    agenda, seen = first_agenda(60, 100.0), []
    for _ in range(6):
        now = agenda.next_at
        seen.append((now, agenda.due(now, BOTH, {}, ())["dc1"]))
        agenda = agenda.after(now, (), ())
    assert seen == [(100, WHOLE), (115, POLLED), (130, POLLED), (145, POLLED), (160, WHOLE), (175, POLLED)]


def test_nothing_is_due_in_between_but_what_woke() -> None:
    agenda = first_agenda(60, 100.0).after(100.0, (), ())
    assert agenda.due(101.0, BOTH, {}, ()) == {}
    assert agenda.due(101.0, BOTH, {"dc1": False}, ()) == {"dc1": COMPARED}
    assert agenda.due(101.0, BOTH, {"dc1": True}, ["dc2"]) == {"dc1": WHOLE, "dc2": POLLED}
    assert agenda.due(101.0, BOTH, {"dc1": False, "dc2": False}, ["dc2", "dc1"]) == dict.fromkeys(BOTH, COMPARED)


def test_a_woken_cluster_and_its_peers_are_asked_once_more_a_little_later() -> None:
    agenda = first_agenda(60, 100.0).after(100.0, (), ()).after(102.0, {"dc1"}, {"dc2"})
    assert agenda.next_at == 102 + ECHO_S
    assert agenda.due(agenda.next_at, (*BOTH, "dc3"), {}, ()) == dict.fromkeys(BOTH, POLLED)
    assert agenda.after(agenda.next_at, (), ()).echoes == {}


def test_points_that_were_overrun_are_left_out() -> None:
    agenda = first_agenda(60, 100.0).after(231.0, (), ())
    assert (agenda.whole_at, agenda.poll_at) == (280, 235)


def test_a_short_interval_is_not_polled_more_often_than_each_second() -> None:
    assert first_agenda(1, 100.0).after(100.0, (), ()).poll_at == 101


def test_who_asks_has_everything_read_at_once_and_the_interval_begins_anew() -> None:
    agenda = first_agenda(60, 100.0).after(100.0, (), ()).at_once(110.0)
    assert agenda.due(110.0, BOTH, {}, ()) == dict.fromkeys(BOTH, WHOLE)
    assert agenda.after(110.0, (), ()).whole_at == 170
