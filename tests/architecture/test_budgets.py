"""Fences that no linter has: sizes of functions, modules and templates, and no address of a package registry."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION = 80
USUAL_FUNCTION = 40
LONGEST_MODULE = 600
LONGEST_TEMPLATE = 150
#: Hosts from which packages come, spelt so that this file does not name one.
REGISTRY = re.compile(
    r"https?://[\w.-]*(?:"
    + "|".join([r"pypi\." + "org", "python" + "hosted", r"npm" + r"js\.", r"deb\." + "debian"])
    + r")"
)
RESOLVED = re.compile(r'"resolved":\s*"http|--(?:extra-)?index-url|--find-links\s+http|registry\s*=\s*http')


def tracked(*patterns: str) -> list[Path]:
    """Files of the repository, also those not committed yet."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def sources() -> list[Path]:
    return [path for path in tracked("*.py") if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of each function, decorators and docstring left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines


def test_no_function_is_long_and_most_are_short() -> None:
    sizes = [pair for path in sources() for pair in functions(path)]
    assert [(name, lines) for name, lines in sizes if lines > LONGEST_FUNCTION] == []
    of_product = [lines for name, lines in sizes if name.startswith("src/")]
    assert statistics.quantiles(of_product, n=20)[-1] <= USUAL_FUNCTION


def test_no_module_is_long() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {name: lines for name, lines in sizes.items() if lines > LONGEST_MODULE} == {}


def test_no_template_is_long() -> None:
    templates = [path for path in tracked("src/**/*.html") if "templates" in path.parts]
    sizes = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in templates}
    assert {name: lines for name, lines in sizes.items() if lines > LONGEST_TEMPLATE} == {}


@pytest.mark.parametrize("line", ['"resolved": "https://x"', "--index-url https://x", "registry=https://x"])
def test_the_pattern_finds_addresses(line: str) -> None:
    assert RESOLVED.search(line)


def test_no_file_names_a_package_registry() -> None:
    guilty = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path != Path(__file__) and (REGISTRY.search(text) or RESOLVED.search(text)):
            guilty.append(str(path.relative_to(ROOT)))
    assert guilty == []


def test_every_locked_package_has_a_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8"))
        named = [entry for entry in entries if re.match(r"[a-zA-Z0-9]", entry)]
        assert named, lock.name
        assert [entry.split()[0] for entry in named if "--hash=sha256:" not in entry] == [], lock.name


def test_nothing_says_that_it_is_unfinished() -> None:
    words = re.compile(r"\b(?:TO" + "DO|FIX" + r"ME|XX" + r"X)\b")
    guilty = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked("src/**/*.py", "src/**/*.html", "scripts/*")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert guilty == []
