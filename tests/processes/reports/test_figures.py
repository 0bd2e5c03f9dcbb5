"""Every figure over a few cases counted by hand: what is counted, of what, and in which month."""

from datetime import timedelta

from engine import clock
from engine.calendars import WorkingCalendar
from processes import cases as complaint_cases
from processes.reports import overview, periods
from processes.reports.overview import Scope
from tests.processes.reports.given import Cases, at, counted, september

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_month_begins_and_ends_at_local_midnight(cases: Cases) -> None:
    cases.add(at("09-01", "00:00"))
    cases.add(at("09-30", "23:59"))
    cases.add(at("08-31", "23:59"))
    cases.add(at("10-01", "00:00"))
    assert counted(september(cases.session), "received") == ("2", 2, None)


def test_a_merged_case_is_counted_nowhere(cases: Cases) -> None:
    merged = cases.closed(at("09-01"), at("09-02"), close_code="CLOSED_MERGED", days=0.5, reopen_count=1)
    cases.rate(merged, 5, 5)
    cases.clock(merged, at("09-02"), stop=at("09-03"))
    cases.pay(merged, "10.00", at("09-03"))
    values = september(cases.session).of(periods.read("2026-09"))
    assert {id: one.numerator for id, one in values.items() if one.numerator or one.denominator} == {}


def test_a_first_response_counts_within_24_hours_to_the_second(cases: Cases) -> None:
    cases.add(at("09-04", "17:00"), answered=DAY)  # over a weekend evening: hours of the wall
    cases.add(at("09-05"), answered=DAY + timedelta(seconds=1))
    cases.add(at("09-06"))  # never answered
    cases.add(at("09-30", "12:00"))  # 23 hours old: not yet to be judged
    cases.add(at("09-07"), close_code="CLOSED_INADMISSIBLE", answered=2 * DAY)  # not to be answered
    cases.add(at("09-08"), close_code="CLOSED_WITHDRAWN", answered=2 * HOUR)
    found = september(cases.session)
    assert counted(found, "first-response") == ("50.0", 2, 4)
    # 24 h + 24 h 1 s + 2 h, of three that were answered
    assert counted(found, "first-response-hours") == ("16.7", 50 * 3600 + 1, 3)
    assert found.of(found.period)["first-response"].standing == "missed"


def test_an_unanswered_case_counts_from_its_24th_hour_on(cases: Cases) -> None:
    cases.add(at("09-30", "12:00"))
    assert counted(september(cases.session), "first-response") == (None, 0, 0)
    with clock.use(clock.MovableClock(at("10-01", "12:01"))):
        assert counted(september(cases.session), "first-response") == ("0.0", 0, 1)


def test_nothing_to_count_is_no_figure_and_never_100_percent(cases: Cases) -> None:
    values = september(cases.session).of(periods.read("2026-09"))
    shares = [one for one in values.values() if one.denominator is not None]
    assert len(shares) == 16
    assert {one.value for one in shares} == {None}
    assert {one.standing for one in shares} == {None}


def test_handling_time_is_in_working_days_with_its_mean_and_its_middle(cases: Cases) -> None:
    for days in (1.0, 2.0, 5.0, 6.0):
        cases.add(at("09-03"), days=days)
    cases.add(at("08-30"), days=4.0, resolved_at=at("09-01"))  # received before, resolved in the month
    cases.add(at("09-29"), days=3.0, resolved_at=at("10-01"))  # resolved after it
    found = september(cases.session)
    assert counted(found, "resolution") == ("80.0", 4, 5)
    assert counted(found, "handling-days")[0] == "3.60"
    assert counted(found, "handling-median")[0] == "4.00"
    cases.add(at("09-04"), days=5.0)
    assert counted(september(cases.session), "handling-median")[0] == "4.50"  # the mean of 4 and 5


