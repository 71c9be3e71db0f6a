"""What every page's shell needs: menu, counts, person, theme."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from guiju.kernel.authority.actor import Actor
from guiju.kernel.duties import selectors as duties
from guiju.kernel.notices.models import Notice
from guiju.ui.rooms import all_rooms


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor behind a request, as of now; worked out once a request.

    Raises:
        LookupError: the account belongs to no person.
    """
    found: Actor | None = getattr(request, "guiju_actor", None)
    if found is None:
        found = Actor.of(request.user, timezone.now())  # type: ignore[arg-type]
        request.guiju_actor = found  # type: ignore[attr-defined]
    return found


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's context for signed-in people; next to nothing for everybody else."""
    base: dict[str, Any] = {
        "demo": settings.ENV.demo,
        "html_lang": "en" if (get_language() or "").startswith("en") else "zh-CN",
        "now": timezone.now(),
        "theme": getattr(getattr(request, "user", None), "theme", "system"),
    }
    user = getattr(request, "user", None)
    if (
        user is None
        or not user.is_authenticated
        or getattr(user, "person", None) is None
        or request.headers.get("HX-Request")
    ):
        return base
    actor = actor_of(request)
    groups: dict[Any, list[Any]] = {}
    for room in all_rooms():
        groups.setdefault(room.group, []).append({"room": room, "late": room.count(actor) if room.count else 0})
    return base | {
        "actor": actor,
        "menu": list(groups.items()),
        "counts": duties.desk_counts(actor, base["now"]),
        "unread": Notice.objects.filter(person=actor.person_id, read_at__isnull=True).count(),
        "rooms": all_rooms(),
    }
