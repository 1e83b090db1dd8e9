"""Pages of 单位 (`units`, `unit`, `my-unit`), 账号 (`accounts`, `account-…`), 栏目 (`columns`, `column`), 通报 (`bulletins`, `bulletin-…`) and 年度 (`year`)."""

from django.urls import URLPattern, path

from service.desk.views import accounts, adjust, auditing, bulletins, columns, units, years

urlpatterns: list[URLPattern] = [
    path("units/", units.listing, name="units"),
    path("my-unit/", units.mine, name="my-unit"),
    path("units/<path:name>/", units.detail, name="unit"),
    path("accounts/", accounts.listing, name="accounts"),
    path("accounts/posts/<int:pk>/", accounts.rule, name="account-rule"),
    path("accounts/<path:key>/", accounts.detail, name="account"),
    path("columns/", columns.listing, name="columns"),
    path("columns/<path:key>/", columns.detail, name="column"),
    path("bulletins/", bulletins.listing, name="bulletins"),
    path("bulletins/audit/", auditing.page, name="bulletin-audit"),
    path("bulletins/undo/<int:entry>/", bulletins.undo, name="decision-undo"),
    path("bulletins/<str:month>/", bulletins.detail, name="bulletin"),
    path("bulletins/<str:month>/summary/", bulletins.summary, name="bulletin-summary"),
    path("bulletins/<str:month>/draft/", bulletins.draw_up, name="bulletin-draft"),
    path("bulletins/<str:month>/issue/", bulletins.issue, name="bulletin-issue"),
    path("bulletins/<str:month>/papers/", bulletins.papers, name="bulletin-papers"),
    path("bulletins/<str:month>/adjust/", adjust.adjust, name="bulletin-adjust"),
    path("bulletins/<str:month>/grade/", adjust.grade, name="bulletin-grade"),
    path("bulletins/<str:month>/problems/<slug:ref>/", adjust.problem, name="bulletin-problem"),
    path("bulletins/<str:month>/files/<str:name>", bulletins.live_file, name="bulletin-file"),
    path("bulletins/<str:month>/versions/<int:version>/", bulletins.version, name="bulletin-version"),
    path("bulletins/<str:month>/versions/<int:version>/<str:name>", bulletins.kept_file, name="bulletin-kept-file"),
    path("year/", years.page, name="year"),
    path("year/export/<str:kind>/", years.export, name="year-export"),
]
