"""Which address leads to which part of the house."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from guiju.config import apps
from guiju.server.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [path("healthz", healthz, name="healthz")]
if apps.has_module("guiju.api.urls"):
    urlpatterns.append(path("api/", include("guiju.api.urls")))
if apps.has_module("guiju.ui.urls"):
    urlpatterns.append(path("", include("guiju.ui.urls")))

handler400 = "guiju.ui.views.errors.bad_request"
handler403 = "guiju.ui.views.errors.forbidden"
handler404 = "guiju.ui.views.errors.not_found"
handler500 = "guiju.ui.views.errors.server_error"
