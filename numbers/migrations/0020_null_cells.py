"""A restriction that is null in Quo's answer is not given, as if it were missing. It was stored as the text "null"."""

import json

from django.db import migrations
from django.db.models import Q

CELLS = {
    f"{channel}_{region.lower()}": (channel, region)
    for channel in ("calling", "messaging")
    for region in ("US", "CA", "Intl")
}
CHUNK = 2_000


def is_null(answer, channel, region):
    """Return whether the answer has null there, and not the text."""
    found = answer
    for key in ("restrictions", channel):
        found = found.get(key) if isinstance(found, dict) else None
    return isinstance(found, dict) and region in found and found[region] is None


def forget_nulls(apps, schema_editor):
    states = apps.get_model("numbers", "NumberState").objects.using(schema_editor.connection.alias).order_by("pk")
    with_null = states.filter(Q(*((cell, "null") for cell in CELLS), _connector=Q.OR))
    last = 0
    while chunk := list(with_null.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        for state in chunk:
            try:
                answer = json.loads(state.answer)
            except (ValueError, RecursionError):
                continue
            null = {cell: place for cell, place in CELLS.items() if getattr(state, cell) == "null"}
            null = {cell: place for cell, place in null.items() if is_null(answer, *place)}
            unusual = [[".".join(place), "value", "null", ""] for place in null.values()]
            kept = [oddity for oddity in json.loads(state.oddities or "[]") if oddity not in unusual]
            text = json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else ""
            states.filter(pk=state.pk).update(**dict.fromkeys(null), oddities=text)


class Migration(migrations.Migration):
    dependencies = [("numbers", "0019_telephones")]

    operations = [migrations.RunPython(forget_nulls, migrations.RunPython.noop)]
