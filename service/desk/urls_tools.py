"""Pages of 发布前检查 (`precheck`), 运行 (`runs`) and 帮助 (`help`)."""

from django.urls import URLPattern, path

from service.desk.views import help as manuals
from service.desk.views import precheck, runs

urlpatterns: list[URLPattern] = [
    path("precheck/", precheck.precheck, name="precheck"),
    path("precheck/redacted/", precheck.redacted, name="precheck-redacted"),
    path("precheck/record/", precheck.record, name="precheck-record"),
    path("runs/", runs.runs, name="runs"),
    path("runs/sources/", runs.sources, name="runs-sources"),
    path("runs/alerts/", runs.alerts, name="runs-alerts"),
    path("runs/alerts/<int:pk>/again/", runs.again, name="runs-alert-again"),
    path("help/", manuals.manual, name="help"),
    path("help/images/<str:name>", manuals.picture, name="help-picture"),
    path("help/<slug:name>/", manuals.manual, name="help-manual"),
]
