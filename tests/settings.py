"""The project's settings for tests, without the developer's environment or `.env`."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from quo_admin import env

for _setting in env.SETTINGS:
    os.environ.pop(_setting.name, None)
    os.environ.pop(f"{_setting.name}_FILE", None)

_folder = tempfile.mkdtemp(prefix="quo-admin-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

os.environ["ENV_FILE"] = os.devnull
os.environ["SECRET_KEY"] = "only-for-tests" * 3
os.environ["DATA_DIR"] = _folder
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
os.environ["QUO_API_KEY"] = "key-of-the-tests"

from quo_admin.settings import *  # noqa: E402, F403 - settings that build on others

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# WhiteNoise warns about a missing folder; with an empty one, tests need no `make setup`.
STATIC_ROOT = Path(_folder) / "static"
STATIC_ROOT.mkdir()
