"""Every page opens, in both languages, for those who may, and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from guiju.complaints.models import Complaint
from guiju.demo.load import load_demo
from guiju.kernel.actions.models import EventRow
from guiju.kernel.authority.models import Person
from guiju.kernel.duties.models import DutyRow
from guiju.ui.urls import urlpatterns

pytestmark = pytest.mark.django_db
OPEN_TO_ALL = {"login", "login-as"}
ARGUMENTS: dict[str, list[Any]] = {
    "regulation": ["R05"], "clause": ["R05", "R05-C027"], "clause-card": ["R05", "R05-C027"], "list": ["complaint"],
    "list-export": ["complaint"], "act": ["complaint.register"], "object": ["complaint", "TS-{year}-000001"],
    "print": ["complaint", "TS-{year}-000001", "card"], "act-on": ["complaint.rate", "complaint", "TS-{year}-000001"],
    "login-as": ["wang.min"], "approval": [1], "duty-why": [1],
}  # fmt: skip


@pytest.fixture
def demo() -> None:
    load_demo(timezone.now())


def signed_in(code: str, language: str = "zh-hans") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.cookies["guiju-language"] = language
    client.force_login(Person.objects.get(code=code).user)
    return client


def address(name: str) -> str:
    from django.urls import reverse

    year = Complaint.objects.order_by("id").first().number[3:7]
    own = {"approval": [_first_approval()], "duty-why": [DutyRow.objects.filter(holder__code="sun.li").first().pk]}
    args = own.get(name) or [str(a).format(year=year) for a in ARGUMENTS.get(name, [])]
    return reverse(name, args=args)


def _first_approval() -> int:
    from guiju.kernel.duties.models import ApprovalRow

    return ApprovalRow.objects.order_by("id").first().pk


NAMES = sorted(str(pattern.name) for pattern in urlpatterns)


def test_every_address_is_in_this_test() -> None:
    known = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    assert set(NAMES) <= known
    assert {name for name in NAMES if "<" in _route(name)} <= set(ARGUMENTS)


def _route(name: str) -> str:
    return next(str(pattern.pattern) for pattern in urlpatterns if pattern.name == name)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_for_customer_service(demo: None, language: str) -> None:
    client = signed_in("sun.li", language)
    for name in NAMES:
        if name in ("login-as", "logout", "approval"):
            continue
        response = client.get(address(name), follow=True)
        assert response.status_code == 200, (name, response.status_code)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]


def test_nobody_gets_in_without_signing_in(demo: None) -> None:
    client = Client()
    for name in NAMES:
        if name in OPEN_TO_ALL:
            continue
        for method in (client.get, client.post):
            response = method(address(name))
            assert response.status_code == 302, name
            assert response.url.startswith("/login/"), name


def test_reading_pages_changes_nothing(demo: None) -> None:
    client = signed_in("wang.min")
    before = EventRow.objects.count(), list(DutyRow.objects.order_by("id").values())
    for name in NAMES:
        if name not in ("login-as", "logout", "login"):
            client.get(address(name))
    assert (EventRow.objects.count(), list(DutyRow.objects.order_by("id").values())) == before


def test_a_strangers_complaint_is_not_found(demo: None) -> None:
    client = signed_in("chen.gang")
    for name in ("object", "print", "act-on"):
        assert client.get(address(name)).status_code == 404
    assert client.get("/r/complaint/XX-0001/").status_code == 404
    assert "TS-" not in client.get("/r/complaint/").content.decode()
    assert "TS-" not in client.get("/search/?q=林晓燕").content.decode()
    assert b"TS-" not in client.get("/r/complaint/export/").content


def test_an_empty_form_comes_back_with_its_faults_and_what_was_typed(demo: None) -> None:
    client = signed_in("chen.jing")
    before = Complaint.objects.count()
    typed = {
        "customer": "<script>alert(1)</script>",
        "content": "渗水😀",
        "matters": ["质量缺陷"],
        "store": "滨江门店",
        "_key": "k",
    }
    response = client.post("/act/complaint.register/", typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "请选择客户类型" in page
    assert "请选择客户要求" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "渗水😀" in page
    assert Complaint.objects.count() == before


def test_a_double_click_registers_once(demo: None) -> None:
    client = signed_in("chen.jing")
    before = Complaint.objects.count()
    data = {
        "customer": "王" * 200, "customer_type": "终端消费者", "content": "渗水", "matters": ["质量缺陷"], "demands": ["退货"],
        "store": "滨江门店", "source": "现场", "_key": "click",
    }  # fmt: skip
    first = client.post("/act/complaint.register/", data)
    second = client.post("/act/complaint.register/", data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert Complaint.objects.count() == before + 1
    assert client.post("/act/complaint.register/", {**data, "customer": "王" * 3000, "_key": "x"}).status_code == 422


def test_a_form_without_its_token_is_refused(demo: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Person.objects.get(code="chen.jing").user)
    before = Complaint.objects.count()
    assert client.post("/act/complaint.register/", {"customer": "甲"}).status_code == 403
    assert Complaint.objects.count() == before


def test_search_finds_by_name_pinyin_initials_and_phone_tail(demo: None) -> None:
    client = signed_in("sun.li")
    for text in ("林晓燕", "晓燕", "linxiaoyan", "lxy", "1000", "渗水"):
        assert "林晓燕" in client.get("/r/complaint/", {"q": text}).content.decode(), text
    assert client.get("/r/complaint/", {"q": "':* & |!<->\\"}).status_code == 200
