"""From the card to the report: naming the department, instructing, investigating, reviewing."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from guiju.complaints import policies
from guiju.complaints.actions.base import NEEDS_REASON, ComplaintAction, Ctx, ReviewInput, optional_text, text
from guiju.complaints.actions.intake import mark_recurrence
from guiju.complaints.choices import CLASSES, ORIGINAL_FORMS, json_choices
from guiju.complaints.models import Complaint, Measure
from guiju.kernel.actions.base import ActionInput
from guiju.kernel.actions.errors import Invalid
from guiju.kernel.actions.registry import register
from guiju.kernel.authority.models import Person
from guiju.kernel.authority.policies import Decision
from guiju.kernel.authority.selectors import people_visible_to, units_of
from guiju.kernel.regulations.books import rulebook_for
from guiju.law.text import T

SECTIONS = {
    "cause": "发生原因",
    "course": "具体经过",
    "responsible": "具体责任者",
    "conclusion": "结论",
    "remedy": "对策",
}
CARD_STATES = {"第一种": "carded", "第二种": "gm_ruling", "第三种": "settling"}


class CardInput(ActionInput):
    """The class of the card, which decides where it goes."""

    card_class: str = Field(
        title="情况类别", json_schema_extra={"en": "Class", "widget": "select", "choices": json_choices(CLASSES)}
    )
    opinion: str = optional_text("门店意见", "The store's opinion")


@register
class WriteCard(ComplaintAction):
    """The store writes the record card; its class says who gets it."""

    name = "complaint.write_card"
    title = T("填写记录卡", "Write the card")
    clauses = ("R05-C011", "R05-C022")
    states = ("accepted",)
    leads_to = ("carded", "gm_ruling", "settling")
    weight = 10
    Input = CardInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the store that took it."""
        return policies.store(ctx.actor, ctx.subject_record, "R05-C022")

    def check(self, ctx: Ctx, data: CardInput) -> None:
        """One of the three classes."""
        if data.card_class not in CLASSES:
            raise Invalid(T("请选择情况类别", "Choose the class"), field="card_class", clause="R05-C011")

    def execute(self, ctx: Ctx, data: CardInput) -> Complaint:
        """Send the card on."""
        complaint = ctx.subject_record
        ctx.save(complaint, card_class=data.card_class, state=CARD_STATES[data.card_class])
        names = {"第一种": "class1", "第二种": "class2", "第三种": "class3"}
        ctx.emit(f"complaint.card_received_{names[data.card_class]}", data={"opinion": data.opinion})
        return complaint


class AssignInput(ActionInput):
    """Exactly one handling department, and others who help."""

    department: str = Field("", title="受理部门", json_schema_extra={"en": "Handling department", "widget": "select"})
    assisting: list[str] = Field(
        default_factory=list, title="协办部门", json_schema_extra={"en": "Assisting departments"}
    )


def department_choices(ctx: Ctx) -> list[tuple[str, T]]:
    """Return the departments that can handle a complaint."""
    return [
        (u.name, T(u.name, u.name_en))
        for u, depth in units_of(ctx.company_id)
        if depth == 1 and u.name != policies.ADMIN_HR
    ]


@register
class AssignDepartment(ComplaintAction):
    """Administration and HR names the handling department."""

    name = "complaint.assign_department"
    title = T("指定受理部门", "Name the department")
    clauses = ("R05-C011", "R05-C007")
    states = ("carded",)
    leads_to = ("assigned",)
    weight = 10
    Input = AssignInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only administration and HR."""
        return policies.admin_hr(ctx.actor, "R05-C011")

    def choices(self, ctx: Ctx) -> dict[str, list[tuple[str, T]]]:
        """Offer the company's departments."""
        found = department_choices(ctx)
        return {"department": found, "assisting": found}

    def check(self, ctx: Ctx, data: AssignInput) -> None:
        """A department of the company."""
        known = {name for name, _ in department_choices(ctx)}
        if data.department not in known:
            raise Invalid(T("请指定受理部门", "Name the handling department"), field="department", clause="R05-C011")
        if set(data.assisting) - known:
            raise Invalid(T("只能从清单中选择", "Only from the list"), field="assisting")

    def execute(self, ctx: Ctx, data: AssignInput) -> Complaint:
        """Assign; a recurring matter is marked now that the department is known."""
        complaint = ctx.subject_record
        ctx.save(complaint, department=data.department, assisting=data.assisting, state="assigned")
        ctx.emit("complaint.department_assigned", data={"department": data.department})
        mark_recurrence(ctx, complaint)
        return complaint


