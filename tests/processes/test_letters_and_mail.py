"""Letters as text, and the doors they go out by."""

import email
import email.policy
import socketserver
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest
from jinja2 import UndefinedError

from engine.database import reading
from processes import letters
from processes.ports import LedgerMail, Mail, MailFailed, SmtpMail
from tests.processes.conftest import Office

RESULT = {
    "name": "Lin & Mei",
    "reference": "TS-20260914-00001",
    "remedy": "Fraud",
    "state": "approved",
    "requested": "5,196.00",
    "approved": "5,196.00",
    "pay_within": "3 working days",
    "legal_basis": "CPL art.55",
    "reason": "",
}
MAIL = Mail(key="abc/1", to="lin@example.org", subject="结果", text="批准了\n")


@pytest.mark.parametrize("language", letters.LANGUAGES)
@pytest.mark.parametrize("state", ["approved", "rejected"])
def test_a_result_is_written_in_both_languages(language: str, state: str) -> None:
    letter = letters.filled("T-COMP-RESULT", letters.delivered("T-COMP-RESULT", language), language, **RESULT | {"state": state})
    assert "TS-20260914-00001" in letter.subject
    assert "Lin & Mei" in letter.text
    assert ("CPL art.55" in letter.text) == (state == "approved")
    assert "{" not in letter.text


def test_there_is_a_letter_in_each_language_for_each_template() -> None:
    files = {path.name for path in Path(letters.__file__).parent.glob("*.txt")}
    templates = {name.split(".")[0] for name in files}
    assert files == {f"{template}.{language}.txt" for template in templates for language in letters.LANGUAGES}


@pytest.mark.parametrize("language", letters.LANGUAGES)
def test_the_acknowledgement_says_where_the_case_can_be_followed(language: str) -> None:
    given = {"name": "Lin Mei", "reference": "TS-20260914-00001", "first_by": None, "resolve_by": None, "owner": None}
    assert "/status" in letters.filled("T-ACK", letters.delivered("T-ACK", language), language, **given).text


def test_no_sentence_of_a_letter_is_broken_by_the_end_of_a_line() -> None:
    folder = Path(letters.__file__).parent
    lines = {path.name: path.read_text().split("\n") for path in sorted(folder.glob("T-*.en.txt"))}
    broken = [(name, line) for name, all_ in lines.items() for line, after in pairwise(all_) if line[-1:].isalpha() and after[:1].islower()]
    assert broken == []


def test_a_language_without_letters_gets_english(office: Office) -> None:
    with reading(office.database) as session:
        french, english = (letters.render(session, "T-COMP-RESULT", locale, **RESULT) for locale in ("fr", "en"))
    assert french == english


def test_a_value_that_is_not_given_is_a_mistake() -> None:
    with pytest.raises(UndefinedError, match="reference"):
        letters.filled(
            "T-COMP-RESULT",
            letters.delivered("T-COMP-RESULT", "en"),
            "en",
            **{name: value for name, value in RESULT.items() if name != "reference"},
        )


def test_a_line_break_in_a_value_cannot_start_a_mail_header() -> None:
    letter = letters.filled(
        "T-COMP-RESULT", letters.delivered("T-COMP-RESULT", "en"), "en", **RESULT | {"reference": "TS\nBcc: everyone@example.org"}
    )
    assert "\n" not in letter.subject


def test_the_ledger_keeps_a_letter_once_per_key(tmp_path: Path) -> None:
    ledger = LedgerMail(tmp_path / "letters")
    ledger.send(MAIL)
    ledger.send(MAIL)
    (file,) = (tmp_path / "letters").iterdir()
    assert file.name == "abc-1.eml"
    read = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert (read["Subject"], read["To"], read["Message-ID"]) == ("结果", "lin@example.org", "<abc-1@localhost>")
    assert read.get_content() == "批准了\n"


def test_a_ledger_whose_folder_is_gone_fails_and_does_not_heal_itself(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    ledger = LedgerMail(folder)
    folder.rmdir()
    with pytest.raises(MailFailed, match="letters cannot be written to: No such file or directory"):
        ledger.send(MAIL)
    folder.write_text("in the way")
    with pytest.raises(MailFailed, match="Not a directory"):
        ledger.send(MAIL)
    folder.unlink()
    folder.mkdir()
    ledger.send(MAIL)
    assert len(list(folder.iterdir())) == 1


def test_a_letter_in_the_ledger_is_its_owners_business(tmp_path: Path) -> None:
    ledger = LedgerMail(tmp_path)
    ledger.send(MAIL)
    assert stat.S_IMODE((tmp_path / "abc-1.eml").stat().st_mode) == 0o600


def test_a_ledger_with_a_file_in_its_place_does_not_keep_the_server_from_starting(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("in the way")
    with pytest.raises(MailFailed):
        LedgerMail(tmp_path / "letters").send(MAIL)


class PostOffice(socketserver.StreamRequestHandler):
    """As much of SMTP as one letter needs; a recipient called nobody is refused."""

    letters: ClassVar[list[bytes]] = []

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 good bye\r\n")
                return
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                self.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.wfile.write(b"550 no such person\r\n" if b"nobody@" in line else b"250 fine\r\n")


@pytest.fixture
def post_office() -> Iterator[int]:
    PostOffice.letters.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), PostOffice) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_mail_server_gets_the_letter_with_an_id_made_from_the_key(post_office: int) -> None:
    SmtpMail(host="127.0.0.1", port=post_office, sender="redress@example.org").send(MAIL)
    read = email.message_from_bytes(PostOffice.letters[0], policy=email.policy.default)
    assert (read["From"], read["To"], read["Subject"]) == ("redress@example.org", "lin@example.org", "结果")
    assert read["Message-ID"] == "<abc-1@example.org>"


def test_a_letter_the_mail_server_does_not_take_is_said_in_words(post_office: int) -> None:
    with pytest.raises(MailFailed, match="no such person"):
        SmtpMail(host="127.0.0.1", port=post_office, sender="redress@example.org").send(replace(MAIL, to="nobody@example.org"))


def test_a_mail_server_that_is_away_is_said_in_words() -> None:
    with pytest.raises(MailFailed, match=r"the mail server 127.0.0.1:1 did not take the letter"):
        SmtpMail(host="127.0.0.1", port=1, sender="redress@example.org").send(MAIL)
