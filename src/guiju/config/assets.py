"""Static files: those of our own apps, and the third-party ones named here. No third-party file is committed.

Libraries bring dozens of files that no page asks for; collecting only what is named keeps the first start short.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder, BaseFinder
from django.core.checks import CheckMessage
from django.core.checks import Warning as Caution
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage

#: Path in `node_modules` → the name under which pages ask for it.
FROM_NPM: dict[str, str] = {
    "@tabler/core/dist/css/tabler.min.css": "vendor/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "vendor/tabler.min.js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "vendor/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "vendor/fonts/tabler-icons.woff2",
    "echarts/dist/echarts.min.js": "vendor/echarts.min.js",
    "@alpinejs/csp/dist/cdn.min.js": "vendor/alpine-csp.min.js",
}
#: Names of static files that Python packages bring, by package: `{% htmx_script %}` asks for these.
FROM_PYTHON: dict[str, tuple[str, ...]] = {
    "django_htmx": ("django_htmx/htmx-2.min.js", "django_htmx/django-htmx.js"),
}

_SOURCE_MAP = re.compile(rb"(?://[#@]|/\*[#@])\s*sourceMappingURL=[^\n*]*(?:\*/)?")
#: Older font formats, beside the one that every browser we support reads.
_OLD_FONTS = re.compile(rb",\s*url\([^)]*\.(?:woff|ttf)\?[^)]*\)\s*format\(\"[a-z]+\"\)")


def sources() -> dict[str, Path]:
    """Public name → file, for every third-party file."""
    found = {public: Path(settings.NODE_MODULES) / source for source, public in FROM_NPM.items()}
    for package, names in FROM_PYTHON.items():
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            found |= {name: Path(folder) / "static" / name for name in names}
    return found


class PackageStorage(FileSystemStorage):
    """Reads the listed files under their public names, without links to files that are not served.

    Those are source maps and fonts in old formats: the manifest storage refuses a link to a file that it does not have.
    """

    def __init__(self) -> None:
        super().__init__(location=settings.NODE_MODULES)
        self.sources = sources()

    def path(self, name: str) -> str:
        return str(self.sources[name])

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        content = self.sources[name].read_bytes()
        if name.endswith((".js", ".css")):
            content = _SOURCE_MAP.sub(b"", content)
        if name.endswith(".css"):
            content = _OLD_FONTS.sub(b"", content)
        return ContentFile(content, name=name)


class PackageFinder(BaseFinder):
    """Finds the listed third-party files, and only those."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: object, **kwargs: object) -> None:
        self.storage = PackageStorage()
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: object) -> list[CheckMessage]:
        missing = [str(path) for path in self.storage.sources.values() if not path.is_file()]
        if not missing:
            return []
        return [Caution(f"page assets are missing: {', '.join(missing)}", hint="run `make install`", id="guiju.W001")]

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> Any:
        """The file of a public name; an empty list when there is none, as Django wants it."""
        source = self.storage.sources.get(path)
        if source is None or not source.is_file():
            return []
        return [str(source)] if find_all else str(source)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, PackageStorage]]:
        for public, source in self.storage.sources.items():
            if source.is_file():
                yield public, self.storage


class OwnAppsFinder(AppDirectoriesFinder):
    """Finds the static files of our own apps; what libraries bring is named above."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: object, **kwargs: object) -> None:
        super().__init__(app_names, *args, **kwargs)
        self.apps = [name for name in self.apps if name.startswith("guiju.")]
        self.storages = {name: storage for name, storage in self.storages.items() if name.startswith("guiju.")}