class InstructInput(ActionInput):
    """What the department is to clear."""

    instruction: str = text("调查指示", "Instruction")


@register
class Instruct(ComplaintAction):
    """The written instruction opens the investigation."""

    name = "complaint.instruct"
    title = T("指示调查", "Instruct the investigation")
    clauses = ("R05-C012",)
    states = ("assigned",)
    leads_to = ("investigating",)
    weight = 10
    hint = T(
        "六点：数量金额是否属实；理由是否合理；投诉目的；责任分析；要求是否正当；其他。",
        "Six points: extent, reasons, purpose, liability, whether the demand is fair, anything else.",
    )
    Input = InstructInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only administration and HR."""
        return policies.admin_hr(ctx.actor, "R05-C012")

    def execute(self, ctx: Ctx, data: InstructInput) -> Complaint:
        """Instruct."""
        complaint = ctx.subject_record
        ctx.save(complaint, instruction=data.instruction, state="investigating")
        ctx.emit(
            "complaint.investigation_instructed", data={"department": complaint.department, "content": data.instruction}
        )
        return complaint


@register
class ConfirmReceipt(ComplaintAction):
    """The department confirms that it has the instruction."""

    name = "complaint.confirm_receipt"
    title = T("签收指示", "Confirm receipt")
    clauses = ("R05-C012",)
    states = ("investigating",)
    leads_to = ("investigating",)
    weight = 60

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the handling department."""
        return policies.department(ctx.actor, ctx.subject_record, "R05-C012")

    def execute(self, ctx: Ctx, data: ActionInput) -> Complaint:
        """Keep the time of the first confirmation."""
        ctx.save(ctx.subject_record, receipt_at=ctx.subject_record.receipt_at or ctx.at)
        ctx.emit("complaint.instruction_received", data={"department": ctx.subject_record.department})
        return ctx.subject_record


class MeasureInput(ActionInput):
    """A preventive measure: what, who, by when."""

    what: str = Field("", max_length=300, title="措施", json_schema_extra={"en": "Measure"})
    person: str = Field("", max_length=40, title="责任人", json_schema_extra={"en": "Person", "widget": "select"})
    due_on: date | None = Field(None, title="期限", json_schema_extra={"en": "Due on"})


class ReportInput(ActionInput):
    """The report's six sections and the original complaint."""

    cause: str = optional_text("发生原因", "Cause")
    course: str = optional_text("具体经过", "Course of events")
    responsible: str = Field(
        "", max_length=500, title="具体责任者",
        json_schema_extra={"en": "Who is responsible", "hint": ["没有责任者的，写明无责任者及理由", "If nobody is, say so and why"]},
    )  # fmt: skip
    conclusion: str = optional_text("结论", "Conclusion")
    remedy: str = optional_text("对策", "Remedy")
    measures: list[MeasureInput] = Field(
        default_factory=list, title="防范措施", json_schema_extra={"en": "Preventive measures"}
    )
    original_form: str = Field(
        "",
        title="原投诉书",
        json_schema_extra={"en": "Original complaint", "widget": "select", "choices": json_choices(ORIGINAL_FORMS)},
    )


