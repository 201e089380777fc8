"""All settings. What differs between places comes from the environment; docs/operations.md lists the names."""

from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from kombu import Queue

from portal.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# --- Where are we ----------------------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG")
# The demo runs without HTTPS on *.localhost, and shows the demo people and their mail.
DEMO = env.flag("DEMO")
SECRET_KEY = env.secret("SECRET_KEY")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS")
# Where operators create programmes and the public finds the list of them.
PLATFORM_HOST = env.text("PLATFORM_HOST")
# What stands behind the host in links that we write into mails: ":8000" in the demo.
PORT_SUFFIX = env.text("PORT_SUFFIX", "")
DATA_FOLDER = Path(env.text("DATA_FOLDER", str(BASE_DIR / "var")))
# A forwarded-for header counts only behind this many proxies of ours.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)

ROOT_URLCONF = "portal.urls"
PLATFORM_URLCONF = "portal.platform_urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "portal.tenancy",
    "portal.audit",
    "portal.web",
    "portal.outbox",
    "portal.files",
    "portal.accounts",
    "portal.web.admin_app.StaffAdminConfig",  # django.contrib.admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "portal.notices",
    "portal.inquiries",
    "partners",
    "renewals",
    "meetings",
    "matching",
    "portal.mypage",
    "portal.backoffice",
]

MIDDLEWARE = [
    "portal.web.middleware.request_record",  # first: gives the request its id, logs one line when it is done
    "portal.web.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.tenancy.middleware.programme_of_host",
    "portal.web.kept.near_pages_first",
    "portal.web.middleware.language_of_path",
    "portal.web.middleware.refuse_nonsense",  # here, so that it answers in the programme's look and the page's language
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.accounts.middleware.ActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.web.context.page_shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "portal.web.templatetags.portal_ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["portal"]
CRISPY_TEMPLATE_PACK = "portal"
CRISPY_FAIL_SILENTLY = False

# --- Database: three roles, one wall (docs/decisions/row-level-security.md) ------------------------------------------
_app = env.database("DATABASE_URL")
_owner = env.database("DATABASE_OWNER_URL", "") or deepcopy(_app)
# A request that hangs must not hold a lock for long; migrations may take their time. What the address says goes last, and wins.
_app_options = _app.setdefault("OPTIONS", {})
_app_options["options"] = (
    "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s "
    + _app_options.get("options", "")
).strip()
# A migration that waits for a table keeps everybody behind it waiting too: it gives up, and is run again.
_owner.setdefault("OPTIONS", {}).setdefault("options", "-c lock_timeout=10s")
# Workers fork and must not inherit a pool. Without one, every thread and every worker process keeps one connection.
if _pool := env.number("DATABASE_POOL_SIZE", 0):
    _app["OPTIONS"]["pool"] = {"min_size": 1, "max_size": _pool}
DATABASES = {
    "default": _app | {"CONN_MAX_AGE": 0 if _pool else 300, "CONN_HEALTH_CHECKS": True},
    "owner": _owner,
}
DATABASE_ROUTERS = ["portal.tenancy.routers.OwnerMigrates"]

# --- Redis: cache and broker; it may be emptied or gone at any time --------------------------------------------------
_cache = {
    "BACKEND": "portal.tenancy.cache.SoftRedisCache",
    "LOCATION": env.redis("REDIS_URL", 1),
    "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 0.5},
}
CACHES = {
    # Keys carry the programme by themselves; what belongs to no programme has a cache of its own.
    "default": _cache | {"KEY_FUNCTION": "portal.tenancy.cache.key_with_programme"},
    "platform": _cache | {"KEY_PREFIX": "platform"},
}
CELERY_BROKER_URL = env.redis("REDIS_URL", 0, broker=True)
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 30, "socket_connect_timeout": 2}
# A worker waits for Redis when it starts. One that loses Redis ends, and whoever runs it starts it anew: after a
# reconnection a worker may look alive and take no task any more.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_RETRY = False
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# Between what is urgent (0) and what may wait (9): portal/web/nudges.py.
CELERY_TASK_DEFAULT_PRIORITY = 3
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Tokyo"
# Sign-in mail has a queue of its own, for a worker that does nothing else; one that is told nothing takes from both.
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("celery", "urgent")]  # type: ignore[no-untyped-call]
CELERY_TASK_ROUTES = {"portal.outbox.tasks.deliver_sign_in": {"queue": "urgent"}}
# What hangs ends, well before Redis would hand the task to a second worker (one hour).
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 25 * 60, 30 * 60
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": "portal.web.tasks.heartbeat", "schedule": 10.0},
    "scan-files": {"task": "portal.files.tasks.scan_all", "schedule": 60.0},
    "sweep-files": {"task": "portal.files.tasks.sweep", "schedule": 3600.0},
    "forget-sign-ins": {"task": "portal.accounts.tasks.forget", "schedule": 3600.0},
    "forget-applications": {"task": "partners.tasks.forget_drafts", "schedule": 3600.0},
    "forget-closed-applications": {"task": "partners.tasks.forget_closed", "schedule": 3600.0},
    "forget-closed-inquiries": {"task": "portal.inquiries.tasks.forget_closed", "schedule": 3600.0},
    "apply-changes": {"task": "partners.tasks.apply_changes", "schedule": 600.0},
    "exports": {"task": "portal.backoffice.tasks.sweep_exports", "schedule": 600.0},
    "outbox": {"task": "portal.outbox.tasks.sweep", "schedule": 20.0},
    "keep-the-day": {"task": "partners.tasks.keep_the_day", "schedule": 1800.0},
    "look-at-deadlines": {"task": "renewals.tasks.look_at_deadlines", "schedule": 1800.0},
    "meetings": {"task": "meetings.tasks.keep_time", "schedule": 60.0},
    "matching-dates": {"task": "matching.tasks.keep_dates", "schedule": 1800.0},
    "imports": {"task": "partners.tasks.sweep_imports", "schedule": 60.0},
    # In the night: it reads the whole file store.
    "sweep-strays": {"task": "portal.files.tasks.sweep_strays", "schedule": crontab(hour="4", minute="20")},
}
# The next round does the same work: a worker that was away for a night finds one of each, not thousands.
for _round in CELERY_BEAT_SCHEDULE.values():
    _round["options"] = {"expires": _round["schedule"] if isinstance(_round["schedule"], float) else 6 * 3600}

