"""The scenario file: read strictly, with line and reason where it is wrong."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from guiju.law.facts import SUBJECT
from guiju.law.loader import RulebookError, read_yaml
from guiju.law.scope import moment

SECTIONS = ("duties", "penalties", "approvals", "refusals", "notices", "stages")


class ScenarioError(ValueError):
    """A scenario file is wrong; the message names file, line and reason."""


def _moment(value: Any) -> Any:
    if isinstance(value, str | date | datetime):
        return moment(value)
    raise ValueError("give a time such as 2026-03-01T10:00")


At = Annotated[tuple[datetime, bool], BeforeValidator(_moment)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, arbitrary_types_allowed=True)


class StepSpec(_Shape):
    """One step: a raw event, or an act that a person performs (``as`` … ``do`` … ``with``)."""

    at: At
    event: str | None = None
    subject: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)
    recorded_at: At | None = None
    actor: str | None = Field(default=None, alias="as")
    do: str | None = None
    on: str | None = None
    input: dict[str, Any] = Field(default_factory=dict, alias="with")
    name: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> StepSpec:
        if bool(self.event) == bool(self.do):
            raise ValueError("a step has either an event or an act (do)")
        if self.event and not (self.subject and SUBJECT.match(self.subject)):
            raise ValueError("an event needs a subject of the form kind:name")
        if self.do and not self.actor:
            raise ValueError("an act needs the person who does it (as)")
        return self


class Expectation(_Shape):
    """What must result; each entry must match a result of its own, ``none: true`` says that nothing may match."""

    duties: list[dict[str, Any]] = Field(default_factory=list)
    penalties: list[dict[str, Any]] = Field(default_factory=list)
    approvals: list[dict[str, Any]] = Field(default_factory=list)
    refusals: list[dict[str, Any]] = Field(default_factory=list)
    notices: list[dict[str, Any]] = Field(default_factory=list)
    stages: list[dict[str, Any]] = Field(default_factory=list)
    records: list[dict[str, Any]] = Field(default_factory=list)


class Check(_Shape):
    """Expectations as of one instant."""

    as_of: At
    expect: Expectation


class Scenario(_Shape):
    """A scenario: steps on a virtual clock, and what must come of them as of one or several instants."""

    clause: Annotated[list[str], BeforeValidator(lambda v: v if isinstance(v, list) else [v])]
    title: str
    calendar: str | dict[str, Any] = "cn"
    overrides: dict[str, dict[date, Any]] = Field(default_factory=dict)
    effective: dict[str, date] = Field(default_factory=dict)
    steps: list[StepSpec] = Field(min_length=1)
    as_of: At | None = None
    expect: Expectation = Field(default_factory=Expectation)
    checks: list[Check] = Field(default_factory=list)

    def all_checks(self, as_of: datetime | None = None) -> list[Check]:
        """Return every check; the plain ``expect`` holds as of ``as_of``, by default right after the last step."""
        last = as_of or (self.as_of[0] if self.as_of else max(step.at[0] for step in self.steps))
        return [*self.checks, Check(as_of=last, expect=self.expect)]

    @property
    def needs_rooms(self) -> bool:
        """Return whether a step is an act, which goes through everything."""
        return any(step.do for step in self.steps)


def load_scenario(path: Path) -> Scenario:
    """Load a scenario file.

    Raises:
        ScenarioError: with file, line and reason.
    """
    try:
        data, lines = read_yaml(path)
    except (RulebookError, OSError, yaml.YAMLError) as error:
        raise ScenarioError(str(error)) from error
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        location = tuple(first["loc"])
        where = ".".join(str(part) for part in location)
        raise ScenarioError(f"{path}:{lines.of(location)}: {where}: {first['msg']}") from error
