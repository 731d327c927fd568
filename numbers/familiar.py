"""What Quo says of a number in the words of the time before is not read again.

A text is familiar while reading it could find nothing but what is remembered. For that, all of this holds:

- it was in the last complete answer, nothing about it was odd, and today's code read it;
- nothing of the number was recorded since then, and the number is there and confirmed;
- who is on the number was described there as remembered, and no teammate's description began since then.

Anything else is read and compared in full: another text alone is never a change.
"""

import hashlib
import inspect
from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db.models import Q

from numbers import recording
from numbers.models import LastAnswer, PhoneNumber, TeammateState
from numbers.quo import ids, payloads
from numbers.quo.payloads import Answer, Familiar, NumberRecord, parse_list

_DIGESTS = msgspec.json.Decoder(dict[str, bytes])

# All that decides what a text comes to: other code reads everything anew, and nobody has to remember to say so.
_CODE = "".join([msgspec.__version__, *map(inspect.getsource, (payloads, ids, recording))])
KEY = hashlib.blake2b(_CODE.encode(), digest_size=32).digest()


def _digest(text: msgspec.Raw) -> bytes:
    return hashlib.blake2b(text, digest_size=16, key=KEY).digest()


_NOTHING = Familiar(_digest, {})


def familiar() -> Familiar:
    """Return the texts of numbers that need not be read again."""
    last = LastAnswer.objects.first()
    if last is None or TeammateState.objects.filter(since__gt=last.observed_at).exists():
        return _NOTHING
    try:
        digests = _DIGESTS.decode(last.digests)
    except msgspec.DecodeError:  # somebody's own doing; the next answer mends it
        return _NOTHING
    recorded_since = Q(recorded_at__gt=last.observed_at)
    unsure = PhoneNumber.objects.filter(recorded_since | Q(gone_at__isnull=False) | Q(seen_until__isnull=False))
    for quo_id in unsure.values_list("quo_id", flat=True):
        digests.pop(quo_id, None)
    return Familiar(_digest, {digest: quo_id for quo_id, digest in digests.items()})


def in_full(answer: Answer) -> Answer:
    """Return the same answer, of which nothing is familiar: every number in it is read."""
    return parse_list(answer.body, _NOTHING)


def keep(answer: Answer, known: Familiar, observed_at: datetime) -> None:
    """Remember what is familiar from now on, once `answer`, of which `known` was familiar, has been recorded."""
    if not answer.records:
        return
    digests = answer.digests
    if doubtful := _with_somebody_described_in_two_ways(answer.records):
        digests = {quo_id: digest for quo_id, digest in digests.items() if quo_id not in doubtful}
    if any(known.numbers.get(digest) != quo_id for quo_id, digest in digests.items()):
        text = msgspec.json.encode(digests).decode()
        LastAnswer.objects.update_or_create(pk=1, defaults={"observed_at": observed_at, "digests": text})


def _with_somebody_described_in_two_ways(records: Iterable[NumberRecord]) -> set[str]:
    """Name the numbers on which somebody may be described otherwise than is remembered: as on another number."""
    descriptions: dict[str, set[tuple[str | None, ...]]] = {}
    for user in {user for record in records for user in record.users}:
        description = (user.email, user.first_name, user.last_name, user.role)
        descriptions.setdefault(user.id, set()).add(description)
    doubtful = {user_id for user_id, found in descriptions.items() if len(found) > 1}
    return {record.id for record in records if doubtful and any(user.id in doubtful for user in record.users)}
