"""Signing in and out; in the demo, as any of its people with one click."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from guiju.kernel.authority.models import Appointment

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Sign in with account and password; in the demo the people are offered too."""
    error = ""
    if request.method == "POST":
        user = authenticate(
            request, username=request.POST.get("username", "").strip(), password=request.POST.get("password", "")
        )
        if user is not None and hasattr(user, "person"):
            start_session(request, user)
            return _onward(request, user.language)
        error = _("账号或密码不对")
    context = {
        "error": error,
        "username": request.POST.get("username", ""),
        "people": _people() if settings.ENV.demo else [],
    }
    return render(request, "ui/login.html", context, status=401 if error else 200)


@login_not_required
@never_cache
@require_POST
def login_as(request: HttpRequest, code: str) -> HttpResponse:
    """Sign in as one of the demo's people. Only while the demo is on, and only as people without a password."""
    appointment = (
        Appointment.objects.filter(person__code=code, person__user__is_active=True)
        .select_related("person__user")
        .first()
    )
    user = appointment.person.user if appointment else None
    if not settings.ENV.demo or user is None or user.has_usable_password():
        raise Http404
    start_session(request, user, backend=BACKEND)
    return _onward(request, user.language)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    end_session(request)
    return redirect("login")


def _onward(request: HttpRequest, language: str) -> HttpResponse:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = redirect(target if safe else "/")
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or language
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=31_536_000, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def _people() -> list[tuple[object, list[Appointment]]]:
    rows = (
        Appointment.objects.select_related("person__company", "position__unit")
        .filter(person__user__isnull=False)
        .order_by("person__company_id", "person_id")
    )
    groups: dict[object, list[Appointment]] = {}
    for row in rows:
        groups.setdefault(row.person.company, []).append(row)
    return list(groups.items())
