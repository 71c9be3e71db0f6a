"""Logs: one line an event, with a request id, without anything that names a person."""

from __future__ import annotations

import logging
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

#: Keys that identify a person or a device. A log line needs none of them: the audit trail has them.
PERSONAL = frozenset({"ip", "user_agent", "username", "phone", "email", "name", "body", "credentials"})


def without_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop what identifies a person, and the query string, where people type names and phone numbers."""
    for key in PERSONAL & event.keys():
        del event[key]
    request = event.get("request")
    if request is not None:
        event["request"] = str(request).split("?", 1)[0]
    return event


class NoHealthChecks(logging.Filter):
    """Keeps the question "are you well?", asked every few seconds, out of the log; its answer is not an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is worth keeping."""
        said = record.msg.get("request") if isinstance(record.msg, dict) else record.getMessage()
        return not str(said).endswith("/healthz")


def processors() -> list[Processor]:
    """What each log line passes through before it is printed."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.UnicodeDecoder(),
        without_personal_data,
    ]


def configure() -> None:
    """Send structlog's lines through the standard library, so that ours and the libraries' look alike."""
    structlog.configure(
        processors=[*processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging_config(*, style: str) -> dict[str, Any]:
    """Django's LOGGING.

    Args:
        style: `json` for machines, anything else for people.
    """
    final: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": processors(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    final,
                ],
            }
        },
        "filters": {"no_health_checks": {"()": NoHealthChecks}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_health_checks"]}
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "guiju": {"level": "INFO"},
            "django.server": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "axes": {"level": "ERROR"},
            # It would report every HEAD request, whose body it rightly drops.
            "gunicorn.http.wsgi": {"level": "ERROR"},
        },
    }