def test_the_closing_rate_asks_for_what_was_past_its_date_and_still_open(cases: Cases) -> None:
    for _ in range(3):
        cases.closed(at("09-02"), at("09-10"))
    cases.closed(at("09-02"), at("09-11"), close_code="CLOSED_NO_REPLY_POSSIBLE")  # could not be answered
    late = cases.add(at("09-03"))
    cases.clock(late, at("09-20"))
    cases.clock(cases.add(at("09-28")), at("10-09"))  # open, not yet due
    paused = cases.add(at("09-04"))
    cases.clock(paused, at("09-20"), held=True)  # waits for its customer
    resolved = cases.add(at("09-05"))
    cases.clock(resolved, at("09-12"), stop=at("09-25"))  # late, but resolved before the month ended
    after = cases.closed(at("09-05"), at("10-01", "09:00"))
    cases.clock(after, at("09-12"), stop=at("10-01", "08:00"))  # past its date when the month ended, resolved since
    found = september(cases.session)
    assert counted(found, "closing") == ("60.0", 3, 5)
    assert counted(found, "open") == ("5", 5, None)
    assert counted(found, "closed") == ("4", 4, None)


def test_what_stays_open_is_what_came_in_by_then_less_what_was_closed(cases: Cases) -> None:
    cases.add(at("08-10"))
    cases.closed(at("08-10"), at("09-10"))
    cases.closed(at("08-11"), at("08-30"))
    cases.closed(at("09-11"), at("10-01", "08:00"))
    found = september(cases.session)
    stocks = {one.key: int(found.of(one)["open"].numerator) for one in found.course if one.key >= "2026-07"}
    assert stocks == {"2026-07": 0, "2026-08": 2, "2026-09": 2}
    assert counted(found, "closing-raw") == ("33.3", 1, 3)  # one closed, of one received and two carried in


def test_a_case_is_overdue_when_it_missed_its_date_and_is_counted_once(cases: Cases) -> None:
    in_time = cases.closed(at("09-01"), at("09-09"))
    cases.clock(in_time, at("09-08"), stop=at("09-07"))
    late = cases.closed(at("09-01"), at("09-15"))  # due and closed in the month: one case
    cases.clock(late, at("09-08"), stop=at("09-14"))
    cases.clock(late, at("09-10"), name="C-REG", stop=at("09-14"))
    running = cases.add(at("09-02"))
    cases.clock(running, at("09-09"))  # passed while it runs
    small = cases.closed(at("09-03"), at("09-10"))
    cases.clock(small, at("09-03", "12:00"), name="C-TRIAGE", stop=at("09-04"))  # missed a step, not its date
    plan = cases.closed(at("09-03"), at("09-10"))
    cases.clock(plan, at("09-05"), name="C-CAPA-PLAN", stop=at("09-06"), improvement_id="i1")  # of an improvement
    coming = cases.add(at("09-29"))
    cases.clock(coming, at("10-08"))  # neither closed nor due in the month
    found = september(cases.session)
    assert counted(found, "overdue") == ("40.0", 2, 5)
    assert counted(found, "overdue-any") == ("60.0", 3, 5)


def test_a_late_case_is_charged_to_who_had_it_then(cases: Cases) -> None:
    late = cases.closed(at("09-01"), at("09-15"), case_owner="u_owner2")
    cases.clock(late, at("09-08"), stop=at("09-14"), charged_to="u_owner1")
    found = overview.by_dimension(cases.session, periods.read("2026-09"), Scope(), by="owner")
    assert counted(found, "overdue", "u_owner1") == ("100.0", 1, 1)
    assert counted(found, "overdue", "u_owner2") == (None, 0, 0)
    assert counted(found, "closed", "u_owner2") == ("1", 1, None)


def test_satisfaction_counts_the_last_rating_of_those_who_could_be_asked(cases: Cases) -> None:
    content, unhappy, twice, withdrawn, silent = (
        cases.closed(at("09-01"), at("09-10"), close_code=code)
        for code in ("CLOSED_SATISFIED", "CLOSED_UNSATISFIED", "CLOSED_SATISFIED", "CLOSED_WITHDRAWN", "CLOSED_SATISFIED")
    )
    cases.rate(content, 4, 4)
    cases.rate(unhappy, 5, 2)
    cases.rate(twice, 1, 1, at=at("09-08"))
    cases.rate(twice, 5, 4, at=at("09-09"))
    cases.rate(withdrawn, 1, 1)
    assert silent.closed_at is not None
    found = september(cases.session)
    assert counted(found, "satisfaction") == ("66.7", 2, 3)
    assert counted(found, "process-score") == ("4.67", 14, 3)
    assert counted(found, "result-score") == ("3.33", 10, 3)


