"""The rulebook's expression language: a small, safe subset of Python expressions, compiled once.

Names are looked up in the event's data, then in the subject's facts (the last known value of each field); an unknown name is
``None``. ``param.x`` is a dated parameter, ``table.x`` a decision table. Comparisons with ``None`` are false. Functions look at the
subject's own history only.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol


class Scope(Protocol):
    """What an expression may ask."""

    def name(self, name: str) -> Any: ...
    def parameter(self, name: str) -> Any: ...
    def table(self, name: str) -> Any: ...
    def call(self, name: str, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any: ...


class ExpressionError(ValueError):
    """The text is no expression of this language."""


Compiled = Callable[[Scope], Any]

FUNCTIONS: frozenset[str] = frozenset(
    {
        "happened",  # happened("event", field=value): has it occurred on this subject so far?
        "count",  # count("event", field=value): how often
        "collected",  # collected("event", "field", field=value): the field's values so far, in order
        "total",  # total("event", "field"): their sum
        "last",  # last("event", "field"): the field's last value
        "time_of",  # time_of("event"): when it last occurred
        "missing",  # missing(wanted, present): what of the first list is not in the second, a list or a form's filled fields
        "head_of",  # head_of("department"): title of its head by the regulation's table
        "planned",  # planned(): the planned time an event carries
        "size",  # size(list): how many
        "own",  # own(): is the event about this very subject, and does not only name it?
        "heads_of",  # heads_of(list): the titles of several departments' heads
        "column",  # column(rows, "field", other=value): the field of every row, of rows that match
        "percent",  # percent(part, whole): as text with one decimal
        "lowest",
        "highest",
        "absolute",
        "joined",  # joined(list): for messages
        "days_between",  # days_between(earlier, later): whole calendar days
        "field",  # field("name with spaces"): a name that is no identifier
        "row",  # row("field"): a field of the row a duty was opened for
        "name_of",  # name_of("kind:name"): the name alone
    }
)

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_KEYWORDS = {"true": True, "false": False, "none": None}


def compile_expression(text: str) -> Compiled:
    """Compile an expression.

    Args:
        text: the expression, such as ``amount >= param.large_settlement and not happened("plan.approved")``.

    Raises:
        ExpressionError: it uses something outside the language, with what and where.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise ExpressionError(f"«{text}»: {error.msg}") from error
    return _compile(tree.body, text)


def names_used(text: str, root: str) -> set[str]:
    """Return the names after ``param.`` or ``table.`` that an expression uses."""
    tree = ast.parse(text.strip(), mode="eval")
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == root
    }


def numbers_used(text: str) -> list[Any]:
    """Return the numbers written out in an expression, 0 and 1 left out: they belong into parameters."""
    tree = ast.parse(text.strip(), mode="eval")
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and node.value not in (0, 1)
    ]


def _compile(node: ast.expr, text: str) -> Compiled:
    handler = _HANDLERS.get(type(node))
    if handler is None:
        raise ExpressionError(f"«{text}»: {type(node).__name__} is not part of the language")
    return handler(node, text)


def _constant(node: ast.Constant, text: str) -> Compiled:
    value = Decimal(str(node.value)) if isinstance(node.value, float) else node.value
    return lambda scope: value


def _name(node: ast.Name, text: str) -> Compiled:
    if node.id in _KEYWORDS:
        value = _KEYWORDS[node.id]
        return lambda scope: value
    wanted = node.id
    return lambda scope: scope.name(wanted)


def _attribute(node: ast.Attribute, text: str) -> Compiled:
    if not isinstance(node.value, ast.Name) or node.value.id not in ("param", "table"):
        raise ExpressionError(f"«{text}»: only param.x and table.x have a dot")
    wanted = node.attr
    if node.value.id == "param":
        return lambda scope: scope.parameter(wanted)
    return lambda scope: scope.table(wanted)


def _list(node: ast.List | ast.Tuple, text: str) -> Compiled:
    parts = [_compile(part, text) for part in node.elts]
    return lambda scope: [part(scope) for part in parts]


