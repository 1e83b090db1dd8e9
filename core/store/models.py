"""Tables. Every row belongs to a county; nothing here ever holds a raw personal value: titles are concealed, texts live in the vault."""

from django.db import models

from core.store.fields import Facts, Key, Line, Prose


class Run(models.Model):
    """One run of a stage (crawl, check, assess)."""

    county = Line(max_length=64)
    kind = Line(max_length=32)
    status = Line(max_length=16, default="running")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["county", "kind", "started_at"])]


class Receipt(models.Model):
    """The outcome of one source in one run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="receipts")
    county = Line(max_length=64)
    source = Line(max_length=255)
    status = Line(max_length=20)
    reason = Line(max_length=500, blank=True)
    items = models.IntegerField(default=0)
    failed_pages = models.IntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "source"], name="one_receipt_per_source_and_run")]
        indexes = [models.Index(fields=["county", "source", "finished_at"])]


class Post(models.Model):
    """The latest version of a post; older ones are in PostVersion."""

    county = Line(max_length=64)
    source = Line(max_length=255)
    url = Key(max_length=2000)
    title = Line(max_length=500)
    published_at = models.DateTimeField(null=True)
    date_source = Line(max_length=16)
    origin = Line(max_length=255, blank=True)
    state = Line(max_length=16)
    original = Line(max_length=16, null=True)
    pinned = models.BooleanField(default=False)
    sketch = models.BinaryField(default=b"")  # the fingerprint, see `core.text.packed`
    evidence = Line(max_length=80, null=True)
    content_key = Line(max_length=80)
    tags = Facts(default=dict)
    links = Facts(default=list)
    attachments = Facts(default=list)
    version = models.IntegerField(default=1)
    first_seen = models.DateTimeField()
    changed_at = models.DateTimeField()
    checked_key = Line(max_length=80, blank=True)
    # For the next visit: validators of page and files (JSON, see crawler.conditional), a digest of what its list said of it, when it was last looked at;
    # and the last time the list was read where it stands and did not show it.
    validators = Prose(blank=True, default="", db_default="")
    listed = Line(max_length=32, blank=True, default="", db_default="")
    looked_at = models.DateTimeField(null=True)
    absent_at = models.DateTimeField(null=True)
    capture = Facts(default=dict)  # evidence → how it came (see `core.records.Post`)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "source", "url"], name="one_post_per_source_and_url")]
        indexes = [models.Index(fields=["county", "source", "published_at"]), models.Index(fields=["county", "published_at"])]


class PostVersion(models.Model):
    """What a post was before it changed."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="versions")
    version = models.IntegerField()
    title = Line(max_length=500)
    published_at = models.DateTimeField(null=True)
    state = Line(max_length=16)
    evidence = Line(max_length=80, null=True)
    content_key = Line(max_length=80, blank=True, default="", db_default="")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "version"], name="one_row_per_post_version")]


class ListMemory(models.Model):
    """What the last complete look at a source's list found: by it the next look costs little and knows a change from a redesign (see `core.store.lists`)."""

    county = Line(max_length=64)
    source = Line(max_length=255)
    url = Key(max_length=2000)
    etag = Line(max_length=200, blank=True)
    modified = Line(max_length=64, blank=True)
    digest = Line(max_length=64, blank=True)
    items = models.IntegerField(default=0)
    dated = models.IntegerField(default=0)
    titles = models.IntegerField(default=0)
    read = models.IntegerField(default=0)
    pages = models.IntegerField(default=0)
    total = models.IntegerField(null=True)
    first_bottom = models.DateField(null=True)
    covered = models.DateField(null=True)
    whole = models.BooleanField(default=False)
    quiet = models.IntegerField(default=0)
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "source"], name="one_memory_per_list")]


class Proof(models.Model):
    """What proves the findings of one version of a post: the responses as a WARC in the vault, its SHA-256, and pictures with the places marked."""

    county = Line(max_length=64)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="proofs")
    version = models.IntegerField()
    url = Key(max_length=2000)
    captured_at = models.DateTimeField()
    made_at = models.DateTimeField()
    warc = Line(max_length=80, null=True)
    sha256 = Line(max_length=64, blank=True)
    size = models.IntegerField(default=0)
    findings = Facts(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "version"], name="one_proof_per_post_version")]
        indexes = [models.Index(fields=["county", "made_at"])]


