"""Third-party files that pages use: taken from `node_modules`, each named here, none committed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Literal, overload

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Warning
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage

#: Path in `node_modules` → the name under which pages ask for it. The stated licence travels with the file.
ASSETS: dict[str, str] = {
    "@tabler/core/dist/css/tabler.min.css": "vendor/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "vendor/tabler.min.js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "vendor/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "vendor/fonts/tabler-icons.woff2",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff": "vendor/fonts/tabler-icons.woff",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.ttf": "vendor/fonts/tabler-icons.ttf",
    "echarts/dist/echarts.min.js": "vendor/echarts.min.js",
    "@alpinejs/csp/dist/cdn.min.js": "vendor/alpine-csp.min.js",
}

_SOURCE_MAP = re.compile(rb"(?://[#@]|/\*[#@])\s*sourceMappingURL=[^\n*]*(?:\*/)?")


class PackageStorage(FileSystemStorage):
    """Reads the listed files of `node_modules` under their public names, without their links to source maps.

    The maps are not served, and the manifest storage refuses a link to a file that it does not have.
    """

    def __init__(self) -> None:
        super().__init__(location=settings.NODE_MODULES)
        self._sources = {public: source for source, public in ASSETS.items()}

    def path(self, name: str) -> str:
        return str(Path(settings.NODE_MODULES) / self._sources.get(name, name))

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        handle: IO[bytes]
        with open(self.path(name), "rb") as handle:
            content = handle.read()
        if name.endswith((".js", ".css")):
            content = _SOURCE_MAP.sub(b"", content)
        return ContentFile(content, name=name)


class PackageFinder(BaseFinder):
    """Finds the listed third-party files, and only those."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: object, **kwargs: object) -> None:
        self.storage = PackageStorage()
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: object) -> list[CheckMessage]:
        missing = [source for source in ASSETS if not (Path(settings.NODE_MODULES) / source).is_file()]
        if not missing:
            return []
        return [Warning(f"not in node_modules: {', '.join(missing)}", hint="run `make install`", id="guiju.W001")]

    @overload
    def find(self, path: str, find_all: Literal[False] = False, **kwargs: object) -> str | None: ...
    @overload
    def find(self, path: str, find_all: Literal[True], **kwargs: object) -> list[str]: ...
    def find(self, path: str, find_all: bool = False, **kwargs: object) -> str | list[str] | None:
        found = self.storage.path(path) if path in ASSETS.values() else None
        exists = found is not None and Path(found).is_file()
        if find_all:
            return [found] if exists and found else []
        return found if exists else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, PackageStorage]]:  # type: ignore[override]
        for source, public in ASSETS.items():
            if (Path(settings.NODE_MODULES) / source).is_file():
                yield public, self.storage
