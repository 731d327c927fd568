import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(error_messages={'unique': 'This email address has an account already.'}, max_length=254, unique=True, verbose_name='email address')),
                ('name', models.CharField(blank=True, help_text='Shown instead of the email address.', max_length=150)),
                ('is_active', models.BooleanField(default=True, help_text='Untick it to lock the person out; better than deleting the account.', verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, help_text='May open these administration pages.', verbose_name='administrator')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='made')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'ordering': ('email',),
            },
        ),
    ]
