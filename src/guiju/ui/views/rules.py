"""The rulebook reader: regulations, clauses with their values over time, what serves them, flow chart, the month's figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guiju.kernel.authority.actor import Actor
from guiju.kernel.duties.selectors import clause_figures
from guiju.kernel.regulations.books import rulebook_for
from guiju.kernel.regulations.coverage import clause_sheet
from guiju.kernel.regulations.models import Interpretation
from guiju.law.schema import Clause, Regulation, Rulebook
from guiju.ui.context import actor_of
from guiju.ui.flow import flow_of
from guiju.ui.format import rate


def _regulation(book: Rulebook, number: str) -> Regulation:
    found = book.regulations.get(number)
    if found is None:
        raise Http404
    return found


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the regulations; a search shows the clauses that hold the words."""
    book = rulebook_for(actor_of(request).company_id)
    text = request.GET.get("q", "").strip()[:60]
    found = [c for c in book.clauses.values() if text and text.lower() in f"{c.id}{c.text.zh}{c.text.en}".lower()]
    if not text and book.regulations:
        return redirect("regulation", min(book.regulations))
    return render(
        request, "ui/rules.html", {"book": book, "regulations": _sorted(book), "found": found[:100], "q": text}
    )


@require_safe
def regulation(request: HttpRequest, regulation: str) -> HttpResponse:
    """Show a regulation with its clauses and missing articles."""
    book = rulebook_for(actor_of(request).company_id)
    chosen = _regulation(book, regulation)
    context = {
        "book": book,
        "regulations": _sorted(book),
        "chosen": chosen,
        "clauses": _clauses(chosen),
        "flow": flow_of(regulation),
    }
    return render(request, "ui/rules.html", context | _notes(actor_of(request), chosen))


@require_safe
def clause(request: HttpRequest, regulation: str, clause: str) -> HttpResponse:
    """Show a clause: words, values over time, what serves it, what it did this month."""
    actor, now = actor_of(request), timezone.now()
    book = rulebook_for(actor.company_id)
    chosen = _regulation(book, regulation)
    found = next((c for c in chosen.clauses if c.id == clause), None)
    if found is None:
        raise Http404
    context = {
        "book": book,
        "regulations": _sorted(book),
        "chosen": chosen,
        "clauses": _clauses(chosen),
        "clause": found,
        "values": _values(book, chosen, found),
        "served": _served(found),
        "figures": _figures(actor, found, now),
        "notes": Interpretation.objects.filter(company_id=actor.company_id, clause=found.id)
        .select_related("by")
        .order_by("at"),
        "may_annotate": actor.in_unit(chosen.owner),
        "flow": flow_of(regulation, clause=found.id),
        "now": now,
    }
    return render(request, "ui/rules.html", context)


@require_safe
def card(request: HttpRequest, regulation: str, clause: str) -> HttpResponse:
    """Return a clause as a small card, for its chip."""
    found = rulebook_for(actor_of(request).company_id).clauses.get(clause)
    if found is None:
        raise Http404
    return render(request, "ui/parts/clause_card.html", {"clause": found})


def _sorted(book: Rulebook) -> list[Regulation]:
    return [book.regulations[number] for number in sorted(book.regulations)]


def _clauses(chosen: Regulation) -> list[Clause]:
    return sorted(chosen.clauses, key=lambda c: c.id)


def _notes(actor: Actor, chosen: Regulation) -> dict[str, Any]:
    confirmed = {
        note.clause.partition("-")[2]: note
        for note in Interpretation.objects.filter(
            company_id=actor.company_id, clause__startswith=f"{chosen.regulation}-第"
        ).select_related("by")
    }
    gaps = [(gap, confirmed.get(gap.article)) for gap in chosen.gaps]
    return {"gaps": gaps, "may_annotate": actor.in_unit(chosen.owner), "effective": chosen.effective_from}


def _values(book: Rulebook, chosen: Regulation, found: Clause) -> list[dict[str, Any]]:
    rows = []
    today = timezone.localdate()
    for name in chosen.parameters:
        parameter = book.parameter(chosen.regulation, name)
        if parameter.clause == found.id:
            rows.append(
                {
                    "name": name,
                    "parameter": parameter,
                    "now": parameter.value_at(today),
                    "values": sorted(parameter.values.items()),
                }
            )
    return rows


def _served(found: Clause) -> list[tuple[str, list[str]]]:
    sheet = next(row for row in clause_sheet() if row["id"] == found.id)
    return [(kind, names) for kind, names in sheet["served_by"].items() if names and kind != "guide"]


def _figures(actor: Actor, found: Clause, now: Any) -> dict[str, Any] | None:
    begin = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    figures = clause_figures(actor.company_id, found.id[:3], begin, now + timedelta(seconds=1)).get(found.id)
    if figures is None:
        return None
    return figures | {"rate": rate(figures["on_time"], figures["on_time"] + figures["late"])}