# --- People ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "accounts:sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "portal.accounts.passwords.RuleValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# allauth: only its stages, second factors and list of sessions are used; none of its pages is routed.
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Its limits need Redis; ours are in Postgres (portal/accounts/limits.py).
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
MFA_ADAPTER = "portal.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
# From where operators may sign in on the platform's host; a programme has its own list.
OPERATOR_NETWORKS = env.items("OPERATOR_NETWORKS", "")
# Cookies only, so that a page without messages reads no session.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# --- Safety ----------------------------------------------------------------------------------------------------------
SECURE_SITES = not DEMO
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE_SITES
SESSION_COOKIE_NAME = "__Host-session" if SECURE_SITES else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_SITES else "csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SITES else 0
# For all hosts below ours, which may be other people's: only when told to.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.accounts.views.drafts.csrf_failure"
# A form of ours with its files; a single file has its own, smaller limit.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
LARGEST_REQUEST = 64 * 1024 * 1024

# --- Language and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English"), ("easy", "やさしい日本語")]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
FORMAT_MODULE_PATH = ["portal.web.formats"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

# --- Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT", str(DATA_FOLDER / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Without finished files (tests, bench), the sources themselves are served.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = env.flag("STATIC_FROM_SOURCE")
STORAGES = {
    "default": env.storage("FILES_URL", DATA_FOLDER / "files"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# A virus scanner (portal/files/scanning.py); without one, checked files are ready at once.
FILE_SCANNER = env.text("FILE_SCANNER", "")
# A file that waits longer for its scanner is shown to staff.
FILE_SCAN_PATIENCE = timedelta(minutes=30)

# --- Mail ------------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 20
globals().update(env.email("EMAIL_URL"))
# Each programme's mails a minute, in all and to one receiving domain; 0: no limit. Sign-in mail is never held back.
MAIL_PER_MINUTE = env.number("MAIL_PER_MINUTE", 1000)
MAIL_PER_MINUTE_AND_DOMAIN = env.number("MAIL_PER_MINUTE_AND_DOMAIN", 300)
# Connections to the mail server at a time, in a long run of one programme.
MAIL_CONNECTIONS = env.number("MAIL_CONNECTIONS", 3)
# Shared with whoever reports deliveries and bounces to /mail/reports/; without one, that address is not there.
MAIL_REPORTS_SECRET = env.text("MAIL_REPORTS_SECRET", "")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"no-reply@{PLATFORM_HOST}")

# --- Logs: JSON lines without personal data --------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.web.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")},
    "loggers": {
        "django": {"level": "INFO", "propagate": True, "handlers": []},
        # They quote paths, hosts, arguments and exceptions. Our own lines say what is needed: one for each request
        # and task (portal.requests, portal.tasks), and one for each exception.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "celery.app.trace": {"level": "CRITICAL"},
        "celery.worker.strategy": {"level": "WARNING"},
        "django.server": {"level": "ERROR"},
    },
}

env.refuse_if_wrong()
