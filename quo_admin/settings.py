"""Django's settings, from the values that `env.py` reads."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from quo_admin import collected, env, parsers
from quo_admin.http.environment import is_loopback, trusted_certificates
from quo_admin.prepare import KEY_FILE, kept, no_secret_key

BASE_DIR = env.BASE_DIR
ENVIRONMENT = env.read(os.environ, env.dotenv_path(os.environ))

os.environ.update({name: ENVIRONMENT[name] for name in env.OF_REQUESTS if ENVIRONMENT[name]})

DATA_DIR: Path = ENVIRONMENT["DATA_DIR"]
DEBUG: bool = ENVIRONMENT["DEBUG"]
PORT: int = ENVIRONMENT["PORT"]
HOST: str = ENVIRONMENT["HOST"]
SITE_URL: str = ENVIRONMENT["SITE_URL"] or parsers.own_origin(HOST, PORT)
SECRET_KEY: str = ENVIRONMENT["SECRET_KEY"] or kept(DATA_DIR / KEY_FILE)
if not SECRET_KEY:
    raise env.SettingsError(no_secret_key(DATA_DIR))

# Quo

QUO_API_KEY: str = ENVIRONMENT["QUO_API_KEY"]
QUO_API_URL: str = ENVIRONMENT["QUO_API_URL"]
QUO_TIMEOUT: int = ENVIRONMENT["QUO_TIMEOUT"]
QUO_MAX_ANSWER_BYTES: int = ENVIRONMENT["QUO_MAX_ANSWER_MB"] * 1_000_000
SYNC_INTERVAL: int = ENVIRONMENT["SYNC_INTERVAL"]

_site = urlsplit(SITE_URL)


def _demo() -> bool:
    """Return whether to show the demo workspace. Nobody but this machine gets it, and no office's database, unasked."""
    if ENVIRONMENT["DEMO"] and QUO_API_KEY:
        raise env.SettingsError("DEMO is on and QUO_API_KEY is set: remove DEMO to see your own workspace.")
    if ENVIRONMENT["DEMO"] != "":
        return bool(ENVIRONMENT["DEMO"])
    is_private = is_loopback(HOST) and is_loopback(_site.hostname or "")
    return is_private and not QUO_API_KEY and not ENVIRONMENT["DATABASE_URL"]


DEMO = _demo()

# The address, and settings that depend on it

_is_https = _site.scheme == "https"
_loopback = ["127.0.0.1", "localhost", "[::1]"]
_site_host = f"[{_site.hostname}]" if ":" in (_site.hostname or "") else str(_site.hostname)
ALLOWED_HOSTS = _loopback if _site_host in _loopback else [_site_host]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "accounts.csrf.refuse"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SECURE_REDIRECT_EXEMPT = ["^static/"]  # pages that say why there is no https need their styles
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS: bool = ENVIRONMENT["HSTS_SUBDOMAINS"]
SECURE_CROSS_ORIGIN_OPENER_POLICY = SECURE_REFERRER_POLICY = None  # quo_admin/headers.py sets them on documents
TRUSTED_PROXIES = ENVIRONMENT["TRUSTED_PROXIES"]
# Browsers separate cookies by host, not by port: two copies on one machine must not sign each other out.
_port = f"_{_site.port}" if _site.port else ""
# Browsers accept __Host- cookies only over https and from this very host: no other host of the domain can set them.
_host = "__Host-" if _is_https else ""
SESSION_COOKIE_NAME = f"{_host}sessionid{_port}"
CSRF_COOKIE_NAME = f"{_host}csrftoken{_port}"
PASSKEY_COOKIE_NAME = f"{_host}passkey{_port}"
COMPANY_COOKIE_NAME = f"{_host}company{_port}"

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
        # Scripts come only from files, never from text. Only static/js/trusted.js turns text into page content.
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    }
}
# HSTS_SUBDOMAINS decides whether other hosts below the domain use https, and nobody asks browsers to preload that.
# quo_admin/headers.py sets the referrer policy, to which W022 belongs.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "security.W022"]

# Django

INSTALLED_APPS = [
    "accounts.server",  # before Django's apps: it extends two of their commands
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
    "allauth.socialaccount",
    "allauth.mfa",
    "accounts.apps.AccountsConfig",
    "numbers.apps.NumbersConfig",
]

MIDDLEWARE = [
    "quo_admin.request_id.RequestIdMiddleware",
    "quo_admin.stack.roomy_stack",
    "quo_admin.headers.HeadersMiddleware",
    "quo_admin.request_limits.RequestLimitMiddleware",
    "numbers.database.patience.PatienceMiddleware",
    "numbers.views.health.HealthMiddleware",
    "quo_admin.addresses.HttpsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.csrf.OwnFormMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.RefusalLogMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.sessions.SessionLimitsMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "numbers.views.appearance.TimeZoneMiddleware",
]

ROOT_URLCONF = "quo_admin.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# With DEBUG no template is cached: a change shows at the next request.
_LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": not DEBUG,
        "OPTIONS": {
            **({"loaders": _LOADERS} if DEBUG else {}),
            "builtins": ["numbers.templatetags.texts", "numbers.templatetags.times"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "numbers.views.context.site",
            ],
        },
    },
]


# IMMEDIATE: a writing transaction waits for the lock at its start, instead of failing later.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}

