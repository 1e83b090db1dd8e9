"""The Django app of the desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Label `desk`, so that tables read `desk_profile` and so on."""

    name = "service.desk"
    label = "desk"
    verbose_name = "工作台"
