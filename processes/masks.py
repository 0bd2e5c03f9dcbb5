"""Personal data as those see it who need not know them (data_and_kpis.md 4.2): 王*, 138****0001, 6222****0005."""

SHORTEST = 7  # three digits before, four after


def name(text: str | None) -> str | None:
    """The first character of a name."""
    return f"{text[0]}*" if text else text


def number(text: str | None) -> str | None:
    """A phone or an account number: three (four of a long one) digits before, four after."""
    if not text:
        return text
    if len(text) < SHORTEST:
        return "****"
    return f"{text[: 4 if len(text) > 11 else 3]}****{text[-4:]}"


def email(text: str | None) -> str | None:
    """The first character, and where the mailbox is."""
    if not text:
        return text
    box, _, host = text.partition("@")
    return f"{box[:1]}***@{host}"


def address(text: str | None) -> str | None:
    """The first six characters: the town."""
    return f"{text[:6]}****" if text else text
