"""The Django app's name and label."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Label `store`, so that tables read `store_post` and so on."""

    name = "core.store"
    label = "store"
    verbose_name = "存储"
