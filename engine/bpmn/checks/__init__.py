"""Checks of a deployment before anything of it is executed.

One rule a file: `RULE` is its id, `check(given)` yields problems. `run` asks them all. What the engine underneath would
ignore or misread without a word is an error here; what people will miss is a warning.
"""

from engine.bpmn.checks.run import run

__all__ = ["run"]
