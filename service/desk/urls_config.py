"""Pages of 配置: `config` and below; the office reads, the administrator changes."""

from django.urls import URLPattern, path

from service.desk.views import config, config_files, config_keys, config_lists, config_log, config_recommended, config_sheets

urlpatterns: list[URLPattern] = [
    path("config/", config.overview, name="config"),
    path("config/sources/", config.sources, name="config-sources"),
    path("config/contacts/", config_lists.contacts, name="config-contacts"),
    path("config/files/", config_files.listing, name="config-files"),
    path("config/files/<str:name>/", config_files.show, name="config-file"),
    path("config/files/<str:name>/edit/", config_files.edit, name="config-file-edit"),
    path("config/log/", config_log.listing, name="config-log"),
    path("config/log/<int:pk>/", config_log.detail, name="config-change"),
    path("config/log/<int:pk>/undo/", config_log.undo, name="config-undo"),
    path("config/keys/", config_keys.listing, name="config-keys"),
    path("config/keys/new/", config_keys.issue, name="config-key-new"),
    path("config/keys/<int:pk>/recall/", config_keys.recall, name="config-key-recall"),
    path("config/recommended/", config_recommended.listing, name="config-recommended"),
    path("config/recommended/upload/", config_recommended.upload, name="config-recommended-upload"),
    path("config/recommended/<str:month>/remove/", config_recommended.remove, name="config-recommended-remove"),
    path("config/form/<slug:slug>/", config.single, name="config-single"),
    path("config/list/<slug:slug>/", config_lists.listing, name="config-list"),
    path("config/list/<slug:slug>/export/", config_sheets.export, name="config-export"),
    path("config/list/<slug:slug>/import/", config_sheets.upload, name="config-import"),
    path("config/list/<slug:slug>/new/", config_lists.create, name="config-new"),
    path("config/list/<slug:slug>/<slug:ref>/", config_lists.edit, name="config-entry"),
    path("config/list/<slug:slug>/<slug:ref>/remove/", config_lists.remove, name="config-remove"),
]
