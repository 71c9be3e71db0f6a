"""One's own page: language, theme, density, keys."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from guiju.kernel.authority.models import User

THEMES = ("system", "light", "dark")
DENSITIES = ("dense", "normal", "roomy")
LANGUAGES = ("zh-hans", "en")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show or keep how a person wants the pages."""
    if request.method == "POST":
        user = request.user
        assert isinstance(user, User)
        wishes = {"theme": THEMES, "density": DENSITIES, "language": LANGUAGES}
        for name, allowed in wishes.items():
            if request.POST.get(name) in allowed:
                setattr(user, name, request.POST[name])
        if "single_keys" in request.POST:
            user.single_keys = request.POST["single_keys"] == "on"
        user.save(update_fields=["theme", "density", "language", "single_keys"])
        target = request.POST.get("_next", "")
        response = redirect(target if target.startswith("/") and not target.startswith("//") else "me")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=31_536_000,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response
    return render(request, "ui/me.html", {"themes": THEMES, "densities": DENSITIES})
