"""Settings of the site, read from the environment with django-environ.

With no environment at all the site runs in try-out mode: embedded PostgreSQL and
Valkey, a secret that is made once and kept under `var/`, mails into the outbox of
the demo. With `TRYOUT=off` (the default as soon as `DATABASE_URL` is set) what
production needs is required, and its absence is said by name. Every secret can be
given as a file: `SECRET_KEY_FILE`, `DATABASE_URL_FILE`, `EMAIL_URL_FILE`.
"""

from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from loyalty_site.embedded import embedded_urls, tryout_secret

# Lets `ModelForm[Member]` and its like be written; Django itself takes no type there.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()


def required(name: str) -> str:
    """Return the variable, or stop with a sentence that names it."""
    value: str = env.str(name, default="")
    if not value:
        message = (
            f"Set {name} (or {name}_FILE) in the environment, "
            "or set TRYOUT=on to try the program out with embedded servers."
        )
        raise ImproperlyConfigured(message)
    return value


# Mode -----------------------------------------------------------------------

TRYOUT: bool = env.bool("TRYOUT", default=not env.str("DATABASE_URL", default=""))
DEBUG: bool = env.bool("DEBUG", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

if TRYOUT:
    SECRET_KEY: str = env.str("SECRET_KEY", default="") or tryout_secret(VAR_DIR)
    ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["*"])
    SITE_URL: str = env.str("SITE_URL", default="http://127.0.0.1:8000")
    DATABASE_URL, REDIS_URL = embedded_urls(
        VAR_DIR,
        database_url=env.str("DATABASE_URL", default=""),
        redis_url=env.str("REDIS_URL", default=""),
    )
else:
    SECRET_KEY = required("SECRET_KEY")
    ALLOWED_HOSTS = required("ALLOWED_HOSTS").split(",")
    SITE_URL = required("SITE_URL")
    DATABASE_URL = required("DATABASE_URL")
    REDIS_URL = required("REDIS_URL")

# Where the roots of the sealed ledger are kept, best where no owner of the database
# can write, and who gets them by mail.
_SEAL_DIR = env.str("SEAL_DIR", default="")
SEAL_DIR = Path(_SEAL_DIR) if _SEAL_DIR else None
SEAL_MAIL_TO: list[str] = env.list("SEAL_MAIL_TO", default=[])

# Applications ---------------------------------------------------------------

INSTALLED_APPS = [
    "loyalty_site",
    "reports",
    "surveys",
    "points",
    "members",
    "loyalty_site.webhooks",
    "loyalty_site.apiaccess",
    "loyalty_site.jobs",
    "loyalty_site.accounts",
    "django.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "ninja",
    "pghistory",
    "pgtrigger",
    "phonenumber_field",
    "template_partials",
]

MIDDLEWARE = [
    "loyalty_site.middleware.RequestIdMiddleware",
    "loyalty_site.apiaccess.request_log.RequestLogMiddleware",
    "loyalty_site.apiaccess.middleware.ApiProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "loyalty_site.middleware.ProgrammeZoneMiddleware",
    "loyalty_site.accounts.middleware.StaffNeedsMfaMiddleware",
    "loyalty_site.middleware.BusyMiddleware",
]

ROOT_URLCONF = "loyalty_site.urls"
WSGI_APPLICATION = "loyalty_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "loyalty_site.context_processors.site",
            ],
            "builtins": ["loyalty_site.templatetags.formats"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# Database -------------------------------------------------------------------
# The ledger lives by PostgreSQL's locks and constraints: no other backend is taken.

DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if not DATABASES["default"]["ENGINE"].endswith("postgresql"):
    message = "DATABASE_URL must name a PostgreSQL database (postgresql://...)."
    raise ImproperlyConfigured(message)
STATEMENT_TIMEOUT_MS: int = env.int("STATEMENT_TIMEOUT_MS", default=600_000)
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})
    | {
        # Statements of the posting path are prepared by the server after five uses.
        "prepare_threshold": 5
        if env.bool("PREPARED_STATEMENTS", default=True)
        else None,
        "options": (
            f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout=2000 "
            "-c idle_in_transaction_session_timeout=30000"
        ),
    },
}

# Cache, work ----------------------------------------------------------------

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://").replace(
            "virtual_host=", "db="
        ),
        "KEY_PREFIX": "perennial",
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_TASK_TIME_LIMIT = 240
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, int | str] = {
    # Longer than the longest task; without the restore options the tasks of a
    # killed worker stay missing for minutes.
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A web request must not wait for a broker that is gone: what is due is rows.
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 1,
}

# Sign-in --------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "loyalty_site.accounts.adapter.ClosedSignupAdapter"
ACCOUNT_FORMS = {"login": "loyalty_site.accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# An administrator gave the address; a mail that was not answered must not lock out whoever
# has to switch the second factor on.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = TRYOUT
# How many proxies of ours add to X-Forwarded-For: who asks too often is told by it.
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int(
    "TRUSTED_PROXY_COUNT", default=0 if TRYOUT else 1
)
# Every staff account needs a second factor, except while trying out.
STAFF_MFA_REQUIRED: bool = env.bool("STAFF_MFA_REQUIRED", default=not TRYOUT)

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Languages, time, numbers ---------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [BASE_DIR / "loyalty_site" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_REGION = env.str("PHONE_REGION", default="HK")

# Files ----------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if TRYOUT
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = TRYOUT
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
UPLOAD_MAX_BYTES: int = env.int("UPLOAD_MAX_BYTES", default=500_000_000)

# Mail -----------------------------------------------------------------------

EMAIL_BACKEND = "loyalty_site.outbox.DemoOutboxBackend"
if not TRYOUT or env.str("EMAIL_URL", default=""):
    vars().update(env.email_url_config(required("EMAIL_URL")))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL: str = env.str(
    "DEFAULT_FROM_EMAIL", default="Perennial <noreply@localhost>"
)
# How long a sender of surveys may be silent before another one takes its mails over.
SURVEY_LEASE_SECONDS: int = env.int("SURVEY_LEASE_SECONDS", default=120)
# A mailbox that reads "unsubscribe" mails, beside the one-click address.
SURVEY_UNSUBSCRIBE_MAILBOX: str = env.str("SURVEY_UNSUBSCRIBE_MAILBOX", default="")

# Webhooks -------------------------------------------------------------------

# Certificates of an authority of one's own, as a file; empty: those of the machine.
WEBHOOK_CA_FILE: str = env.str("WEBHOOK_CA_FILE", default="")

# Security -------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "loyalty_site.views.csrf_failure"
if not TRYOUT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Logs -----------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "loyalty_site.logs.RequestIdFilter"}},
    "formatters": {"json": {"()": "loyalty_site.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}

SILENCED_SYSTEM_CHECKS: list[str] = []
