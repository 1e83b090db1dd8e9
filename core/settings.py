"""Django settings, for the ORM alone until the desk joins. `XUNCHA_HOME` is the folder of vault, logs and SQLite database (default `var`).

`XUNCHA_DATABASE` names a PostgreSQL instead (see `core.store.database`).
"""

import os
from pathlib import Path

from core.store.database import VARIABLE, database

HOME = Path(os.environ.get("XUNCHA_HOME", "var")).resolve()

SECRET_KEY = os.environ.get("XUNCHA_SECRET_KEY", "unused-without-the-desk")
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database(os.environ.get(VARIABLE, ""), HOME)}
# The tables of the queue exist where they can: on PostgreSQL.
QUEUE_APPS = ["procrastinate.contrib.django"] if DATABASES["default"]["ENGINE"].endswith("postgresql") else []
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
INSTALLED_APPS = ["core.store", *QUEUE_APPS]