@register
class SubmitReport(ComplaintAction):
    """The department submits the investigation report with the original complaint."""

    name = "complaint.submit_report"
    title = T("提交调查报告", "Submit the report")
    clauses = ("R05-C013", "R05-C014", "R05-C023")
    states = ("investigating",)
    leads_to = ("report_review",)
    weight = 10
    Input = ReportInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the handling department."""
        return policies.department(ctx.actor, ctx.subject_record, "R05-C013")

    def choices(self, ctx: Ctx) -> dict[str, list[tuple[str, T]]]:
        """Offer the company's people for the measures."""
        return {
            "person": [
                (p.code, T(p.name, p.name_en)) for p in people_visible_to(ctx.actor).filter(company_id=ctx.company_id)
            ]
        }

    def check(self, ctx: Ctx, data: ReportInput) -> None:
        """Nothing empty, each measure with its person and day, the original named."""
        errors = {
            field: T(f"{title}未填写", f"{title} is not filled in")
            for field, title in SECTIONS.items()
            if not getattr(data, field).strip()
        }
        if not data.measures:
            errors["measures"] = T("防范措施未填写", "Preventive measures are not filled in")
        known = set(Person.objects.filter(company_id=ctx.company_id).values_list("code", flat=True))
        for place, measure in enumerate(data.measures):
            if not measure.what or measure.person not in known or measure.due_on is None:
                errors[f"measures.{place}.what"] = T(
                    "措施、责任人和期限都要写", "Measure, person and day are all needed"
                )
        if data.original_form not in ORIGINAL_FORMS:
            errors["original_form"] = T("请附原投诉书", "Attach the original complaint")
        if errors:
            raise Invalid(T("报告还没有填全", "The report is not complete"), errors=errors, clause="R05-C013")

    def execute(self, ctx: Ctx, data: ReportInput) -> Complaint:
        """Keep the report and send it to the head."""
        complaint = ctx.subject_record
        report = {field: getattr(data, field) for field in SECTIONS}
        ctx.save(complaint, report=report, original_form=data.original_form, state="report_review")
        complaint.measures.all().delete()
        for place, measure in enumerate(data.measures):
            assert measure.due_on is not None
            ctx.create(
                Measure(
                    complaint=complaint, place=place, what=measure.what, person=measure.person, due_on=measure.due_on
                )
            )
        filled = rulebook_for(ctx.company_id).parameter("R05", "report_sections").value_at(ctx.at.date())
        facts = {"filled_sections": filled, "original_form": data.original_form, "department": complaint.department}
        ctx.emit("complaint.report_submitted", data=facts)
        return complaint


@register
class ReviewReport(ComplaintAction):
    """The department's head agrees, then administration and HR has it; or returns it."""

    name = "complaint.review_report"
    title = T("审核调查报告", "Review the report")
    clauses = ("R05-C014",)
    states = ("report_review",)
    leads_to = ("admin_opinion", "investigating")
    weight = 10
    Input = ReviewInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the department's head."""
        return policies.department_head(ctx.actor, ctx.subject_record, ctx.at, "R05-C014")

    def check(self, ctx: Ctx, data: ReviewInput) -> None:
        """A return needs its reason."""
        if data.decision == "returned" and not data.comment:
            raise Invalid(NEEDS_REASON, field="comment")

    def execute(self, ctx: Ctx, data: ReviewInput) -> Complaint:
        """Decide."""
        complaint = ctx.subject_record
        approved = data.decision == "approved"
        ctx.save(complaint, state="admin_opinion" if approved else "investigating")
        self.sign(ctx, "R05-C014", "负责人", data.decision, data.comment)
        event = "complaint.report_received_by_admin_hr" if approved else "complaint.report_returned"
        ctx.emit(event, data={"department": complaint.department, "reason": data.comment})
        return complaint


class PointsInput(ActionInput):
    """What is to be corrected."""

    points: str = text("要补正的内容", "Points to correct", most=2000)


@register
class SendBackReport(ComplaintAction):
    """Administration and HR sends the report back."""

    name = "complaint.send_back_report"
    title = T("退回补正", "Send the report back")
    clauses = ("R05-C015",)
    states = ("admin_opinion",)
    leads_to = ("investigating",)
    weight = 60
    Input = PointsInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only administration and HR."""
        return policies.admin_hr(ctx.actor, "R05-C015")

    def execute(self, ctx: Ctx, data: PointsInput) -> Complaint:
        """Send back."""
        ctx.save(ctx.subject_record, state="investigating")
        ctx.emit("complaint.report_returned", data={"reason": data.points, "department": ctx.subject_record.department})
        return ctx.subject_record
