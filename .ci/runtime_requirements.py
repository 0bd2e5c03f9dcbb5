"""Print the part of requirements.lock that `make run` needs, without the tools of development: a third to fetch and unpack.

The lock says of each package who wants it (`# via`); these lines are followed from the dependencies in pyproject.toml and
the names given as arguments.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILD = "hatchling"  # installs the project itself


def normal(name: str) -> str:
    """The name as packages compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement: str) -> str:
    """`psycopg` of `psycopg[binary]>=3.2`."""
    return normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])


def wanted_by(block: str) -> set[str]:
    """The packages that want the one of this block."""
    return {normal(parent) for parent in re.findall(r"^    #(?: via)? +([\w.-]+)(?: \(.*\))?$", block, re.MULTILINE)}


def main() -> None:
    """Follow the lines until nothing is new."""
    blocks = {name_of(block): block.rstrip() for block in re.split(r"\n(?=\w)", (ROOT / "requirements.lock").read_text())}
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    found = {name_of(one) for one in [*declared, BUILD, *sys.argv[1:]]}
    while new := {name for name, block in blocks.items() if wanted_by(block) & found} - found:
        found |= new
    print("\n".join(blocks[name] for name in sorted(found)))


if __name__ == "__main__":
    main()
