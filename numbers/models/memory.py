"""The memory: states with a beginning and an end, and the syncs that observed them.

"Now" is `until is null`. "As of t" is `since <= t < until`. A state never changes; it only ends.
Only `syncing/` writes numbers, teammates and assignments; `manage.py rebuild` corrects derived columns.
"""

from django.db import models
from django.db.models import F, Q

from numbers.vocabulary.cells import CELLS
from numbers.vocabulary.visible import is_visible

OPEN = Q(until__isnull=True)
ENDED = Q(until__isnull=False)
_CELLS = [cell.field for cell in CELLS]


def display_name(first_name: str | None, last_name: str | None, email: str, quo_id: str) -> str:
    """Return the name of a teammate for people to read: the names in Quo, else the email address, else the id."""
    names = " ".join(part.strip() for part in (first_name, last_name) if part and is_visible(part))
    return names or (email.strip() if is_visible(email) else quo_id)


class PhoneNumber(models.Model):
    """A Quo phone number, identified by its id `PN…`. Everything else about it is in its states."""

    quo_id = models.TextField("id in Quo", unique=True)
    first_seen = models.DateTimeField()
    seen_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="The last time it was confirmed, once a complete answer no longer did. "
        "Null while every complete answer confirms it.",
    )
    gone_at = models.DateTimeField(null=True, blank=True, help_text="When a complete answer no longer had it.")
    recorded_at = models.DateTimeField(help_text="The last time that an answer about it was news.")
    fingerprint = models.CharField(
        max_length=32, help_text="Of the last answer about it, teammates included: an equal one changes nothing."
    )

    class Meta:
        ordering = ("quo_id",)
        indexes = [
            models.Index(fields=["seen_until"], condition=Q(seen_until__isnull=False), name="numbers_not_confirmed"),
        ]

    def __str__(self) -> str:
        return self.quo_id


