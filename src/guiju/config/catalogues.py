"""Translations: compiled from their readable form when they are out of date. Needs no gettext on the machine."""

from __future__ import annotations

from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parents[1]


def compile_stale() -> list[Path]:
    """Compile each catalogue whose source is newer than its compiled form.

    Returns:
        The sources that were compiled.
    """
    done = []
    for source in sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        draft = target.with_suffix(".mo.draft")
        polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(draft))
        draft.replace(target)
        done.append(source)
    return done
