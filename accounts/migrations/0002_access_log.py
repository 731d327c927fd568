"""The access log, which the database itself keeps from being edited."""

from django.db import migrations, models

NAME = "access_events_are_never_edited"

SQLITE = f"""
CREATE TRIGGER {NAME} BEFORE UPDATE ON accounts_accessevent
BEGIN SELECT RAISE(ABORT, 'the access log is never edited'); END
"""

POSTGRESQL = f"""
CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the access log is never edited'; END $$;
CREATE TRIGGER {NAME} BEFORE UPDATE ON accounts_accessevent FOR EACH ROW EXECUTE FUNCTION {NAME}();
"""


def forbid_edits(_apps, editor):
    editor.execute({"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor])


def allow_edits(_apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP TRIGGER {NAME} ON accounts_accessevent; DROP FUNCTION {NAME}()")
    else:
        editor.execute(f"DROP TRIGGER {NAME}")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('event', models.CharField(choices=[('signed_in', 'Signed in'), ('sign_in_failed', 'Failed to sign in'), ('sign_in_limited', 'Was made to wait'), ('signed_out', 'Signed out'), ('password_changed', 'Changed a password'), ('security_changed', 'Changed how to sign in'), ('account_changed', 'Changed an account'), ('exported', 'Exported'), ('asked_quo', 'Asked Quo')], max_length=20)),
                ('email', models.CharField(blank=True, help_text='As it was then; of a failed sign-in, as typed.', max_length=254)),
                ('user_id', models.BigIntegerField(help_text='The account, where there was one; it may be gone since.', null=True)),
                ('address', models.CharField(blank=True, help_text='The network address that asked.', max_length=45)),
                ('detail', models.TextField(blank=True, help_text='What was exported or asked for, or whose account was changed.')),
            ],
            options={
                'ordering': ('-at', '-pk'),
                'default_permissions': ('view',),
            },
        ),
        migrations.RunPython(forbid_edits, allow_edits),
    ]
