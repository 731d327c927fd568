"""A table of sessions with their account. The sessions of everybody who is signed in move there."""

import json
import zlib

from django.core.signing import b64_decode
from django.db import migrations, models
from django.utils import timezone

CHUNK = 1_000


def user_id(session_data):
    """Return the account of a session, or None. The signature is checked when the session is used."""
    data = session_data.partition(":")[0]
    try:
        decoded = b64_decode(data.removeprefix(".").encode())
        session = json.loads(zlib.decompress(decoded) if data.startswith(".") else decoded)
        return int(session.get("_auth_user_id") or session.get("waiting"))
    except (ValueError, TypeError, AttributeError, zlib.error):
        return None


def move(apps, editor):
    using = editor.connection.alias
    old = apps.get_model("sessions", "Session").objects.using(using)
    AccountSession = apps.get_model("accounts", "AccountSession")
    sessions = (
        AccountSession(session_key=row.session_key, session_data=row.session_data, expire_date=row.expire_date, user_id=user)
        for row in old.filter(expire_date__gt=timezone.now()).iterator(CHUNK)
        if (user := user_id(row.session_data))
    )
    AccountSession.objects.using(using).bulk_create(sessions, batch_size=CHUNK)
    old.all().delete()


def move_back(apps, editor):
    using = editor.connection.alias
    Old = apps.get_model("sessions", "Session")
    new = apps.get_model("accounts", "AccountSession").objects.using(using)
    sessions = (
        Old(session_key=row.session_key, session_data=row.session_data, expire_date=row.expire_date)
        for row in new.iterator(CHUNK)
    )
    Old.objects.using(using).bulk_create(sessions, batch_size=CHUNK, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_access_log_never_replaced'),
        ('sessions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountSession',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('user_id', models.BigIntegerField(db_index=True, null=True)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.RunPython(move, move_back),
    ]
