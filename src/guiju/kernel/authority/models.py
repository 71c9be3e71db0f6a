"""Who works where, since when, and for whom they stand in."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

REVISED = pgtrigger.Trigger(
    name="revised",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func=(
        "INSERT INTO authority_organisationrevision (id, revision) VALUES (1, 1)"
        " ON CONFLICT (id) DO UPDATE SET revision = authority_organisationrevision.revision + 1; RETURN NULL;"
    ),
)


class UserManager(BaseUserManager["User"]):
    """Makes accounts; a password may be absent, then nobody can sign in with one."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """Create an account.

        Args:
            username: what is typed at sign-in.
            password: clear text, kept as argon2; without one the password cannot be used.
        """
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account, with how its person wants the pages."""

    username = models.CharField(_("账号"), max_length=80, unique=True)
    is_active = models.BooleanField(_("可登录"), default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=10, default="system")
    density = models.CharField(max_length=10, default="normal")
    single_keys = models.BooleanField(default=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.username


class Company(models.Model):
    """A legal entity of the group; the group itself is the one without parent."""

    code = models.CharField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.RESTRICT, related_name="children")

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """The subject under which company-wide events run."""
        return f"company:{self.code}"


class Unit(models.Model):
    """A department, store or office; units form a tree."""

    company = models.ForeignKey(Company, on_delete=models.RESTRICT, related_name="units")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.RESTRICT, related_name="children")
    code = models.CharField(_("代码"), max_length=30)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, default="department")

    class Meta:
        triggers: ClassVar = [REVISED]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "code"], name="unit_code", violation_error_message=_("单位代码已被使用")
            ),
            models.UniqueConstraint(
                fields=["company", "name"], name="unit_name", violation_error_message=_("单位名称已被使用")
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="unit_not_own_parent",
                violation_error_message=_("单位不能是自己的上级"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """A post in a unit; its title is the role that the rulebook names."""

    unit = models.ForeignKey(Unit, on_delete=models.RESTRICT, related_name="positions")
    title = models.CharField(_("岗位"), max_length=60)
    title_en = models.CharField(max_length=100)
    is_head = models.BooleanField(_("负责人"), default=False)

    class Meta:
        triggers: ClassVar = [REVISED]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "title"], name="position_title", violation_error_message=_("岗位已存在")
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(is_head=True),
                name="one_head",
                violation_error_message=_("一个单位只有一个负责人岗位"),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["title"])]

    def __str__(self) -> str:
        return f"{self.unit.name} {self.title}"


class Person(models.Model):
    """Somebody who works for the group, or signs for an outside firm."""

    company = models.ForeignKey(Company, on_delete=models.RESTRICT, related_name="people")
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.RESTRICT, related_name="person")
    code = models.CharField(_("工号"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    name_en = models.CharField(max_length=80)
    email = models.EmailField(blank=True)

    def __str__(self) -> str:
        return self.name


class Appointment(models.Model):
    """A person in a position, from a day to a day (both inclusive; open without an end)."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="appointments")
    position = models.ForeignKey(Position, on_delete=models.RESTRICT, related_name="appointments")
    starts_on = models.DateField(_("任职起"))
    ends_on = models.DateField(_("任职止"), null=True, blank=True)

    class Meta:
        triggers: ClassVar = [REVISED]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="appointment_no_overlap",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("position", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            RangeBoundary(True, True),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("此人在该岗位的任期重叠"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appointment_period",
                violation_error_message=_("任职止不能早于任职起"),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["position", "starts_on"])]

    def __str__(self) -> str:
        return f"{self.person} {self.position}"


class Delegation(models.Model):
    """While away, somebody lets another act for them; every such act says so."""

    giver = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="delegations_given")
    taker = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="delegations_taken")
    starts_at = models.DateTimeField(_("起"))
    ends_at = models.DateTimeField(_("止"))
    reason = models.CharField(_("原因"), max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(giver=F("taker")),
                name="delegation_to_another",
                violation_error_message=_("不能委托给自己"),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="delegation_period",
                violation_error_message=_("结束要晚于开始"),
            ),
            ExclusionConstraint(
                name="delegation_one_at_a_time",
                expressions=[
                    ("giver", RangeOperators.EQUAL),
                    (
                        Func(F("starts_at"), F("ends_at"), function="TSTZRANGE", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("这段时间已有代理人"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}"


class OrganisationRevision(models.Model):
    """Counts the changes of units, positions and appointments, so that a directory read once is known to be still right."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    revision = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.revision)
