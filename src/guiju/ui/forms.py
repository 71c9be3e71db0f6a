"""Forms derived from an action's typed input: fields to show, and back from what was posted."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin

from django.http import QueryDict
from django.utils import timezone
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from guiju.kernel.actions.base import Action, Context
from guiju.law.text import T

MARK_SINGLE = ("text", "textarea", "select", "money", "number", "date", "datetime", "hidden")


@dataclass(slots=True)
class FormField:
    """A field as a page shows it."""

    name: str
    label: T
    widget: str
    required: bool
    value: Any = None
    choices: Sequence[tuple[str, T]] = ()
    error: T | None = None
    hint: T | None = None
    rows: list[list[FormField]] = field(default_factory=list)
    wide: bool = False

    @property
    def id(self) -> str:
        """The id of its control."""
        return "f-" + self.name.replace(".", "-")

    @property
    def chosen(self) -> set[str]:
        """The chosen values as text."""
        values = self.value if isinstance(self.value, list | tuple | set) else [self.value]
        return {str(value) for value in values if value not in (None, "")}


def fields_of(
    action: type[Action[Any]],
    ctx: Context[Any],
    *,
    data: Mapping[str, Any] | None = None,
    errors: Mapping[str, T] | None = None,
) -> list[FormField]:
    """Return the fields of an action's form.

    Args:
        action: whose input it is.
        ctx: who and on what, for choices and first values.
        data: what was typed, kept when the form comes back.
        errors: messages by field.
    """
    performer = action()
    values = dict(data) if data is not None else performer.initial(ctx)
    return model_fields(action.Input, values, errors or {}, performer.choices(ctx))


def model_fields(
    model: type[BaseModel],
    values: Mapping[str, Any],
    errors: Mapping[str, T],
    choices: Mapping[str, Sequence[tuple[str, T]]],
    prefix: str = "",
) -> list[FormField]:
    """Return the fields of a model."""
    found = []
    for name, info in model.model_fields.items():
        full = f"{prefix}{name}"
        found.append(_field(full, name, info, values.get(name), errors, choices))
    return found


def _field(
    full: str,
    name: str,
    info: FieldInfo,
    value: Any,
    errors: Mapping[str, T],
    choices: Mapping[str, Sequence[tuple[str, T]]],
) -> FormField:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    kind, options = _kind(info.annotation)
    offered = list(choices.get(name) or _declared(extra) or options)
    widget = str(extra.get("widget") or ("checkboxes" if kind == "many" and offered else kind))
    if kind == "text" and offered and widget == "text":
        widget = "select"
    hint = extra.get("hint")
    made = FormField(
        name=full,
        label=T(info.title or name, str(extra.get("en") or info.title or name)),
        widget=widget,
        required=info.is_required(),
        value=_shown(value if value is not None else (None if info.is_required() else info.default), widget),
        choices=offered,
        error=errors.get(full),
        hint=T(str(hint[0]), str(hint[1])) if isinstance(hint, list | tuple) else None,
        wide=widget in ("textarea", "checkboxes", "rows"),
    )
    if kind == "rows":
        _fill_rows(made, info, value, errors, choices)
    return made


def _fill_rows(
    made: FormField,
    info: FieldInfo,
    value: Any,
    errors: Mapping[str, T],
    choices: Mapping[str, Sequence[tuple[str, T]]],
) -> None:
    made.widget, made.wide = "rows", True
    model = _row_model(info.annotation)
    assert model is not None
    for place, row in enumerate(value or [{}]):
        plain = row if isinstance(row, Mapping) else row.model_dump()
        made.rows.append(model_fields(model, plain, errors, choices, f"{made.name}.{place}."))


def _kind(annotation: Any) -> tuple[str, list[tuple[str, T]]]:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        inner = [a for a in get_args(annotation) if a is not type(None)]
        return _kind(inner[0]) if inner else ("text", [])
    if origin is Literal:
        return "select", [(str(v), T(str(v), str(v))) for v in get_args(annotation)]
    if origin in (list, tuple, set):
        if _row_model(annotation):
            return "rows", []
        parts = get_args(annotation)
        return "many", _kind(parts[0])[1] if parts else []
    simple = {bool: "checkbox", Decimal: "money", int: "number", date: "date", datetime: "datetime"}
    return simple.get(annotation, "text"), []


def _row_model(annotation: Any) -> type[BaseModel] | None:
    for inner in get_args(annotation):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
        found = _row_model(inner)
        if found:
            return found
    return None


def _declared(extra: Mapping[str, Any]) -> list[tuple[str, T]]:
    declared = extra.get("choices")
    return [(str(value), T(*words)) for value, words in declared.items()] if isinstance(declared, Mapping) else []


def _shown(value: Any, widget: str) -> Any:
    if isinstance(value, datetime) and widget == "datetime":
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date) and widget == "date":
        return value.isoformat()
    return value


def posted(action: type[Action[Any]], post: QueryDict) -> dict[str, Any]:
    """Return what was posted as input for an action: empty fields left out, lists and rows put together."""
    return _posted(action.Input, post, "")


def _posted(model: type[BaseModel], post: QueryDict, prefix: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        full = f"{prefix}{name}"
        kind, _ = _kind(info.annotation)
        if kind == "rows":
            rows = _rows(info, post, full)
            if rows:
                data[name] = rows
        elif kind == "many":
            values = [value for value in post.getlist(full) if value != ""]
            if values:
                data[name] = values
        elif kind == "checkbox":
            data[name] = full in post
        elif text := str(post.get(full, "")).strip():
            data[name] = _typed(text, kind)
    return data


def _rows(info: FieldInfo, post: QueryDict, full: str) -> list[dict[str, Any]]:
    model = _row_model(info.annotation)
    assert model is not None
    places = sorted({int(key[len(full) + 1 :].split(".")[0]) for key in post if _is_row_key(key, full)})
    rows = [_posted(model, post, f"{full}.{place}.") for place in places]
    return [row for row in rows if any(value not in (None, "", False, []) for value in row.values())]


def _is_row_key(key: str, full: str) -> bool:
    rest = key[len(full) + 1 :].split(".")
    return key.startswith(f"{full}.") and len(rest) > 1 and rest[0].isdigit()


def _typed(text: str, kind: str) -> Any:
    if kind == "money":
        return text.replace(",", "").replace("，", "").replace("¥", "").strip()
    if kind == "datetime":
        try:
            at = datetime.fromisoformat(text.replace("/", "-"))
        except ValueError:
            return text
        return (at if at.tzinfo else timezone.make_aware(at)).isoformat()
    return text
