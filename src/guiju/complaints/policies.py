"""Who may do which step of a complaint: each step has exactly one responsible role."""

from __future__ import annotations

from datetime import datetime

from guiju.complaints.models import Complaint
from guiju.kernel.authority.actor import Actor
from guiju.kernel.authority.policies import Decision, only
from guiju.kernel.authority.roles import directory_of
from guiju.law.text import T

SERVICE = "营运部客服"
ADMIN_HR = "行政人事部"
GENERAL_MANAGER = "总经理"


def in_company(actor: Actor, complaint: Complaint) -> bool:
    """Return whether the actor works in the complaint's company."""
    return complaint.company_id in {held.company_id for held in actor.positions}


def service(actor: Actor, clause: str) -> Decision:
    """Allow customer service."""
    return only(actor.in_unit(SERVICE), T("营运部客服", "customer service"), clause)


def admin_hr(actor: Actor, clause: str) -> Decision:
    """Allow administration and HR."""
    return only(actor.in_unit(ADMIN_HR), T("行政人事部", "administration and HR"), clause)


def general_manager(actor: Actor, company_id: int, at: datetime, clause: str) -> Decision:
    """Allow the general manager or who stands in."""
    stands_in = (
        bool(actor.stands_in_for)
        and directory_of(company_id, at).resolve(GENERAL_MANAGER).person_id in actor.stands_in_for
    )
    return only(actor.holds(GENERAL_MANAGER) or stands_in, T("总经理", "the general manager"), clause)


def store(actor: Actor, complaint: Complaint, clause: str) -> Decision:
    """Allow the people of the store that took the complaint."""
    return only(complaint.store in actor.unit_names, T(complaint.store, "the store that took it"), clause)


def store_superior(actor: Actor, complaint: Complaint, at: datetime, clause: str) -> Decision:
    """Allow only the store's superior by the organisation tree."""
    found = directory_of(complaint.company_id, at).resolve("上级主管", complaint.store)
    mine = found.person_id in (actor.person_id, *actor.stands_in_for)
    return Decision(True) if mine else Decision(False, T("仅上级主管可裁定", "Only the superior may rule"), clause)


def department(actor: Actor, complaint: Complaint, clause: str) -> Decision:
    """Allow the people of the handling department."""
    allowed = bool(complaint.department) and complaint.department in actor.unit_names
    return only(allowed, T("受理部门", "the handling department"), clause)


def department_head(actor: Actor, complaint: Complaint, at: datetime, clause: str) -> Decision:
    """Allow the handling department's head or who stands in."""
    found = directory_of(complaint.company_id, at).resolve("负责人", complaint.department)
    mine = found.person_id in (actor.person_id, *actor.stands_in_for)
    return only(mine, T("受理部门主管", "the head of the handling department"), clause)


def front_line(actor: Actor, clause: str) -> Decision:
    """Allow those who take complaints: the stores and customer service."""
    stores = any(held.title.endswith(("店员", "店长")) for held in actor.positions)
    return only(stores or actor.in_unit(SERVICE), T("门店和营运部客服", "the stores and customer service"), clause)
