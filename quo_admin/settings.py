"""Django's settings, from the values that `env.py` reads."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from quo_admin import env
from quo_admin.prepare import KEY_FILE, kept

BASE_DIR = env.BASE_DIR
ENVIRONMENT = env.read(os.environ, env.dotenv_path(os.environ))

DATA_DIR: Path = ENVIRONMENT["DATA_DIR"]
DEBUG: bool = ENVIRONMENT["DEBUG"]
PORT: int = ENVIRONMENT["PORT"]
HOST: str = ENVIRONMENT["HOST"]
SITE_URL: str = ENVIRONMENT["SITE_URL"] or f"http://127.0.0.1:{PORT}"


def _secret_key() -> str:
    if ENVIRONMENT["SECRET_KEY"]:
        return str(ENVIRONMENT["SECRET_KEY"])
    key = kept(DATA_DIR / KEY_FILE)
    if not key:
        raise env.SettingsError(
            f"There is no SECRET_KEY that can be read in {DATA_DIR}: run `make setup`, which makes one, or set it."
        )
    return key


SECRET_KEY = _secret_key()

# Quo

QUO_API_KEY: str = ENVIRONMENT["QUO_API_KEY"]
QUO_API_URL: str = ENVIRONMENT["QUO_API_URL"]
QUO_TIMEOUT: int = ENVIRONMENT["QUO_TIMEOUT"]
QUO_MAX_ANSWER_BYTES: int = ENVIRONMENT["QUO_MAX_ANSWER_MB"] * 1_000_000
SYNC_INTERVAL: int = ENVIRONMENT["SYNC_INTERVAL"]
DEMO = not QUO_API_KEY  # no key: the demo workspace, which `manage.py run` serves on loopback

# The address, and what follows from it

_site = urlsplit(SITE_URL)
_is_https = _site.scheme == "https"
_loopback = ["127.0.0.1", "localhost", "[::1]"]
_site_host = f"[{_site.hostname}]" if ":" in (_site.hostname or "") else str(_site.hostname)
ALLOWED_HOSTS = _loopback if _site_host in _loopback else [_site_host]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# Browsers keep cookies by host, not by port: two copies on one machine must not sign each other out.
if _site.port:
    SESSION_COOKIE_NAME = f"sessionid_{_site.port}"
    CSRF_COOKIE_NAME = f"csrftoken_{_site.port}"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Django

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "accounts.apps.AccountsConfig",
    "numbers.apps.NumbersConfig",
]

MIDDLEWARE = [
    "numbers.views.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "numbers.views.appearance.TimeZoneMiddleware",
]

ROOT_URLCONF = "quo_admin.urls"
WSGI_APPLICATION = "quo_admin.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["numbers.templatetags.times"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "numbers.views.context.site",
            ],
        },
    },
]


# IMMEDIATE: a transaction that writes waits for its turn at its start, instead of failing half-way.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def _database() -> dict[str, Any]:
    # The demo workspace has a file of its own: invented numbers never mix with the office's.
    database: dict[str, Any] = ENVIRONMENT["DATABASE_URL"] or {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / ("demo.sqlite3" if DEMO else "quo-admin.sqlite3"),
    }
    if database["ENGINE"] == "django.db.backends.sqlite3":
        return {**database, "OPTIONS": SQLITE_OPTIONS}
    options = {"connect_timeout": 10, **database.get("OPTIONS", {})}  # seconds; the driver waits for minutes
    return {**database, "OPTIONS": options, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": _database()}

# Shared by the web processes: the limits on sign-in count over all of them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = ENVIRONMENT["TIME_ZONE"]

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # What people ask wrongly is for them to read, on the page: not for the log.
    "loggers": {"django.request": {"level": "ERROR"}, "django.security.DisallowedHost": {"level": "CRITICAL"}},
}