class Picture(models.Model):
    """A picture of a page or of the part of a file around the places, personal data made unreadable before it was taken. `file` is empty for the page."""

    proof = models.ForeignKey(Proof, on_delete=models.CASCADE, related_name="pictures")
    file = Line(max_length=300, blank=True)
    name = Line(max_length=80, null=True)
    sha256 = Line(max_length=64, blank=True)
    size = models.IntegerField(default=0)
    places = models.IntegerField(default=0)
    note = Line(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proof", "file"], name="one_picture_per_proof_and_file")]


class Attempt(models.Model):
    """A post that is being checked, or was when its process died; `tries` counts how often for this version of it."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="attempt")
    version = models.IntegerField()
    tries = models.IntegerField(default=0)


class Observation(models.Model):
    """A counted or filed fact that is not a post (see `core.records.Observation`)."""

    county = Line(max_length=64)
    source = Line(max_length=255)
    kind = Line(max_length=16)
    key = Key(max_length=500)
    on = models.DateField()
    data = Facts()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "source", "key"], name="one_observation_per_key")]
        indexes = [models.Index(fields=["county", "kind", "on"])]


class Finding(models.Model):
    """A judgement about one place; `closed_at` is set when a later check of a changed post no longer finds it."""

    county = Line(max_length=64)
    uid = Line(max_length=16)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="findings")
    rule = Line(max_length=128)
    severity = Line(max_length=8)
    unit = Line(max_length=128, null=True)
    source = Line(max_length=255, null=True)
    url = Key(max_length=2000, null=True)
    title = Line(max_length=500, null=True)
    file = Line(max_length=500, null=True)
    where = Line(max_length=255, null=True)
    start = models.IntegerField(null=True)
    end = models.IntegerField(null=True)
    masked = Line(max_length=500, null=True)
    message = Line(max_length=1000)
    suggestion = Line(max_length=1000, null=True)
    reasons = Facts(default=list)
    first_seen = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # Derived from the latest verdict, `closed_at` and the post, kept beside them in their transactions, so that lists and counts need one index.
    state = Line(max_length=12, default="new")
    rank = models.SmallIntegerField(default=1)
    day = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "uid"], name="one_finding_per_uid")]
        indexes = [
            models.Index(fields=["county", "closed_at", "severity"]),
            models.Index(fields=["county", "state", "rank", "-day", "id", "unit", "rule", "first_seen"], name="findings_listed"),
            models.Index(fields=["county", "first_seen"], name="findings_by_discovery"),
            models.Index(fields=["post", "file", "rule"], name="findings_of_one_place"),
        ]


class Verdict(models.Model):
    """A person's decision; rows are only ever added."""

    county = Line(max_length=64)
    subject = Line(max_length=255)
    decision = Line(max_length=1000)
    reason = Line(max_length=1000)
    who = Line(max_length=128)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["county", "subject", "at"])]


class Alert(models.Model):
    """The outbox: one message to one recipient of one channel, written in the transaction of its findings, sent at least once and noted.

    kind: alert · note (for the digest) · digest · escalation · all-clear. status: waiting · held (a note, until the digest) · merged (into it) · sent · skipped · failed.
    `next_try_at` is when it may be tried (again); while it is being sent, when another process may take it over.
    """

    county = Line(max_length=64)
    key = Line(max_length=80)
    kind = Line(max_length=16, default="alert")
    unit = Line(max_length=128)
    channel = Line(max_length=64, blank=True)
    recipient = Line(max_length=255, blank=True)
    severity = Line(max_length=8, blank=True)
    subject = Line(max_length=255)
    body = Prose()
    html = Prose(blank=True)
    short = Prose(blank=True)
    link = Line(max_length=2000, blank=True)
    status = Line(max_length=16, default="waiting")
    note = Line(max_length=500, blank=True)
    tries = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "key"], name="one_alert_per_key")]
        indexes = [models.Index(fields=["county", "status", "next_try_at"]), models.Index(fields=["county", "created_at"])]


class AlertItem(models.Model):
    """One finding an alert is about; `thing` is its place without offsets, by which a repetition is known."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="items")
    county = Line(max_length=64)
    finding = Line(max_length=16)
    thing = Line(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["county", "thing"]), models.Index(fields=["county", "finding"])]


class JobRun(models.Model):
    """One due slot of a scheduled job: who runs it, whether it lives, how it ended."""

    county = Line(max_length=64)
    job = Line(max_length=64)
    slot = models.DateTimeField()
    status = Line(max_length=16, default="running")
    owner = Line(max_length=128, blank=True)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    detail = Line(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "job", "slot"], name="one_run_per_job_and_slot")]
        indexes = [models.Index(fields=["county", "job", "slot"])]


class MailSeen(models.Model):
    """A mail of the county's mailbox: seen once, done once. `sender` and `reply` name bytes in the vault, for an address may itself be a person's number.

    outcome: started · filed · checked · left (for a person) · unknown (sender) · automatic · failed. reply: what is still to be sent, "" once it was.
    """

    county = Line(max_length=64)
    message_id = Key(max_length=255)
    at = models.DateTimeField()
    outcome = Line(max_length=16, default="started")
    tries = models.IntegerField(default=0)
    sender = Line(max_length=80, blank=True)
    unit = Line(max_length=128, blank=True)
    reply = Line(max_length=80, blank=True)
    reply_tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    note = Line(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "message_id"], name="one_row_per_mail")]
        indexes = [models.Index(fields=["county", "sender"]), models.Index(fields=["county", "next_try_at"])]
