"""Posts that end the process that reads them: an attempt is noted before the reading and cleared after it, so that what killed is known by what is left."""

STRIKES = 3  # after so many deaths a post's files are left unread, after twice as many its text as well


def begin(post: int, version: int) -> int:
    """Note that a post is about to be read; returns how often its reading has ended the process before."""
    from django.db import transaction

    from core.store import models

    with transaction.atomic():
        row, _ = models.Attempt.objects.get_or_create(post_id=post, defaults={"version": version})
        before = row.tries if row.version == version else 0
        models.Attempt.objects.filter(pk=row.pk).update(version=version, tries=before + 1)
    return before


def marked(county: str) -> set[int]:
    """Posts whose reading has not come to its end: they are read last, so that what kills stands in nobody's way."""
    from core.store import models

    return set(models.Attempt.objects.filter(post__county=county).values_list("post_id", flat=True))


def clear(post: int) -> None:
    """It was read, or its reader was asked to stop: nothing to remember."""
    from core.store import models

    models.Attempt.objects.filter(post_id=post).delete()
