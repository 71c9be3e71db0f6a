"""Addresses of the API. Its own authentication answers strangers with a problem document, not with the sign-in page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from guiju.api.api import build

patterns, app_name, namespace = build().urls
for pattern in patterns:
    assert pattern.callback is not None
    login_not_required(pattern.callback)

urlpatterns = [path("v1/", (patterns, app_name, namespace))]