class NumberState(models.Model):
    """How Quo described a number from `since` until `until`. Restrictions are raw: null is "not given"."""

    class Kind(models.TextChoices):
        TOLL_FREE = "toll-free"
        LOCAL = "local"

    phone_number = models.ForeignKey(PhoneNumber, on_delete=models.CASCADE, related_name="states")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    group_id = models.TextField()
    port_request_id = models.TextField(null=True)
    formatted_number = models.TextField(null=True)
    forward = models.TextField(null=True)
    name = models.TextField()
    number = models.TextField(help_text="E.164")
    porting_status = models.TextField(null=True)
    symbol = models.TextField(null=True)
    created_at_text = models.TextField(help_text="createdAt, as it came")
    updated_at_text = models.TextField(help_text="updatedAt, as it came")
    calling_us = models.TextField(null=True)
    calling_ca = models.TextField(null=True)
    calling_intl = models.TextField(null=True)
    messaging_us = models.TextField(null=True)
    messaging_ca = models.TextField(null=True)
    messaging_intl = models.TextField(null=True)
    unidentified = models.PositiveIntegerField(
        null=True, default=0, help_text="Users without a readable id; null if Quo did not say who is on the number."
    )
    oddities = models.TextField(blank=True, default="", help_text="What is unusual in the answer; see quo/records.py.")
    answer = models.TextField(help_text="The JSON of this number, as it came when the state began.")

    # Derived when the state is recorded, so that queries can use them.
    search_text = models.TextField(help_text="Name, symbol, group and digits, folded for search.")
    name_key = models.TextField(help_text="The name, folded so that people agree with the order.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code; empty where it cannot be told.")
    forward_number = models.TextField(blank=True, help_text="`forward` in E.164; empty where it is no such number.")
    telephone = models.TextField(blank=True, help_text="`number` in E.164; its beginning where it is no such number.")

    class Meta:
        ordering = ("-since",)
        constraints = [
            models.UniqueConstraint(fields=["phone_number"], condition=OPEN, name="one_open_state_per_number"),
            models.CheckConstraint(condition=OPEN | Q(until__gt=F("since")), name="number_state_ends_after_it_began"),
        ]
        indexes = [
            # Includes the number, so that a search in this order can join its search text without reading the row.
            models.Index(
                fields=["name_key", "telephone", "phone_number"], condition=OPEN, name="open_number_states_by_name"
            ),
            models.Index(fields=["telephone"], condition=OPEN, name="open_states_by_telephone"),
            models.Index(fields=["since"], name="number_states_by_beginning"),
            models.Index(fields=["until"], condition=ENDED, name="number_states_by_end"),
            # For the history of each number: after a sync that changed all of them, all begin at the same moment.
            models.Index(fields=["phone_number", "since"], name="number_states_in_turn"),
            # Covering indexes for counts over every number: the answer makes a row twenty times as wide. They include
            # `until` because SQLite would read the row without it. PostgreSQL does not have them: see the migration.
            models.Index(
                fields=["phone_number", *_CELLS, "porting_status", "forward", "forward_number", "until"],
                condition=OPEN,
                name="open_number_states_to_count",
            ),
            models.Index(
                fields=["kind", *_CELLS, "phone_number", "group_id", "until"],
                condition=OPEN,
                name="open_number_states_to_audit",
            ),
            models.Index(
                fields=["group_id", "name", "country", "porting_status", "until"],
                condition=OPEN,
                name="open_number_states_by_group",
            ),
            models.Index(
                fields=["phone_number"], condition=OPEN & ~Q(oddities=""), name="open_number_states_with_oddity"
            ),
            models.Index(
                fields=["phone_number", "unidentified", "until"],
                condition=OPEN & (Q(unidentified__isnull=True) | Q(unidentified__gt=0)),
                name="open_states_with_unidentified",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class SearchText(models.Model):
    """The text that search finds a number by while it has an open state. All of it is derived from states."""

    phone_number = models.OneToOneField(
        PhoneNumber, on_delete=models.CASCADE, primary_key=True, related_name="search_text"
    )
    own = models.TextField(help_text="The number's own: as in its open state.")
    teammates = models.TextField(help_text="Names and email addresses of those on it, folded for search.")

    def __str__(self) -> str:
        return self.own


class Teammate(models.Model):
    """A Quo user, identified by the id `US…`."""

    quo_id = models.TextField("id in Quo", unique=True)
    first_seen = models.DateTimeField()

    class Meta:
        ordering = ("quo_id",)

    def __str__(self) -> str:
        return self.quo_id


class TeammateState(models.Model):
    """How Quo described a teammate from `since` until `until`."""

    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="states")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    email = models.TextField()
    first_name = models.TextField(null=True)
    last_name = models.TextField(null=True)
    role = models.TextField()

    search_text = models.TextField(help_text="Names and email, folded for search.")
    name_key = models.TextField(help_text="The shown name, folded so that people agree with the order.")

    class Meta:
        ordering = ("-since",)
        constraints = [
            models.UniqueConstraint(fields=["teammate"], condition=OPEN, name="one_open_state_per_teammate"),
            models.CheckConstraint(condition=OPEN | Q(until__gt=F("since")), name="teammate_state_ends_after_it_began"),
        ]
        indexes = [
            models.Index(fields=["name_key"], condition=OPEN, name="open_teammate_states_by_name"),
            models.Index(fields=["since"], name="teammate_states_by_beginning"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Return the names in Quo, else the email address, else the id."""
        return display_name(self.first_name, self.last_name, self.email, "") or self.teammate.quo_id


class Assignment(models.Model):
    """A teammate on a number from `since` until `until`, with the role and group given there."""

    phone_number = models.ForeignKey(PhoneNumber, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    role = models.TextField()
    group_id = models.TextField()

    class Meta:
        ordering = ("-since",)
        constraints = [
            models.UniqueConstraint(
                fields=["phone_number", "teammate"], condition=OPEN, name="one_open_assignment_per_number_and_teammate"
            ),
            models.CheckConstraint(condition=OPEN | Q(until__gt=F("since")), name="assignment_ends_after_it_began"),
        ]
        indexes = [
            # Covering indexes instead of the foreign keys' own.
            models.Index(fields=["phone_number", "until", "teammate"], name="assignments_of_number"),
            models.Index(fields=["teammate", "until", "phone_number"], name="assignments_of_teammate"),
            # Include the pair, so that finding its previous or next assignment does not scan all that changed then.
            models.Index(fields=["since", "phone_number", "teammate"], name="assignments_by_beginning"),
            models.Index(fields=["until", "phone_number", "teammate"], condition=ENDED, name="assignments_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.teammate_id} on {self.phone_number_id}"


MAX_SET_ASIDE = 100  # records that a sync stores; it counts all of them


class Sync(models.Model):
    """One request to Quo: what was asked, how it ended, what it found."""

    class Scope(models.TextChoices):
        WORKSPACE = "workspace", "every number"
        TEAMMATE = "teammate", "one teammate's numbers"
        NUMBER = "number", "one number"

    class Outcome(models.TextChoices):
        RUNNING = "running", "running"
        SUCCEEDED = "succeeded", "succeeded"
        FAILED = "failed", "failed"
        INTERRUPTED = "interrupted", "interrupted"

    scope = models.CharField(max_length=10, choices=Scope.choices)
    subject = models.TextField(blank=True, help_text="The teammate's or number's id in Quo; empty for the workspace.")
    demo = models.BooleanField(default=False, help_text="Answered by the demo workspace, not by Quo.")
    started_at = models.DateTimeField()
    observed_at = models.DateTimeField(null=True, help_text="When the answer was there: the time its facts hold for.")
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.RUNNING)

    error_kind = models.CharField(max_length=20, blank=True)
    error_status = models.PositiveSmallIntegerField(null=True)
    error_code = models.TextField(blank=True)
    error_message = models.TextField(blank=True, help_text="Quo's own words.")
    error_trace = models.TextField(blank=True)
    error_sentence = models.TextField(blank=True, help_text="For a person: what happened and what to do.")

    seen = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    set_aside_count = models.PositiveIntegerField(default=0)
    set_aside = models.JSONField(
        default=list, help_text="[{path, reason, number}], the first of them. Only old records have a number."
    )
    notices = models.JSONField(default=list, help_text="Oddities of the answer, a sentence each.")
    mismatches = models.JSONField(
        default=list,
        help_text="[{sentence, numbers}], where a teammate's list and the numbers' own records disagree.",
    )
    wrote = models.BooleanField(default=False, help_text="Whether it changed what is remembered.")
    held = models.PositiveIntegerField(default=0, help_text="Numbers missing from the answer and kept all the same.")
    held_digest = models.CharField(max_length=64, blank=True, help_text="Of the ids in an answer that was held.")

    class Meta:
        ordering = ("-started_at", "-pk")
        permissions = (("ask_quo", "Can ask Quo now"),)
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="running", ended_at__isnull=True)
                | (~Q(outcome="running") & Q(ended_at__isnull=False)),
                name="a_sync_that_ended_has_an_end",
            )
        ]
        # An open page adds a row a minute, so the newest of each kind must be found without reading the others.
        indexes = [
            models.Index(fields=["scope", "subject", "-id"], name="syncs_by_question"),
            models.Index(fields=["-observed_at"], name="syncs_by_observation"),
            models.Index(fields=["-id"], condition=Q(wrote=True), name="syncs_that_wrote"),
            models.Index(fields=["outcome"], condition=Q(outcome="running"), name="syncs_that_run"),
            models.Index(fields=["scope", "outcome", "error_kind"], name="syncs_by_ending"),
            models.Index(fields=["outcome", "demo"], name="syncs_by_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} at {self.started_at:%Y-%m-%d %H:%M:%S}"
