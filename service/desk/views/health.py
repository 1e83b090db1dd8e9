"""Is the desk up: asked by whoever starts or watches it."""

from django.db import connection
from django.http import HttpRequest, HttpResponse

from service.desk.access import public


@public
def health(request: HttpRequest) -> HttpResponse:
    """`ok` when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
