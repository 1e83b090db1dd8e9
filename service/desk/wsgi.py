"""The WSGI application, for any server that is not `xuncha serve`: set XUNCHA_HOME and XUNCHA_CONFIG."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "service.desk.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