# A server, or the network before it, may disappear without a word. The defaults wait for minutes or hours.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 30,  # seconds without a word, until the connection is probed
    "keepalives_interval": 5,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds until what was sent must have arrived
}


def _database() -> dict[str, Any]:
    # The demo workspace has its own file: invented numbers never mix with the office's.
    database: dict[str, Any] = ENVIRONMENT["DATABASE_URL"] or {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / ("demo.sqlite3" if DEMO else "quo-admin.sqlite3"),
    }
    if database["ENGINE"] == "django.db.backends.sqlite3":
        return {**database, "OPTIONS": SQLITE_OPTIONS}
    return {
        **database,
        "ENGINE": "numbers.database.postgresql",
        "OPTIONS": {**POSTGRESQL_OPTIONS, **database.get("OPTIONS", {})},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}

# A slow Redis must not hold up a page. Values are JSON: Django's default format, pickle, would let anybody who can
# write to Redis run code here.
REDIS_OPTIONS = {
    "socket_connect_timeout": 2,  # seconds
    "socket_timeout": 2,
    "serializer": "django.core.signing.JSONSerializer",
}

# All web processes share the cache, which sign-in limits need; with Redis, across machines.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
if ENVIRONMENT["CACHE_URL"]:
    if ENVIRONMENT["CACHE_URL"]["LOCATION"].startswith("rediss:"):
        REDIS_OPTIONS |= trusted_certificates()
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENVIRONMENT["CACHE_URL"]["LOCATION"],
        "KEY_PREFIX": "quo-admin",
        "OPTIONS": {**ENVIRONMENT["CACHE_URL"]["OPTIONS"], **REDIS_OPTIONS},
    }

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_IDLE_HOURS: int = ENVIRONMENT["SESSION_IDLE_HOURS"]
SESSION_MAX_DAYS: int = ENVIRONMENT["SESSION_MAX_DAYS"]
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = SESSION_MAX_DAYS * 24 * 3600
FIRST_PASSWORD_FILE = DATA_DIR / f"first-password{'-demo' if DEMO else ''}"
ACCESS_LOG_DAYS: int = ENVIRONMENT["ACCESS_LOG_DAYS"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"change_password": "accounts.forms.PasswordChangeForm"}
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# Company sign-in

OIDC_ISSUER: str = ENVIRONMENT["OIDC_ISSUER"]
OIDC_CLIENT_ID: str = ENVIRONMENT["OIDC_CLIENT_ID"]
OIDC_CLIENT_SECRET: str = ENVIRONMENT["OIDC_CLIENT_SECRET"]
OIDC_NAME: str = ENVIRONMENT["OIDC_NAME"]
OIDC_DOMAINS: frozenset[str] = ENVIRONMENT["OIDC_DOMAINS"] or frozenset()
OIDC_ONLY: bool = ENVIRONMENT["OIDC_ONLY"]

_needed = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
_missing = [name for name in _needed if not ENVIRONMENT[name]]
_given = [name for name in (*_needed, "OIDC_DOMAINS", "OIDC_ONLY") if ENVIRONMENT[name]]
if _given and _missing:
    raise env.SettingsError(f"{_given[0]} is set and {' and '.join(_missing)} not: company sign-in needs all of it.")

# The second step of signing in, and passkeys

REQUIRE_SECOND_STEP: str = ENVIRONMENT["REQUIRE_SECOND_STEP"]
MFA_ADAPTER = "accounts.mfa.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Quo Admin"
MFA_TOTP_TOLERANCE = 1  # the code before and the one after count too: clocks differ
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # administrators create accounts, so addresses are never verified
# A whole office behind one address signs in in the morning: 30 people, each with a challenge and a response.
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "authenticate": "accounts.mfa.forms.CodeForm",
    "reauthenticate": "accounts.mfa.forms.ReauthenticateCodeForm",
    "add_webauthn": "accounts.mfa.forms.AddPasskeyForm",
    "authenticate_webauthn": "accounts.mfa.forms.PasskeyForm",
    "reauthenticate_webauthn": "accounts.mfa.forms.ReauthenticatePasskeyForm",
    "login_webauthn": "accounts.mfa.forms.PasskeySignInForm",
}

FORMAT_MODULE_PATH = "quo_admin.formats"
USE_I18N = False
TIME_ZONE = ENVIRONMENT["TIME_ZONE"]

STATIC_URL = "static/"
STATIC_ROOT = collected.newest(BASE_DIR / "build")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs them, and each response is shorter
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Logs and metrics: docs/monitoring.md.
METRICS_TOKEN: str = ENVIRONMENT["METRICS_TOKEN"]
LOG_FORMAT: str = ENVIRONMENT["LOG_FORMAT"]
_LOG_LEVEL = "INFO" if LOG_FORMAT == "json" else "WARNING"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "quo_admin.logs.PlainFormatter"},
        "json": {"()": "quo_admin.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "quo_admin.logs.Console", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # People see the errors of bad requests on the page; they are not logged.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # quo_admin/addresses.py logs them
        # Django's own handlers would log whole addresses.
        "django": {"handlers": [], "level": "WARNING"},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        # A collector gets a line for each request and sync; a terminal only gets warnings.
        **{room: {"level": _LOG_LEVEL} for room in ("accounts", "numbers", "quo_admin")},
    },
}
