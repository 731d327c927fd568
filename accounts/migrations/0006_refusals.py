from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_sessions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='accessevent',
            name='event',
            field=models.CharField(choices=[('signed_in', 'Signed in'), ('sign_in_failed', 'Failed to sign in'), ('sign_in_limited', 'Was made to wait'), ('signed_out', 'Signed out'), ('password_changed', 'Changed a password'), ('security_changed', 'Changed how to sign in'), ('account_changed', 'Changed an account'), ('exported', 'Exported'), ('asked_quo', 'Asked Quo'), ('refused', 'Was refused')], max_length=20),
        ),
    ]
