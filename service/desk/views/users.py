"""用户: who works here. Only the administrator."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now as real_now
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.config import County
from service.desk import audit as log
from service.desk.access import DeskRequest, allow
from service.desk.models import ADMINISTRATOR, OFFICER, ROLES, AuditEntry, Profile
from service.desk.opening import one_time_password


class UserForm(forms.Form):
    """A user's name, role and unit."""

    username = forms.CharField(
        label="用户名",
        max_length=60,
        validators=[User.username_validator],
        error_messages={"required": "请填写用户名。"},
        help_text="登录时用，字母、数字或汉字，例如姓名的拼音。",
    )
    name = forms.CharField(label="姓名", max_length=30, error_messages={"required": "请填写姓名。"}, help_text="显示在处理意见和日志里。")
    role = forms.ChoiceField(
        label="角色", choices=list(ROLES.items()), help_text="管理员管用户和配置；审核员处理问题、出通报；主任只看；单位信息员只看到本单位。"
    )
    unit = forms.ChoiceField(label="单位", required=False, help_text="单位信息员必选。")

    def __init__(self, county: County, user: User | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["unit"].choices = [("", "（不属于某个单位）"), *((unit.name, unit.name) for unit in county.units)]  # type: ignore[attr-defined]
        self.fields["unit"].error_messages["invalid_choice"] = "没有这个单位，请从列表中选择。"

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        same = User.objects.filter(username__iexact=name)
        if (same.exclude(pk=self.user.pk) if self.user else same).exists():
            raise forms.ValidationError(f"“{name}”已经有人用了，请换一个。")
        return name

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("role") == OFFICER and not data.get("unit"):
            self.add_error("unit", "单位信息员必须选择单位，否则什么也看不到。")
        return data


@allow(ADMINISTRATOR)
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    """Everybody, by role and unit."""
    order = {role: number for number, role in enumerate(ROLES)}
    people = list(Profile.objects.filter(county=request.person.county.id).select_related("user"))
    people.sort(key=lambda profile: (not profile.user.is_active, order[profile.role], profile.unit, profile.user.username))
    return render(request, "desk/users/list.html", {"people": people, "roles": ROLES})


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    """A new user with a one-time password, shown once."""
    form = UserForm(request.person.county, None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        password, data = one_time_password(), form.cleaned_data
        with transaction.atomic():
            user = User.objects.create_user(data["username"], password=password, first_name=data["name"])
            unit = data["unit"] if data["role"] == OFFICER else ""
            Profile.objects.create(user=user, county=request.person.county.id, role=data["role"], unit=unit)
            log.record(request, "新建用户", f"user/{user.username}", role=data["role"], unit=unit)
        return render(request, "desk/users/password.html", {"name": user.username, "password": password, "made": True})
    return render(request, "desk/users/form.html", {"form": form})


def _profile(request: DeskRequest, pk: int) -> Profile:
    profile: Profile = get_object_or_404(Profile.objects.select_related("user"), user_id=pk, county=request.person.county.id)
    return profile


def _is_last_administrator(profile: Profile) -> bool:
    others = Profile.objects.filter(county=profile.county, role=ADMINISTRATOR, user__is_active=True).exclude(pk=profile.pk)
    return profile.role == ADMINISTRATOR and not others.exists()


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Name, role, unit."""
    profile = _profile(request, pk)
    user = profile.user
    unit = request.person.county.unit(profile.unit)  # by its name of today, whatever it was called when the user was made
    start = {"username": user.username, "name": user.first_name, "role": profile.role, "unit": unit.name if unit else profile.unit}
    form = UserForm(request.person.county, user, request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data["role"] != ADMINISTRATOR and _is_last_administrator(profile):
            form.add_error("role", "这是最后一位管理员，不能改为其他角色。请先把另一个人设为管理员。")
        else:
            with transaction.atomic():
                user.username, user.first_name = data["username"], data["name"]
                profile.role, profile.unit = data["role"], data["unit"] if data["role"] == OFFICER else ""
                user.save(update_fields=["username", "first_name"])
                profile.save(update_fields=["role", "unit"])
                log.record(request, "修改用户", f"user/{user.username}", before=start, after=data)
            messages.success(request, f"已更新用户“{user.username}”。")
            return redirect("users")
    return render(request, "desk/users/form.html", {"form": form, "profile": profile})


@allow(ADMINISTRATOR)
@require_POST
def reset(request: DeskRequest, pk: int) -> HttpResponse:
    """A new one-time password, shown once; old sessions end by themselves."""
    profile, password = _profile(request, pk), one_time_password()
    with transaction.atomic():
        profile.user.set_password(password)
        profile.user.save(update_fields=["password"])
        profile.must_change = True
        profile.save(update_fields=["must_change"])
        log.record(request, "重置密码", f"user/{profile.user.username}")
    from axes.utils import reset as forgive

    forgive(username=profile.user.username)
    return render(request, "desk/users/password.html", {"name": profile.user.username, "password": password, "made": False})


@allow(ADMINISTRATOR)
@require_POST
def activate(request: DeskRequest, pk: int) -> HttpResponse:
    """Close an account or open it again."""
    profile = _profile(request, pk)
    user, active = profile.user, request.POST.get("active") == "1"
    if not active and _is_last_administrator(profile):
        messages.error(request, "没有停用：这是最后一位管理员。请先把另一个人设为管理员。")
        return redirect("users")
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        _end_sessions(user)
    log.record(request, "启用用户" if active else "停用用户", f"user/{user.username}")
    messages.success(request, f"已{'启用' if active else '停用'}用户“{user.username}”。")
    return redirect("users")


def _end_sessions(user: User) -> None:
    for session in Session.objects.filter(expire_date__gt=real_now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


@allow(ADMINISTRATOR)
@require_GET
def audit(request: DeskRequest) -> HttpResponse:
    """The log: every change and every view of evidence, newest first; by person or action."""
    rows = AuditEntry.objects.filter(county=request.person.county.id).order_by("-at", "-pk")
    who, action = request.GET.get("who", "")[:150], request.GET.get("action", "")[:64]
    if who:
        rows = rows.filter(who=who)
    if action:
        rows = rows.filter(action=action)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    names = dict(User.objects.values_list("username", "first_name"))
    lines = [{"row": row, "name": names.get(row.who) or row.who, "reason": row.detail.get("reason", "")} for row in page.object_list]
    actions = AuditEntry.objects.filter(county=request.person.county.id).order_by("action").values_list("action", flat=True).distinct()
    return render(request, "desk/users/audit.html", {"page": page, "lines": lines, "who": who, "action": action, "actions": actions, "names": names})
