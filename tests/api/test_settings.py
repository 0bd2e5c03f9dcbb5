"""Settings come from the environment; a clean clone needs none."""

from dataclasses import fields
from pathlib import Path

import pytest

from api import settings
from api.app import mail_port
from api.settings import Settings, data_secrets, from_environment, secret_key
from processes.ports import LedgerMail, SmtpMail

README = (Path(__file__).parents[2] / "api" / "README.md").read_text()


def test_every_setting_is_read_under_its_name_and_in_its_kind() -> None:
    found = from_environment({"REDRESS_PORT": "9000", "REDRESS_SECURE_COOKIES": "true", "REDRESS_MAIL_FROM": "a@b.example", "PORT": "1"})
    assert (found.port, found.secure_cookies, found.mail_from) == (9000, True, "a@b.example")
    assert from_environment({}) == Settings()


def test_a_wrong_number_names_its_variable() -> None:
    with pytest.raises(ValueError, match="REDRESS_PORT must be a whole number"):
        from_environment({"REDRESS_PORT": "eight"})


def test_every_setting_is_described() -> None:
    missing = [one.name for one in fields(settings.Settings) if f"REDRESS_{one.name.upper()}" not in README and one.name != "demo"]
    assert missing == []


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    given = Settings(database_url=f"sqlite:///{tmp_path / 'redress.db'}")
    assert secret_key(given) == secret_key(given)
    kept = tmp_path / "secret_key"
    assert (kept.stat().st_mode & 0o777, len(kept.read_text())) == (0o600, 43)
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert secret_key(Settings(secret_key="as set")) == "as set"


def test_data_are_sealed_with_the_data_key_and_opened_with_older_ones_too() -> None:
    assert data_secrets(Settings(secret_key="s")) == ("s",)
    assert data_secrets(Settings(secret_key="s", data_key="new, old")) == ("new", "old", "s")


def test_letters_go_to_a_server_or_into_a_folder(tmp_path: Path) -> None:
    assert isinstance(mail_port(Settings(mail_url=str(tmp_path / "letters"))), LedgerMail)
    server = mail_port(Settings(mail_url="smtp://redress:p%40ss@mail.example:587"))
    assert server == SmtpMail(host="mail.example", port=587, sender="redress@localhost", user="redress", password="p@ss")
