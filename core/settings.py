"""Django settings, for the ORM alone until the desk joins. `XUNCHA_HOME` is the folder of database, vault and logs (default `var`)."""

import os
from pathlib import Path

HOME = Path(os.environ.get("XUNCHA_HOME", "var")).resolve()

SECRET_KEY = os.environ.get("XUNCHA_SECRET_KEY", "unused-without-the-desk")
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
INSTALLED_APPS = ["core.store"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(HOME / "xuncha.sqlite3"),
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
        },
    }
}