def test_reopened_repeated_and_complete_cases_are_counted(cases: Cases) -> None:
    cases.closed(at("09-01"), at("09-10"), reopen_count=2, completeness=90)
    cases.closed(at("09-01"), at("09-10"), repeat_count=1)
    cases.closed(at("09-01"), at("09-10"), secondary_complaint=True, completeness=None)
    cases.closed(at("09-01"), at("09-10"))
    found = september(cases.session)
    assert counted(found, "reopened") == ("25.0", 1, 4)
    assert counted(found, "repeated") == ("50.0", 2, 4)
    assert counted(found, "completeness") == ("96.7", 290, 3)


def test_compensation_is_what_was_confirmed_to_the_cent(cases: Cases) -> None:
    one, other = cases.closed(at("08-01"), at("09-10")), cases.closed(at("08-01"), at("09-10"))
    cases.pay(one, "0.10", at("09-10"))
    cases.pay(one, "0.20", at("09-30", "23:59"))
    cases.pay(other, "1234567.85", at("09-11"))
    cases.pay(other, "99.00", at("10-01", "00:00"))
    cases.pay(other, "77.00", None, state="sent")
    found = september(cases.session)
    assert counted(found, "compensation") == ("1234568.15", 123456815, None)
    assert counted(found, "compensation-mean") == ("617284.08", 123456815, 2)


def test_cases_are_told_apart_by_their_values_and_by_having_none(cases: Cases) -> None:
    for category, level in (("DL", 1), ("DL", 2), ("PQ", 1), (None, 4)):
        cases.add(at("09-02"), category=category, level=level, answered=HOUR)
    period = periods.read("2026-09")
    by_category = overview.by_dimension(cases.session, period, Scope(), by="category")
    assert by_category.groups() == ["DL", "PQ", "none"]
    assert counted(by_category, "received", "DL") == ("2", 2, None)
    by_level = overview.by_dimension(cases.session, period, Scope(only={"category": "DL,none"}), by="level")
    assert {one: counted(by_level, "received", one)[1] for one in by_level.groups()} == {"1": 1, "2": 1, "4": 1}


def test_a_scope_leaves_other_departments_out_of_every_figure(cases: Cases) -> None:
    for department in ("LOGISTICS", "QA"):
        case = cases.closed(at("09-01"), at("09-10"), days=2, owner_department=department)
        cases.rate(case, 5, 5)
        cases.clock(case, at("09-08"), stop=at("09-09"))
        cases.pay(case, "10.00", at("09-10"))
        cases.clock(cases.add(at("09-01"), owner_department=department), at("09-08"))
    whole, half = september(cases.session), september(cases.session, departments=frozenset({"QA"}))
    for id, one in whole.of(whole.period).items():
        other = half.of(half.period)[id]
        assert one.numerator in (2 * other.numerator, other.numerator if id == "handling-median" else None), id
        assert other.numerator or id in ("reopened", "repeated"), id
    nobody = september(cases.session, departments=frozenset())
    assert {one.numerator for one in nobody.of(nobody.period).values()} == {0}


def test_resolving_a_case_counts_the_working_time_it_took(cases: Cases) -> None:
    resolved = cases.add(at("09-25", "17:00"))  # Mid-autumn: a day off before a weekend
    with clock.use(clock.MovableClock(at("09-28", "10:30"))):
        complaint_cases.resolve(cases.session, resolved)
    assert resolved.resolved_at == at("09-28", "10:30")
    assert resolved.handled_seconds is not None
    assert counted(september(cases.session), "handling-days")[1:] == (resolved.handled_seconds, 1)
    assert resolved.handled_seconds == WorkingCalendar().between(at("09-25", "17:00"), at("09-28", "10:30")).total_seconds() == 1.5 * 3600
