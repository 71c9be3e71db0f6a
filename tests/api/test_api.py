"""The API: tokens, scopes, every action and list, problem documents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from guiju.api.models import issue
from guiju.complaints.models import Complaint
from guiju.demo.load import load_demo
from guiju.kernel.actions.registry import all_actions
from guiju.kernel.authority.models import Person

pytestmark = pytest.mark.django_db
CASE = {
    "customer": "林晓燕", "customer_type": "终端消费者", "content": "渗水", "matters": ["质量缺陷"], "demands": ["退货"], "store": "滨江门店",
}  # fmt: skip


@pytest.fixture
def demo() -> None:
    load_demo(timezone.now())


def caller(code: str, *scopes: str, expired: bool = False) -> Client:
    now = timezone.now()
    user = Person.objects.get(code=code).user
    ends = now - timedelta(seconds=1) if expired else now + timedelta(days=1)
    _, token = issue(user=user, name="test", scopes=list(scopes or ("read", "act")), at=now, expires_at=ends)
    return Client(HTTP_AUTHORIZATION=f"Bearer {token}")


def post(client: Client, path: str, data: dict[str, Any], **headers: str) -> Any:
    return client.post(f"/api/v1{path}", data, content_type="application/json", headers=headers)


def test_nobody_gets_in_without_a_token(demo: None) -> None:
    for path in ("/openapi.json", "/complaint", "/duties", "/actions", "/complaint/TS-2026-000001"):
        response = Client().get(f"/api/v1{path}")
        assert response.status_code == 401, path
        assert response.headers["Content-Type"].startswith("application/problem+json")


def test_an_expired_token_opens_nothing(demo: None) -> None:
    assert caller("sun.li", expired=True).get("/api/v1/duties").status_code == 401


def test_a_token_does_what_its_scopes_say(demo: None) -> None:
    assert caller("chen.jing", "act").get("/api/v1/complaint").status_code == 403
    before = Complaint.objects.count()
    assert post(caller("chen.jing", "read"), "/act/complaint.register", CASE).status_code == 403
    assert Complaint.objects.count() == before
    assert post(caller("chen.jing", "complaint.register"), "/act/complaint.register", CASE).status_code == 200


def test_every_action_has_its_operation(demo: None) -> None:
    schema = caller("sun.li").get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    operations = {op["operationId"] for path in schema["paths"].values() for op in path.values()}
    assert {action.name for action in all_actions()} <= operations


def test_a_key_does_an_act_once(demo: None) -> None:
    client = caller("chen.jing")
    first = post(client, "/act/complaint.register", CASE, idempotency_key="a")
    again = post(client, "/act/complaint.register", CASE, idempotency_key="a")
    assert first.status_code == again.status_code == 200
    assert first.json()["subject"] == again.json()["subject"]
    assert (first.json()["replayed"], again.json()["replayed"]) == (False, True)
    other = post(client, "/act/complaint.register", {**CASE, "customer": "他人"}, idempotency_key="a")
    assert other.status_code == 409


def test_wrong_input_is_a_problem_document_with_fields(demo: None) -> None:
    response = post(caller("chen.jing"), "/act/complaint.register", {**CASE, "customer": "", "is_staff": True})
    assert response.status_code == 422
    assert {error["field"] for error in response.json()["errors"]} == {"customer", "is_staff"}


def test_a_refusal_names_its_clause(demo: None) -> None:
    response = post(caller("he.lei"), "/act/complaint.register", CASE)
    assert (response.status_code, response.json()["clause"]) == (403, "R05-C008")


def test_pages_follow_each_other_without_gap_or_repetition(demo: None) -> None:
    client = caller("sun.li")
    seen: list[str] = []
    cursor = ""
    while True:
        page = client.get("/api/v1/complaint", {"limit": 5, "cursor": cursor}).json()
        seen += [row["number"] for row in page["items"]]
        if not page["next"]:
            break
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == Complaint.objects.count()
    assert client.get("/api/v1/complaint", {"cursor": "nonsense"}).status_code == 400


def test_others_records_are_not_found_and_not_listed(demo: None) -> None:
    client = caller("chen.gang")
    number = Complaint.objects.first().number
    assert client.get(f"/api/v1/complaint/{number}").status_code == 404
    assert client.get("/api/v1/complaint").json()["items"] == []
    assert post(client, f"/complaint/{number}/complaint.urge", {}).status_code == 404


def test_a_record_tells_what_may_be_done_and_keeps_the_phone_to_itself(demo: None) -> None:
    client = caller("sun.li")
    number = Complaint.objects.filter(state="closed").first().number
    record = client.get(f"/api/v1/complaint/{number}").json()
    assert "complaint.rate" in record["may"]
    assert "complaint.measure_done" in {one["action"] for one in record["may_not"]}
    assert "phone" not in record
    assert any(duty["clause"] == "R05-C027" for duty in record["duties"])
