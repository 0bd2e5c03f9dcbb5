"""Numbers that our own forms carry along: the revision or version a page was shown with."""

DIGITS = 9  # fits every database; more digits are nothing that a page of ours wrote
NONE = -1  # no revision and no version is less than nothing


def of(text: str) -> int:
    """The number in a hidden field or header; NONE for anything else."""
    return int(text) if text.isdecimal() and len(text) <= DIGITS else NONE
