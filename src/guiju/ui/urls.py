"""Addresses of the pages."""

from __future__ import annotations

from django.urls import path

from guiju.ui.views import (
    acts,
    approvals,
    desk,
    lists,
    me,
    notices,
    objects,
    penalties,
    rules,
    search,
    settings,
    signin,
    why,
)

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("login/", signin.login, name="login"),
    path("login/as/<str:code>/", signin.login_as, name="login-as"),
    path("logout/", signin.logout, name="logout"),
    path("me/", me.profile, name="me"),
    path("approvals/", approvals.inbox, name="approvals"),
    path("approvals/<int:pk>/", approvals.detail, name="approval"),
    path("penalties/", penalties.to_assess, name="penalties"),
    path("notices/", notices.inbox, name="notices"),
    path("search/", search.results, name="search"),
    path("palette/", search.palette, name="palette"),
    path("rules/", rules.index, name="rules"),
    path("rules/<str:regulation>/", rules.regulation, name="regulation"),
    path("rules/<str:regulation>/<str:clause>/", rules.clause, name="clause"),
    path("rules/<str:regulation>/<str:clause>/card/", rules.card, name="clause-card"),
    path("duty/<int:pk>/why/", why.duty, name="duty-why"),
    path("act/<str:name>/", acts.act, name="act"),
    path("act/<str:name>/<str:kind>/<str:number>/", acts.act_on, name="act-on"),
    path("settings/people/", settings.people, name="settings-people"),
    path("settings/units/", settings.units, name="settings-units"),
    path("settings/parameters/", settings.parameters, name="settings-parameters"),
    path("settings/calendar/", settings.calendar, name="settings-calendar"),
    path("register/", acts.register_menu, name="register"),
    path("r/<str:kind>/", lists.records, name="list"),
    path("r/<str:kind>/export/", lists.export, name="list-export"),
    path("r/<str:kind>/<str:number>/", objects.detail, name="object"),
    path("r/<str:kind>/<str:number>/print/<str:form>/", objects.print_form, name="print"),
]
