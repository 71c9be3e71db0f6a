"""The only writers of complaints."""

from guiju.complaints.actions import closing, decisions, handling, importing, intake, statistics, supervision

__all__ = ["closing", "decisions", "handling", "importing", "intake", "statistics", "supervision"]
