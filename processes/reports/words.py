"""Definitions are data, in both languages of the product."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The same said in English and in Chinese."""

    en: str
    zh: str

    def said(self, locale: str) -> str:
        """In this language."""
        return self.zh if locale == "zh" else self.en
