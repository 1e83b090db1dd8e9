"""Pictures of findings as they stood when they were collected: from the vault, for whom the finding concerns, each look noted."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from core.errors import VaultError
from core.store.models import Finding, Picture
from core.store.vault import Vault
from service.desk import audit
from service.desk.access import EVERYONE, DeskRequest, allow

_PNG = b"\x89PNG\r\n\x1a\n"


@allow(*EVERYONE)
@require_GET
def picture(request: DeskRequest, uid: str, pk: int) -> HttpResponse:
    """One picture of the finding's post; only by a finding that the person may see, and only of its own post."""
    row = get_object_or_404(request.person.scope(Finding.objects.all()), uid=uid)
    shown = get_object_or_404(Picture, pk=pk, proof__post=row.post_id, name__isnull=False)
    try:
        data = Vault.open(settings.HOME).get(shown.name or "")
    except VaultError:
        raise Http404("截图已过保存期或被移走") from None
    if not data.startswith(_PNG):
        raise Http404
    audit.record(request, "查看截图", f"finding/{row.uid}", version=shown.proof.version, file=shown.file)
    answer = HttpResponse(data, content_type="image/png")
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    answer["Content-Disposition"] = f'inline; filename="{row.uid}-v{shown.proof.version}.png"'
    return answer
