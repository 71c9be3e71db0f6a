"""Reads rulebook files strictly: whatever is unknown, repeated, missing or badly referred to fails with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from guiju.law.expressions import ExpressionError, compile_expression, names_used, numbers_used
from guiju.law.schema import Clause, Owner, Regulation, Rulebook

FOLDER = Path(__file__).resolve().parent.parent / "rulebook"
EXPRESSION_FIELDS = frozenset(
    {
        "when",
        "that",
        "instance",
        "each",
        "items",
        "amount",
        "anchor",
        "at",
        "item",
        "period",
        "count",
        "once_per",
        "group_by",
        "everyone_of",
        "unit_of",
        "days",
        "day",
        "months",
        "opens_months",
        "value",
    }
)


class RulebookError(ValueError):
    """A rulebook file is wrong; the message names file, line and reason."""


class Lines(dict[tuple[Any, ...], int]):
    """Line numbers by path, to place a complaint of the schema."""

    def of(self, path: tuple[Any, ...]) -> int:
        while path and path not in self:
            path = path[:-1]
        return self.get(path, 1)


class StrictLoader(yaml.SafeLoader):
    """YAML in which only ``true`` and ``false`` are truth values: ``on`` is a word here."""


StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def load_rulebook(folder: Path | None = None) -> Rulebook:
    """Load every ``RNN-*.yaml`` of a folder.

    Args:
        folder: where the files lie; by default the product's own rulebook, which is read once a process.

    Raises:
        RulebookError: a file is wrong.
    """
    return _own_rulebook() if folder is None else _load(folder)


@cache
def _own_rulebook() -> Rulebook:
    return _load(FOLDER)


def _load(folder: Path) -> Rulebook:
    files = sorted(folder.glob("R[0-9][0-9]-*.yaml"))
    if not files:
        raise RulebookError(f"{folder}: no rulebook file (RNN-name.yaml) here")
    parts: dict[str, list[dict[str, Any]]] = {}
    for path in files:
        regulation = load_regulation(path)
        parts.setdefault(regulation.regulation, []).append({"path": path, "regulation": regulation})
    for number, found in parts.items():
        if len(found) > 1:
            raise RulebookError(f"{found[1]['path']}: {number} has a file already, {found[0]['path']}")
    return Rulebook(regulations={number: found[0]["regulation"] for number, found in parts.items()})


def load_regulation(path: Path) -> Regulation:
    """Load one regulation from ``RNN-slug.yaml`` and, where a folder ``RNN-slug/`` lies beside it, its chapters' clauses.

    Raises:
        RulebookError: with file, line and reason.
    """
    data, lines = read_yaml(path)
    sources = [(path, lines, 0)]
    chapters = sorted(path.with_suffix("").glob("*.yaml"))
    for chapter in chapters:
        more, chapter_lines = read_yaml(chapter)
        if set(more) - {"clauses", "parameters", "tables"}:
            raise RulebookError(f"{chapter}:1: a chapter holds clauses, parameters and tables only")
        sources.append((chapter, chapter_lines, len(data.setdefault("clauses", []))))
        data["clauses"].extend(more.get("clauses", []))
        for section in ("parameters", "tables"):
            for name, value in more.get(section, {}).items():
                if name in data.setdefault(section, {}):
                    raise RulebookError(
                        f"{chapter}:{chapter_lines.of((section, name))}: «{name}» stands in {path.name} already"
                    )
                data[section][name] = value
    try:
        regulation = Regulation.model_validate(data)
    except ValidationError as error:
        raise RulebookError(_placed(error, sources)) from error
    _check(regulation, sources)
    return regulation


def _placed(error: ValidationError, sources: list[tuple[Path, Lines, int]]) -> str:
    first = error.errors()[0]
    location = tuple(first["loc"])
    path, line = _place(location, sources)
    where = ".".join(str(part) for part in location)
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{path}:{line}: {where}: {first['msg']}{more}"


def _place(location: tuple[Any, ...], sources: list[tuple[Path, Lines, int]]) -> tuple[Path, int]:
    if location[:1] == ("clauses",) and len(location) > 1 and isinstance(location[1], int):
        path, lines, offset = next(s for s in reversed(sources) if s[2] <= location[1])
        return path, lines.of(("clauses", location[1] - offset, *location[2:]))
    for path, lines, _ in sources:
        if location[:2] in lines:
            return path, lines.of(location)
    return sources[0][0], sources[0][1].of(location)


def read_yaml(path: Path) -> tuple[dict[str, Any], Lines]:
    """Read a YAML mapping and the line of each of its parts.

    Raises:
        RulebookError: no YAML, no mapping, or a key that stands twice.
    """
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=StrictLoader)
    except yaml.YAMLError as error:
        raise RulebookError(f"{path}: {error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise RulebookError(f"{path}:1: a rulebook file is a mapping")
    lines = Lines()
    constructor = StrictLoader("")
    data = _construct(node, (), lines, path, constructor)
    return data, lines


def _construct(node: yaml.Node, at: tuple[Any, ...], lines: Lines, path: Path, loader: yaml.SafeLoader) -> Any:
    lines[at] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            if key in result:
                raise RulebookError(f"{path}:{key_node.start_mark.line + 1}: «{key}» stands twice")
            result[key] = _construct(value_node, (*at, key), lines, path, loader)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_construct(part, (*at, index), lines, path, loader) for index, part in enumerate(node.value)]
    return loader.construct_object(node, deep=True)


def _check(regulation: Regulation, sources: list[tuple[Path, Lines, int]]) -> None:
    def fail(location: tuple[Any, ...], reason: str) -> None:
        path, line = _place(location, sources)
        raise RulebookError(f"{path}:{line}: {reason}")

    seen: dict[str, int] = {}
    for index, clause in enumerate(regulation.clauses):
        here = ("clauses", index)
        if not clause.id.startswith(regulation.regulation):
            fail(here, f"{clause.id} is no clause of {regulation.regulation}")
        if clause.id in seen:
            fail(here, f"{clause.id} stands twice")
        seen[clause.id] = index
    for index, clause in enumerate(regulation.clauses):
        for reason in _clause_faults(clause, regulation, set(seen)):
            fail(("clauses", index), f"{clause.id}: {reason}")
    for name, parameter in regulation.parameters.items():
        if parameter.clause not in seen:
            fail(("parameters", name), f"parameter «{name}» refers to {parameter.clause}, which is not here")
    for name, table in regulation.tables.items():
        for reason in _expression_faults(table, regulation):
            fail(("tables", name), reason)
        if table.clause not in seen:
            fail(("tables", name), f"table «{name}» refers to {table.clause}, which is not here")


def _clause_faults(clause: Clause, regulation: Regulation, known: set[str]) -> Iterator[str]:
    for rule in clause.rules():
        for other in getattr(rule, "also", ()):
            if other[:3] == regulation.regulation and other not in known:
                yield f"also names {other}, which is not here"
        yield from _expression_faults(rule, regulation)
    names = [rule.name for rule in (*clause.duties, *clause.periodic)]
    if len(names) != len(set(names)):
        yield "several duties need names that differ"


def _expression_faults(shape: BaseModel, regulation: Regulation) -> Iterator[str]:
    for field, text in _expressions(shape):
        try:
            compile_expression(text)
        except ExpressionError as error:
            yield f"{field}: {error}"
            continue
        for name in sorted(names_used(text, "param") - set(regulation.parameters)):
            yield f"{field}: parameter «{name}» is not declared"
        for name in sorted(names_used(text, "table") - set(regulation.tables)):
            yield f"{field}: table «{name}» is not declared"
        numbers = numbers_used(text)
        if numbers:
            yield f"{field}: {numbers[0]} must be a dated parameter"


def _expressions(shape: BaseModel) -> Iterator[tuple[str, str]]:
    """Yield every expression inside a shape with the name of its field."""
    for name in type(shape).model_fields:
        yield from _expressions_in(name, getattr(shape, name), shape)


def _expressions_in(name: str, value: Any, owner: BaseModel) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        yield from _expressions(value)
    elif isinstance(value, tuple) and not hasattr(value, "_fields"):
        for part in value:
            if isinstance(part, BaseModel):
                yield from _expressions(part)
            elif name == "choice":
                yield name, part
    elif isinstance(value, dict) and name in ("limit", "values", "data"):
        yield from ((f"{name}.{key}", text) for key, text in value.items() if isinstance(text, str))
    elif isinstance(value, str):
        if name in ("role", "time") and value.startswith("="):
            yield name, value[1:]
        elif name in EXPRESSION_FIELDS or (name in ("unit", "person") and isinstance(owner, Owner)):
            yield name, value