def _bool(node: ast.BoolOp, text: str) -> Compiled:
    parts = [_compile(part, text) for part in node.values]
    if isinstance(node.op, ast.And):
        return lambda scope: all(part(scope) for part in parts)

    def either(scope: Scope) -> Any:
        value = None
        for part in parts:
            value = part(scope)
            if value:
                break
        return value

    return either


def _unary(node: ast.UnaryOp, text: str) -> Compiled:
    inner = _compile(node.operand, text)
    if isinstance(node.op, ast.Not):
        return lambda scope: not inner(scope)
    if isinstance(node.op, ast.USub):
        return lambda scope: -number(inner(scope))
    raise ExpressionError(f"«{text}»: unknown sign")


def _binary(node: ast.BinOp, text: str) -> Compiled:
    act = _BINARY.get(type(node.op))
    if act is None:
        raise ExpressionError(f"«{text}»: {type(node.op).__name__} is not part of the language")
    left, right = _compile(node.left, text), _compile(node.right, text)

    def compute(scope: Scope) -> Any:
        a, b = number(left(scope)), number(right(scope))
        if a is None or b is None or isinstance(a, list) is not isinstance(b, list):
            return None
        return None if act is operator.truediv and not b else act(a, b)

    return compute


def _compare(node: ast.Compare, text: str) -> Compiled:
    operands = [_compile(part, text) for part in (node.left, *node.comparators)]
    tests = [_comparison(op, text) for op in node.ops]

    def compute(scope: Scope) -> bool:
        values = [operand(scope) for operand in operands]
        return all(test(values[i], values[i + 1]) for i, test in enumerate(tests))

    return compute


def _comparison(op: ast.cmpop, text: str) -> Callable[[Any, Any], bool]:
    if isinstance(op, ast.Eq):
        return same
    if isinstance(op, ast.NotEq):
        return lambda a, b: not same(a, b)
    if isinstance(op, ast.In):
        return lambda a, b: any(same(a, item) for item in (b or ()))
    if isinstance(op, ast.NotIn):
        return lambda a, b: not any(same(a, item) for item in (b or ()))
    act = _COMPARE.get(type(op))
    if act is None:
        raise ExpressionError(f"«{text}»: {type(op).__name__} is not part of the language")

    def ordered(a: Any, b: Any) -> bool:
        if a is None or b is None:
            return False
        return act(a, b) if isinstance(a, date) and isinstance(b, date) else act(number(a), number(b))

    return ordered


def _call(node: ast.Call, text: str) -> Compiled:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        raise ExpressionError(f"«{text}»: unknown function; known are {', '.join(sorted(FUNCTIONS))}")
    name = node.func.id
    args = [_compile(arg, text) for arg in node.args]
    keywords = {keyword.arg: _compile(keyword.value, text) for keyword in node.keywords if keyword.arg}
    return lambda scope: scope.call(name, [a(scope) for a in args], {k: v(scope) for k, v in keywords.items()})


def _conditional(node: ast.IfExp, text: str) -> Compiled:
    test, then, other = (_compile(part, text) for part in (node.test, node.body, node.orelse))
    return lambda scope: then(scope) if test(scope) else other(scope)


_HANDLERS: dict[type[ast.expr], Callable[[Any, str], Compiled]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.List: _list,
    ast.Tuple: _list,
    ast.BoolOp: _bool,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.Call: _call,
    ast.IfExp: _conditional,
}


def number(value: Any) -> Any:
    """Return money and counts as ``Decimal`` whatever way they were written; leave everything else."""
    if isinstance(value, bool) or value is None or isinstance(value, Decimal | datetime):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, str):
        try:
            return Decimal(value.replace(",", ""))
        except ArithmeticError:
            return value
    return value


def same(a: Any, b: Any) -> bool:
    """Compare two values as people would: 1, 1.0 and "1.00" are one amount."""
    if a == b:
        return True
    if a is None or b is None or isinstance(a, bool) or isinstance(b, bool):
        return False
    return bool(number(a) == number(b))
