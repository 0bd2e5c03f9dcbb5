"""What a signal is known by inside the engine: its drawn name, marked when it stays in its instance."""

from lxml import etree

from engine.bpmn.xml import extension

INSTANCE = "processInstance"
_INSIDE = "\ue000"  # a character of no script, so that no drawn name begins with it


def name_of(signal: etree._Element) -> str:
    """Of a drawn `bpmn:signal`."""
    name = signal.get("name", "")
    return inside(name) if extension(signal, "scope") == INSTANCE else name


def inside(name: str) -> str:
    """The name of a signal that stays in its instance."""
    return _INSIDE + name


def is_inside(name: str) -> bool:
    """The signal concerns the instance that throws it, and nobody else."""
    return name.startswith(_INSIDE)


def drawn(name: str) -> str:
    """As a person named it."""
    return name.removeprefix(_INSIDE)
