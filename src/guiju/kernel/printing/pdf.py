"""PDF from a typst template and plain data. Data stay data: nothing in them is read as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

FONTS = "@expo-google-fonts/noto-sans-sc"


def render(template: Path, data: Mapping[str, Any]) -> bytes:
    """Return a PDF.

    Args:
        template: a ``.typ`` file; it reads ``json(bytes(sys.inputs.data))``.
        data: what the form shows; everything as text, numbers and lists.
    """
    fonts = Path(settings.NODE_MODULES) / FONTS
    return bytes(
        typst.compile(
            template,
            font_paths=[fonts],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=str)},
        )
    )
