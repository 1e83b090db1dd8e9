"""Login, logout, one's own password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from service.desk import audit, county
from service.desk.access import EVERYONE, DeskRequest, allow, public
from service.desk.models import AuditEntry, Profile


class LoginForm(AuthenticationForm):
    """Name and password, with answers a clerk understands."""

    error_messages = {
        "invalid_login": "用户名或密码不对。连续输错 5 次后要等 15 分钟；忘记密码请联系管理员重置。",
        "inactive": "这个账号已停用，请联系管理员。",
    }


class PasswordForm(PasswordChangeForm):
    """Old password once, new one twice; the new one must differ."""

    field_order = ["old_password", "new_password1", "new_password2"]

    def clean_new_password1(self) -> str:
        new: str = self.cleaned_data["new_password1"]
        if new == self.cleaned_data.get("old_password"):
            self.add_error("new_password1", "新密码不能与原密码相同，请另取一个。")
        return new


@public
def login(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; somebody already logged in goes on."""
    here = county.current()
    view = views.LoginView.as_view(
        template_name="desk/login.html",
        authentication_form=LoginForm,
        redirect_authenticated_user=True,
        extra_context={"office": here.office, "place": here.name},
    )
    response: Any = view(request)  # a redirect, or a page that is rendered late
    if request.method == "POST" and response.status_code == 302:
        from service.desk import clock

        AuditEntry.objects.create(
            county=here.id, at=clock.now(), who=request.user.get_username(), action="登录", address=request.META.get("REMOTE_ADDR", "")[:64]
        )
    answer: HttpResponse = response if response.status_code == 302 else response.render()
    return answer


@public
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    from django.contrib.auth import logout as end

    end(request)
    messages.success(request, "已退出。")
    return redirect("login")


@allow(*EVERYONE)
@require_http_methods(["GET", "POST"])
def password(request: DeskRequest) -> HttpResponse:
    """Change one's own password; the first login leads here."""
    form = PasswordForm(request.person.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        Profile.objects.filter(user=request.person.user).update(must_change=False)
        update_session_auth_hash(request, form.user)
        audit.record(request, "修改密码", f"user/{request.person.user.get_username()}")
        messages.success(request, "密码已更新。")
        return redirect("today")
    return render(request, "desk/password.html", {"form": form, "first": request.person.must_change})
