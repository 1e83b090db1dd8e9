"""Tables of the desk: who works here, what was done, what was issued. Like the store, nothing here holds a raw personal value."""

from django.conf import settings
from django.db import models

from core.store.fields import Facts, Line, Prose

ADMINISTRATOR, REVIEWER, DIRECTOR, OFFICER = "administrator", "reviewer", "director", "officer"
ROLES = {ADMINISTRATOR: "管理员", REVIEWER: "审核员", DIRECTOR: "主任（只看）", OFFICER: "单位信息员"}


class Profile(models.Model):
    """What a user is here: role, and for an officer the unit (its first name in units.yaml)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    county = Line(max_length=64)
    role = Line(max_length=16, choices=list(ROLES.items()))
    unit = Line(max_length=128, blank=True)
    must_change = models.BooleanField(default=True)


class AuditEntry(models.Model):
    """One change or one view of evidence; rows are only ever added."""

    county = Line(max_length=64)
    at = models.DateTimeField()
    who = Line(max_length=150)
    action = Line(max_length=64)
    subject = Line(max_length=255, blank=True)
    detail = Facts(default=dict)
    address = Line(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["county", "-at"]), models.Index(fields=["county", "action", "-at"]), models.Index(fields=["county", "subject", "-at"])]


class SavedFilter(models.Model):
    """A filter of the list of findings that a person keeps under a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    county = Line(max_length=64)
    name = Line(max_length=40)
    query = Line(max_length=1000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "county", "name"], name="one_filter_per_name")]


class IssuedBulletin(models.Model):
    """A bulletin as issued: frozen; a correction is a row with the next version. `files`: name → name of its bytes in the vault."""

    county = Line(max_length=64)
    month = Line(max_length=7)
    version = models.IntegerField()
    assessment = Facts()
    files = Facts()
    issued_by = Line(max_length=150)
    issued_at = models.DateTimeField()
    note = Line(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "month", "version"], name="one_bulletin_per_version")]


class ConfigChange(models.Model):
    """One change of a configuration file made at the desk, with the file before and after."""

    county = Line(max_length=64)
    at = models.DateTimeField()
    who = Line(max_length=150)
    file = Line(max_length=255)
    before = Prose(blank=True)
    after = Prose(blank=True)
    summary = Line(max_length=1000)

    class Meta:
        indexes = [models.Index(fields=["county", "-at"])]


class UnitToken(models.Model):
    """A unit's key to the API; only its hash is kept."""

    county = Line(max_length=64)
    unit = Line(max_length=128)
    name = Line(max_length=100)
    hash = Line(max_length=128, unique=True)
    created = models.DateTimeField()
    last_used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)


class KeptDraft(models.Model):
    """A draft checked before publication that its unit asked to keep; its bytes lie in the vault."""

    county = Line(max_length=64)
    unit = Line(max_length=128)
    who = Line(max_length=150)
    name = Line(max_length=300)
    evidence = Line(max_length=80)
    findings = Facts(default=list)
    kept_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["county", "unit", "-kept_at"])]
