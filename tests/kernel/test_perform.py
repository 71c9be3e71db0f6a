"""One act, one transaction: keys, numbers, refusals, append-only tables."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, InternalError, connection, transaction

from guiju.complaints.models import Complaint
from guiju.demo.organisation import build_group
from guiju.kernel.actions.errors import Conflict, Invalid, KeyReused, NotFound, Refused
from guiju.kernel.actions.models import AuditEntry, EventRow, IdempotencyKey
from guiju.kernel.actions.perform import perform
from guiju.kernel.authority.actor import Actor
from guiju.kernel.authority.models import Person
from guiju.kernel.duties.models import DutyRow
from guiju.law.times import CN

AT = datetime(2026, 3, 2, 10, 15, tzinfo=CN)
CASE = {
    "customer": "林晓燕", "customer_type": "终端消费者", "content": "卫生间渗水", "matters": ["质量缺陷"], "demands": ["退货"], "store": "滨江门店",
}  # fmt: skip


@pytest.fixture
def group(db: None) -> None:
    build_group(with_accounts=False)


@pytest.fixture
def lasting_group(transactional_db: None) -> None:
    build_group(with_accounts=False)
    return


def actor(code: str) -> Actor:
    return Actor.of_person(Person.objects.get(code=code), AT)


def register(**more: Any) -> Any:
    return perform("complaint.register", actor=actor("chen.jing"), data=CASE, at=AT, **more)


def in_threads(count: int, act: Callable[[], Any]) -> list[Any]:
    results: list[Any] = []
    barrier = threading.Barrier(count)

    def run() -> None:
        barrier.wait()
        try:
            results.append(act())
        except Exception as error:  # noqa: BLE001 - the test looks at what was raised
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_an_act_leaves_record_event_audit_and_duties(group: None) -> None:
    outcome = register()
    complaint = Complaint.objects.get()
    assert outcome.subject == f"complaint:{complaint.number}" == "complaint:TS-2026-000001"
    assert list(EventRow.objects.values_list("name", flat=True)) == ["complaint.received"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.outcome, entry.person.code) == ("complaint.register", "done", "chen.jing")
    closing = DutyRow.objects.get(clause="R05-C027")
    assert (closing.due_at, closing.holder.name, closing.state) == (datetime(2026, 3, 10, tzinfo=CN), "孙丽", "open")


def test_a_refusal_changes_nothing_and_is_kept(group: None) -> None:
    with pytest.raises(Refused) as refusal:
        perform("complaint.register", actor=actor("he.lei"), data=CASE, at=AT)
    assert refusal.value.clause == "R05-C008"
    assert not Complaint.objects.exists()
    assert not EventRow.objects.exists()
    assert AuditEntry.objects.get().outcome == "refused"


def test_wrong_input_names_each_field(group: None) -> None:
    with pytest.raises(Invalid) as wrong:
        perform("complaint.register", actor=actor("chen.jing"), data={**CASE, "customer": "", "colour": "red"}, at=AT)
    assert set(wrong.value.errors) == {"customer", "colour"}
    assert not Complaint.objects.exists()


def test_a_hidden_record_is_as_good_as_missing(group: None) -> None:
    register()
    with pytest.raises(NotFound):
        perform("complaint.urge", actor=actor("chen.gang"), data={}, record=Complaint.objects.get(), at=AT)


def test_a_stale_version_is_refused(group: None) -> None:
    register()
    finding = {"justified": True, "reason": "属实"}
    with pytest.raises(Conflict):
        perform(
            "complaint.record_finding",
            actor=actor("chen.jing"),
            data=finding,
            record=Complaint.objects.get(),
            at=AT,
            version=7,
        )
    assert Complaint.objects.get().justified is None


def test_the_same_key_with_other_input_is_refused(group: None) -> None:
    register(key="k1")
    with pytest.raises(KeyReused):
        perform("complaint.register", actor=actor("chen.jing"), data={**CASE, "customer": "他人"}, at=AT, key="k1")
    assert Complaint.objects.count() == 1


def test_a_key_belongs_to_its_person(group: None) -> None:
    register(key="k1")
    other = perform("complaint.register", actor=actor("sun.li"), data=CASE, at=AT, key="k1")
    assert not other.replayed
    assert Complaint.objects.count() == 2


def test_twenty_senders_of_one_key_do_it_once(lasting_group: None) -> None:
    results = in_threads(20, lambda: register(key="same"))
    assert [r for r in results if isinstance(r, Exception)] == []
    assert {r.subject for r in results} == {"complaint:TS-2026-000001"}
    assert sum(not r.replayed for r in results) == 1
    assert Complaint.objects.count() == EventRow.objects.count() == IdempotencyKey.objects.count() == 1


def test_numbers_have_no_gaps_under_load(lasting_group: None) -> None:
    def attempt() -> Any:
        with transaction.atomic():
            outcome = register()
            if int(outcome.subject[-1]) % 3 == 0:
                raise ValueError("given back")
        return outcome

    in_threads(8, attempt)
    numbers = sorted(Complaint.objects.values_list("number", flat=True))
    taken = [int(number[-6:]) for number in numbers]
    assert taken == list(range(1, len(taken) + 1))


@pytest.mark.parametrize("table", ["actions_eventrow", "actions_auditentry"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_kept_cannot_be_altered(group: None, table: str, statement: str) -> None:
    register()
    with pytest.raises((InternalError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert EventRow.objects.count() == 1


def test_an_act_is_all_or_nothing_at_every_statement(group: None) -> None:
    """Whichever statement fails, nothing of the act is left, and the same key then does it once."""
    person = actor("chen.jing")
    statement = 0
    while True:
        statement += 1
        seen = 0

        def fail(execute: Any, sql: str, params: Any, many: bool, context: Any, at: int = statement) -> Any:
            nonlocal seen
            seen += 1
            if seen == at:
                raise DatabaseError("broken here")
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(fail), transaction.atomic():
                perform("complaint.register", actor=person, data=CASE, at=AT, key=f"k{statement}")
        except DatabaseError:
            assert not Complaint.objects.exists()
            assert not EventRow.objects.exists()
            assert not DutyRow.objects.exists()
            continue
        break
    assert statement > 10
    assert Complaint.objects.count() == EventRow.objects.count() == 1


def test_taking_a_complaint_needs_few_statements(group: None, django_assert_max_num_queries: Any) -> None:
    register()
    person = actor("chen.jing")
    with django_assert_max_num_queries(32):
        perform("complaint.register", actor=person, data=CASE, at=AT)
