"""How a form is called: by the name of its file, and by the id it has inside, which is what other tools write."""

import json
from pathlib import PurePosixPath


def keys_of(file: str, content: bytes) -> frozenset[str]:
    """Every key a task may name this form by; what is no JSON has its file name only."""
    try:
        inside = json.loads(content)
    except (ValueError, RecursionError):
        inside = None
    id_ = inside.get("id") if isinstance(inside, dict) else None
    return frozenset({PurePosixPath(file).stem, *([id_] if isinstance(id_, str) and id_ else [])})
