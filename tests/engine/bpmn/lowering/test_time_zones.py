"""Dates without a time zone are read as UTC."""

import pytest
from lxml import etree

from engine.bpmn.lowering import lower
from engine.bpmn.xml import BPMN


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        ("timeDate", " 2027-01-01T09:00:00 ", "2027-01-01T09:00:00Z"),
        ("timeDate", "20270101T0900", "20270101T0900Z"),
        ("timeCycle", "R3/2027-01-01T09:00:00.5/P1D", "R3/2027-01-01T09:00:00.5Z/P1D"),
        ("timeDate", "2027-01-01T09:00:00+08:00", "2027-01-01T09:00:00+08:00"),
        ("timeDate", "2027-01-01T09:00:00Z", "2027-01-01T09:00:00Z"),
        ("timeDate", "2027-01-01", "2027-01-01"),
        ("timeDate", "due", "due"),
    ],
)
def test_a_date_without_a_time_zone_is_read_as_utc(kind: str, text: str, read: str) -> None:
    event = f'<intermediateCatchEvent id="T"><timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition></intermediateCatchEvent>'
    lowered = lower(etree.fromstring(f'<definitions xmlns="{BPMN}"><process id="p">{event}</process></definitions>'))
    assert [one.text for one in lowered.root.iter("{*}" + kind)] == [read]
