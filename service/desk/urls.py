"""Every page of the desk by name. Reports, tools and configuration name theirs in `urls_reports`, `urls_tools`, `urls_config`."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, path

from service.desk import urls_config, urls_reports, urls_tools
from service.desk.views import account, findings, health, proofs, today, users, verdicts

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("today/owed/", today.owed, name="today-owed"),
    path("healthz", health.health, name="health"),
    path("login/", account.login, name="login"),
    path("logout/", account.logout, name="logout"),
    path("password/", account.password, name="password"),
    path("findings/", findings.listing, name="findings"),
    path("findings/verdicts/", verdicts.bulk, name="findings-verdicts"),
    path("findings/filters/", findings.save_filter, name="findings-filters"),
    path("findings/filters/<int:pk>/delete/", findings.delete_filter, name="findings-filter-delete"),
    path("findings/undo/<int:entry>/", verdicts.undo, name="findings-undo"),
    path("findings/<slug:uid>/", findings.detail, name="finding"),
    path("findings/<slug:uid>/text/", findings.text, name="finding-text"),
    path("findings/<slug:uid>/evidence/", findings.evidence, name="finding-evidence"),
    path("findings/<slug:uid>/pictures/<int:pk>/", proofs.picture, name="finding-picture"),
    path("findings/<slug:uid>/verdicts/", verdicts.one, name="finding-verdicts"),
    path("users/", users.listing, name="users"),
    path("users/new/", users.create, name="user-new"),
    path("users/audit/", users.audit, name="users-audit"),
    path("users/<int:pk>/", users.edit, name="user"),
    path("users/<int:pk>/password/", users.reset, name="user-password"),
    path("users/<int:pk>/active/", users.activate, name="user-active"),
    *urls_reports.urlpatterns,
    *urls_tools.urlpatterns,
    *urls_config.urlpatterns,
]
if find_spec("service.api"):
    from service.api import api

    urlpatterns.append(path("api/v1/", api.urls))

handler400 = "service.desk.views.errors.bad_request"
handler403 = "service.desk.views.errors.forbidden"
handler404 = "service.desk.views.errors.missing"
handler500 = "service.desk.views.errors.broken"
