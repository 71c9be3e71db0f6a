"""A rulebook made ready to run: every event name leads straight to the rules that listen to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from guiju.law.expressions import compile_expression
from guiju.law.schema import (
    Clause,
    Derivation,
    DutyRule,
    FindingRule,
    Gate,
    NoticeRule,
    PeriodicRule,
    Regulation,
    RouteRule,
    Rule,
    Rulebook,
    Trigger,
)

compiled_expression = lru_cache(maxsize=8192)(compile_expression)


class Bound(NamedTuple):
    """A rule with the clause and regulation it belongs to, and its key."""

    rule: Any
    clause: Clause
    regulation: Regulation
    key: str
    effective: date


class Hook(NamedTuple):
    """What a trigger of a duty does when its event comes."""

    act: str
    bound: Bound
    trigger: Trigger


@dataclass(slots=True)
class Listeners:
    """Everything that listens to one event name."""

    gates: list[Bound] = field(default_factory=list)
    duties: list[Hook] = field(default_factory=list)
    findings: list[Bound] = field(default_factory=list)
    cleared: list[Hook] = field(default_factory=list)
    routes: list[Hook] = field(default_factory=list)
    derives: list[Bound] = field(default_factory=list)
    notices: list[Bound] = field(default_factory=list)


# The order in which one event acts on the duties of its subject: what ends comes before what begins.
ACTS = ("cancels", "waives", "pauses", "resumes", "done", "reopens", "opens")


class CompiledRulebook:
    """The index of a rulebook by event name."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.listeners: dict[str, Listeners] = defaultdict(Listeners)
        self.periodic: list[Bound] = []
        self.period_starts: set[str] = set()
        self._values: dict[tuple[str, str, date], Any] = {}
        self._rulebook = rulebook
        for regulation in rulebook.regulations.values():
            effective = rulebook.effective_from(regulation.regulation)
            for clause in regulation.clauses:
                for kind, rule in _rules_of(clause):
                    self._add(kind, Bound(rule, clause, regulation, _key(clause, rule), effective))
        for listeners in self.listeners.values():
            listeners.duties.sort(key=lambda hook: ACTS.index(hook.act))
        self.listeners = dict(self.listeners)

    def value(self, regulation: str, name: str, day: date) -> Any:
        """Return a parameter's value on a day."""
        key = (regulation, name, day)
        if key not in self._values:
            if len(self._values) > 200_000:
                self._values.clear()
            self._values[key] = self._rulebook.parameter(regulation, name).value_at(day)
        return self._values[key]

    def _add(self, kind: str, bound: Bound) -> None:
        adders: dict[str, Callable[[Bound], None]] = {
            "duties": self._add_duty,
            "periodic": self._add_periodic,
            "findings": self._add_finding,
            "routes": self._add_route,
        }
        if kind in adders:
            adders[kind](bound)
        else:
            for name in bound.rule.on:
                getattr(self.listeners[name], kind).append(bound)

    def _add_duty(self, bound: Bound) -> None:
        for act in ACTS:
            self._hook("duties", act, bound, getattr(bound.rule, act))

    def _add_periodic(self, bound: Bound) -> None:
        self.periodic.append(bound)
        for trigger in bound.rule.starts:
            self.period_starts.update(trigger.on)

    def _add_finding(self, bound: Bound) -> None:
        for name in bound.rule.on:
            self.listeners[name].findings.append(bound)
        self._hook("cleared", "cleared", bound, bound.rule.cleared)

    def _add_route(self, bound: Bound) -> None:
        self._hook("routes", "opens", bound, bound.rule.opens)

    def _hook(self, family: str, act: str, bound: Bound, triggers: Iterable[Trigger]) -> None:
        for trigger in triggers:
            for name in trigger.on:
                getattr(self.listeners[name], family).append(Hook(act, bound, trigger))


def _rules_of(
    clause: Clause,
) -> list[tuple[str, Rule | DutyRule | PeriodicRule | FindingRule | Gate | RouteRule | Derivation | NoticeRule]]:
    families = ("duties", "periodic", "findings", "gates", "routes", "derives", "notices")
    return [(family, rule) for family in families for rule in getattr(clause, family)]


def _key(clause: Clause, rule: Any) -> str:
    name = getattr(rule, "name", None)
    return f"{clause.id}/{name}" if name else clause.id


_COMPILED: dict[int, tuple[Rulebook, CompiledRulebook]] = {}


def compiled(rulebook: Rulebook) -> CompiledRulebook:
    """Return the index of a rulebook, built once for each rulebook object."""
    found = _COMPILED.get(id(rulebook))
    if found is None or found[0] is not rulebook:
        if len(_COMPILED) > 64:
            _COMPILED.clear()
        found = (rulebook, CompiledRulebook(rulebook))
        _COMPILED[id(rulebook)] = found
    return found[1]
