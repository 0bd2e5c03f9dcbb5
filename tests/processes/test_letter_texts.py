"""The texts of letters as administrators change them."""

import pytest
from sqlalchemy import select

from engine.database import reading, unit_of_work
from engine.errors import Conflict, Invalid, NotFound, RevisionChanged
from engine.extensions import Actor
from engine.tables import Operation
from processes import contacts, letter_texts, letters
from processes.letters import grammar
from tests.processes.conftest import Office

ADMIN = Actor(id="u_admin1", name="Tian Tian", groups=frozenset({"admin"}))
TEXT = "We have your complaint {{ reference }}\n\nDear {{ name }},\n{% if owner %}\n{{ owner }} looks after it.\n{% endif %}\n"


def saved(office: Office, source: str = TEXT, *, version: int = 0, template: str = "T-ACK", locale: str = "en") -> letter_texts.Text:
    """A text written over the one that was read."""
    with unit_of_work(office.database) as session:
        return letter_texts.save(session, template, locale, source, version=version, note="shorter", actor=ADMIN)


@pytest.mark.parametrize("locale", letters.LANGUAGES)
@pytest.mark.parametrize("template", letters.templates())
def test_every_delivered_text_passes_and_is_shown_with_the_example(template: str, locale: str) -> None:
    letter = letter_texts.preview(template, locale, letters.delivered(template, locale))
    assert template == "N-ABSENCE" or "TS-20260310-00042" in f"{letter.subject} {letter.text}"
    assert "None" not in letter.text


def test_what_is_written_is_sent_from_now_on_in_that_language_only(office: Office) -> None:
    assert saved(office).version == 1
    with unit_of_work(office.database) as session:
        english, chinese = office.register(session), office.register(session)
        english.locale, chinese.locale = "en", "zh"
        session.flush()
        sent = contacts.send(session, english, "T-ACK")
        other = contacts.send(session, chinese, "T-ACK")
        assert sent.subject == f"We have your complaint {english.reference}"
        assert other.subject is not None and "We have" not in other.subject and chinese.reference in other.subject


def test_who_was_slower_is_told(office: Office) -> None:
    saved(office)
    with pytest.raises(RevisionChanged):
        saved(office, TEXT + "Yours\n")


def test_going_back_is_a_version_of_its_own_and_all_are_kept(office: Office) -> None:
    saved(office)
    with unit_of_work(office.database) as session:
        back = letter_texts.restore(session, "T-ACK", "en", to=0, version=1, actor=ADMIN)
        assert (back.version, back.text) == (2, letters.delivered("T-ACK", "en"))
    with unit_of_work(office.database) as session, pytest.raises(Conflict):
        letter_texts.restore(session, "T-ACK", "en", to=0, version=2, actor=ADMIN)
    with unit_of_work(office.database) as session, pytest.raises(NotFound):
        letter_texts.restore(session, "T-ACK", "en", to=9, version=2, actor=ADMIN)
    with reading(office.database) as session:
        assert [one.version for one in letter_texts.versions(session, "T-ACK", "en")] == [2, 1, 0]
        now = {(one.template, one.locale): one.version for one in letter_texts.overview(session)}
        assert (now["T-ACK", "en"], now["T-ACK", "zh"]) == (2, 0)
        trail = session.scalars(select(Operation).where(Operation.kind == "letter_change").order_by(Operation.at, Operation.id)).all()
        assert [(one.details["before"]["version"], one.details["after"]["version"]) for one in trail] == [(0, 1), (1, 2)]


def test_the_same_text_again_is_no_version(office: Office) -> None:
    saved(office)
    assert saved(office, TEXT.replace("\n", "\r\n"), version=1).version == 1


@pytest.mark.parametrize(
    ("source", "line", "sentence"),
    [
        ("Subject\n\n{% if owner %}\nnever ends", 4, "cannot be read as a template"),
        ("Subject\n{{ custmer }}", 2, "there is no value 'custmer' in this letter; known are"),
        ("Subject\n\n{{ name|shout }}", 3, "there is no filter 'shout'"),
        ("Subject\n{{ name is divisibleby(2) }}", 2, "there is no test 'divisibleby'"),
        ("{{ owner or '' }}\nDear", 1, "The first line is the subject"),
        ("Subject\n{{ resolve_by|moment(locale) }}", 2, "Ask with 'if' first for"),
        ("Subject\n{{ 9 * 9 }}", 2, "a letter holds values, conditions and one loop"),
        ("Subject\n{{ name.__class__ }}", 2, "a letter holds values, conditions and one loop"),
        ("Subject\n{{ name['__class__']() }}", 2, "a letter holds values, conditions and one loop"),
        ("Subject\n{% include 'T-ACK.en.txt' %}", 2, "a letter holds values, conditions and one loop"),
        ("Subject\n{% for a in items or [] %}{% for b in text or [] %}{% endfor %}{% endfor %}", 2, "a letter holds values"),
        ("Subject\n{{ items|join('x' ~ name) }}", 2, "a letter holds values, conditions and one loop"),
        ("Subject\n{{ range(9) }}", 2, "a letter holds values, conditions and one loop"),
        ("S" * 20_001, 1, "at most 20000 characters"),
        ("S" * 300, 1, "1 to 200 characters"),
    ],
)
def test_a_broken_text_is_refused_with_the_line(office: Office, source: str, line: int, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        saved(office, source)
    problem = refused.value.problems[0]
    assert (problem.line, problem.pointer) == (line, "/text")
    assert sentence in problem.message


def test_a_text_may_write_a_table_of_its_own_and_look_things_up_in_it() -> None:
    source = "S\n{% set why = {'sla': 'late'} %}\n{{ why.get(trigger, trigger) }}{{ why[trigger] }}"
    assert grammar.check(source, ["trigger"]) == []


def test_a_letter_there_is_not_is_not_found(office: Office) -> None:
    with reading(office.database) as session:
        for template, locale in (("T-NONE", "en"), ("T-ACK", "fr"), ("../words", "en")):
            with pytest.raises(NotFound):
                letter_texts.get(session, template, locale)
