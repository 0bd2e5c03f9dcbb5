"""Documents that cannot rot: every command and file they name exists."""

import re

import click
import pytest

from api.cli import main
from tests.upkeep import sources

TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (sources.ROOT / "Makefile").read_text(), re.M))
DOCUMENTS = sorted(name for name, _ in sources.committed_texts() if name.endswith(".md"))


def _named(document: str, pattern: str) -> set[str]:
    """What stands behind `pattern` in code: fenced blocks and `inline` code."""
    text = (sources.ROOT / document).read_text()
    code = "\n".join(re.findall(r"```.*?```", text, re.S) + re.findall(r"`[^`\n]+`", text))
    return set(re.findall(pattern, code))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets_exist(document: str) -> None:
    assert _named(document, r"\bmake ([a-z][a-z-]*)") - TARGETS == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_exist(document: str) -> None:
    for words in _named(document, r"\bredress ([a-z][a-z -]*)"):
        command: click.Command = main
        for word in words.split():
            if not isinstance(command, click.Group):
                break
            assert word in command.commands, f"{document} names `redress {words}`"
            command = command.commands[word]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_relative_links_lead_somewhere(document: str) -> None:
    text = (sources.ROOT / document).read_text()
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link}
    missing = [link for link in links if link and not ((sources.ROOT / document).parent / link).exists()]
    assert missing == []
