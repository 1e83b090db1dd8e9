"""配置 → 接口密钥: keys by which units' own systems call the check before publication. Shown once, kept as a hash, recalled at once."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.config import County
from service import tokens
from service.desk import audit, clock
from service.desk.access import DeskRequest, allow
from service.desk.config.fields import personal
from service.desk.models import ADMINISTRATOR, UnitToken


class KeyForm(forms.Form):
    """Which unit's, and by what name it is known again."""

    use_required_attribute = False
    unit = forms.ChoiceField(
        label="单位", help_text="密钥只看得到这个单位的内容。", error_messages={"required": "请选择单位。", "invalid_choice": "没有这个单位，请从列表中选择。"}
    )
    name = forms.CharField(
        label="用途",
        max_length=100,
        help_text="装在哪个系统里，如“门户发布系统”，便于以后辨认和收回。",
        error_messages={"required": "请写明装在哪个系统里。", "max_length": "请控制在 100 字以内。"},
    )

    def __init__(self, county: County, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["unit"].choices = [("", "请选择"), *((unit.name, unit.name) for unit in county.units)]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if personal(name):
            raise forms.ValidationError("用途里有一长串数字，像是个人号码，请删去。")
        return name


@allow(ADMINISTRATOR)
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    """Every key: whose, since when, last used, recalled."""
    rows = UnitToken.objects.filter(county=request.person.county.id).order_by("revoked", "-pk")
    return render(request, "desk/config/keys.html", {"rows": sorted(rows, key=lambda row: (row.revoked is not None, -row.pk))})


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def issue(request: DeskRequest) -> HttpResponse:
    """A new key, shown once."""
    form = KeyForm(request.person.county, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            row, token = tokens.issue(request.person.county.id, form.cleaned_data["unit"], form.cleaned_data["name"], clock.now())
            audit.record(request, "发放接口密钥", f"token/{row.pk}", unit=row.unit, reason=row.name)
        return render(request, "desk/config/key_shown.html", {"row": row, "token": token, "address": request.build_absolute_uri("/api/v1/precheck")})
    return render(request, "desk/config/key_new.html", {"form": form})


@allow(ADMINISTRATOR)
@require_POST
def recall(request: DeskRequest, pk: int) -> HttpResponse:
    """A key stops working at once."""
    row = get_object_or_404(UnitToken, pk=pk, county=request.person.county.id)
    if tokens.revoke(request.person.county.id, pk, clock.now()):
        audit.record(request, "收回接口密钥", f"token/{pk}", unit=row.unit, reason=row.name)
        messages.success(request, f"已收回“{row.unit}”的密钥“{row.name}”，立即失效。")
    else:
        messages.info(request, "这把密钥早已收回。")
    return redirect("config-keys")
