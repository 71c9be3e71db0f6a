"""Text in the two languages of the product."""

from __future__ import annotations

from typing import NamedTuple


class T(NamedTuple):
    """A text that people read, in Chinese (the default) and English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the text for a language code such as ``zh-hans`` or ``en``."""
        return self.en if language.startswith("en") else self.zh

    def format(self, **values: object) -> T:
        """Return both texts with ``{name}`` places filled; ``T`` values are filled per language."""

        def fill(template: str, language: str) -> str:
            shown = {k: v.in_language(language) if isinstance(v, T) else v for k, v in values.items()}
            return template.format(**shown)

        return T(fill(self.zh, "zh"), fill(self.en, "en"))
