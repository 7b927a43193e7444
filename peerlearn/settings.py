"""All settings, read strictly from the environment in this one place. `.env.example` lists every variable."""

import hashlib
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from peerlearn import environment as env
from peerlearn.logs import logging_config
from peerlearn.storage import storage_at

BASE_DIR = Path(__file__).resolve().parent.parent

environ.Env.read_env(BASE_DIR / ".env")

# --- The basics ---------------------------------------------------------------------------------------------------

# Off unless asked for: a forgotten variable must never open a debug page.
DEBUG = env.boolean("PEERLEARN_DEBUG", default=False)
DEMO_SECRET_KEY = "insecure-key-for-development-only-0123456789abcdefghij"
SECRET_KEY = env.text("PEERLEARN_SECRET_KEY", DEMO_SECRET_KEY if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("PEERLEARN_SECRET_KEY is required unless PEERLEARN_DEBUG is true.")
if not DEBUG and (len(SECRET_KEY) < 50 or SECRET_KEY == DEMO_SECRET_KEY):
    raise ImproperlyConfigured("PEERLEARN_SECRET_KEY must be your own and at least 50 characters long.")

HOST, PORT = env.text("HOST", "127.0.0.1"), env.integer("PORT", default=8000, least=1, most=65_535)
PUBLIC_URL = env.url("PEERLEARN_PUBLIC_URL", schemes=("http", "https"), default=f"http://127.0.0.1:{PORT}").rstrip("/")
# Where the links in e-mails lead: the front end's pages.
FRONTEND_URL = env.url("PEERLEARN_FRONTEND_URL", schemes=("http", "https"), default=PUBLIC_URL).rstrip("/")
ALLOWED_HOSTS = env.words("PEERLEARN_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
if not DEBUG and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "PEERLEARN_ALLOWED_HOSTS must name your hosts, and never '*', unless PEERLEARN_DEBUG is true."
    )

ROOT_URLCONF = "peerlearn.urls"
ASGI_APPLICATION = "peerlearn.asgi.application"
WSGI_APPLICATION = "peerlearn.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Both spellings of every path work and mean the same (`api.core.middleware.SlashlessPaths`); nothing redirects.
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "adminpanel.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "corsheaders",
    "csp",
    "django_filters",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "common",
    "audit",
    "catalog",
    "accounts",
    "notifications",
    "messaging",
    "payments",
    "sessions_app",
    "courses",
    "bookings",
    "support",
    "matching",
    "privacy",
    "adminpanel",
    "api.core.apps.ApiConfig",
    "peerlearn",
]

MIDDLEWARE = [
    "peerlearn.metrics.requests.RequestMetrics",
    "api.core.middleware.ErrorBodies",
    "django.middleware.security.SecurityMiddleware",
    "api.core.middleware.SecurityHeaders",
    "peerlearn.csp.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "api.core.middleware.SlashlessPaths",
    "api.core.middleware.BodyLimit",
    "peerlearn.logs.RequestLog",
    "audit.middleware.AuditOrigin",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "peerlearn" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Databases ----------------------------------------------------------------------------------------------------

# How this process serves: `asgi` keeps a connection pool, anything else one connection a thread.
SERVES_ASGI = env.choice("PEERLEARN_SERVER", "asgi") == "asgi"
# The most connections of such a process.
DATABASE_POOL_SIZE = env.integer("PEERLEARN_DB_POOL_SIZE", default=10, least=1, most=200)

DATABASE_URL = env.url(
    "DATABASE_URL",
    schemes=("sqlite", "postgres", "postgresql"),
    default=f"sqlite:///{BASE_DIR / 'data' / 'peerlearn.sqlite3'}",
)
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
ON_POSTGRESQL = DATABASES["default"]["ENGINE"].endswith("postgresql")
if ON_POSTGRESQL:
    DATABASES["default"] |= {
        "ENGINE": "peerlearn.postgresql",
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 0 if SERVES_ASGI else 600,
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 1,
            "connect_timeout": 5,
            # A request that waits longer than this for a lock answers 503 and may be repeated (R-OVL-2).
            "options": "-c lock_timeout=5s -c statement_timeout=20s -c idle_in_transaction_session_timeout=60s",
        },
    }
    if SERVES_ASGI:
        from peerlearn.postgresql.base import POOL_OPTIONS

        DATABASES["default"]["OPTIONS"]["pool"] = {
            "min_size": 1,
            "max_size": DATABASE_POOL_SIZE,
            **POOL_OPTIONS,
        }
else:
    if DATABASES["default"]["NAME"] != ":memory:":
        folder = Path(DATABASES["default"]["NAME"]).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ImproperlyConfigured(
                f"DATABASE_URL names {folder}, which cannot be made: {error.strerror}."
            ) from None
    DATABASES["default"] |= {
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Anything else answers "database is locked" under two writers, whatever the timeout.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
            "PRAGMA recursive_triggers=ON; PRAGMA cache_size=-16000;",
        },
    }

# --- Redis: socket layer, counters, queue. Empty means in this process --------------------------------------------

REDIS_URL = env.url("REDIS_URL", schemes=("redis", "rediss", "unix"))
CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "notifications.layer.RedisLayer",
            "CONFIG": {
                "hosts": [{"address": REDIS_URL, "socket_connect_timeout": 2}],
                # Redis keeps its databases apart, but not what is published in them.
                "prefix": f"peerlearn{urlsplit(REDIS_URL).path}",
            },
        }
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
    )
}
_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {"BACKEND": _MEMORY},
    # What lists of tutors say of reviews and free slots; it would push everything else out.
    "tutor_cards": {"BACKEND": _MEMORY, "LOCATION": "tutor_cards", "OPTIONS": {"MAX_ENTRIES": 20_000}},
}

# --- Work outside the request -------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
# After how long another worker takes over what one has begun and not finished: longer than any task may take.
WORK_LEASE_SECONDS = env.integer("PEERLEARN_WORK_LEASE_SECONDS", default=120, least=1, most=3600)
# Rows that wait for mails to be sent, besides deliveries; and for any work. Readiness looks at them.
MAIL_QUEUES = (
    *("accounts.OutgoingMail", "notifications.Digest", "bookings.CalendarMail"),
    "sessions_app.GuardianMail",
)
MONEY_QUEUES = ("payments.ProviderCall", "payments.ProviderEvent")
WORK_QUEUES = (
    *MAIL_QUEUES,
    *MONEY_QUEUES,
    "notifications.Announcement",
    "bookings.Reminder",
    "matching.PrecomputeJob",
    "privacy.DataExport",
)
# Tests run tasks in the request's own thread; nothing else should.
WORK_RUNS_INLINE = False
# What `manage.py tick` and Celery beat both repeat: task path and seconds.
PERIODIC_TASKS = {
    "accounts.tasks.send_due_mail": 15,
    "accounts.tasks.purge_expired_secrets": 3600,
    "accounts.tasks.end_suspensions": 60,
    "accounts.tasks.sweep_files": 86400,
    "accounts.tasks.purge_documents": 86400,
    "audit.tasks.seal_audit_log": 10,
    "audit.tasks.log_audit_checkpoint": 86400,
    "notifications.tasks.deliver_due": 15,
    "notifications.tasks.purge_old_events": 3600,
    "messaging.tasks.scan_due_attachments": 30,
    "messaging.tasks.wipe_deleted_messages": 3600,
    "sessions_app.tasks.advance_sessions": 60,
    "sessions_app.tasks.advance_queues": 15,
    "sessions_app.tasks.delete_old_recordings": 3600,
    "sessions_app.tasks.send_due_guardian_mails": 15,
    "bookings.tasks.advance_bookings": 60,
    "payments.tasks.settle_due": 15,
    "payments.tasks.remind_payers": 30,
    "payments.tasks.advance_earnings": 300,
    "bookings.tasks.remind": 30,
    "bookings.tasks.purge_reminders": 86400,
    "bookings.tasks.purge_expired_holds": 300,
    "bookings.tasks.note_local_times": 300,
    "bookings.tasks.expire_packages": 600,
    "bookings.tasks.refresh_rankings": 86400,
    "support.tasks.advance_tickets": 60,
    "matching.tasks.resume_jobs": 60,
    "matching.tasks.refresh_free_times": 900,
    "matching.tasks.precompute_overdue": 3600,
    "privacy.tasks.advance_erasures": 3600,
    "privacy.tasks.make_due_exports": 60,
    "privacy.tasks.apply_retention": 86400,
    "adminpanel.tasks.fold_figures": 300,
    "api.core.tasks.purge_expired_requests": 3600,
}

# --- People and signing in ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# The e-mail is unique in lower case (`user_email_once`), which this check does not recognise.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
LOGIN_URL = reverse_lazy("rest_framework:login")
LOGIN_REDIRECT_URL = "/api/sessions"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
]
ACCESS_TOKEN_LIFETIME = timedelta(hours=1)
REFRESH_TOKEN_LIFETIME = timedelta(days=7)
# Whether only who has proven the e-mail address may book, pay and write (R-AUTH-5). Off, since the contracts' own flows
# book and write before anybody opens the mail.
REQUIRE_VERIFIED_EMAIL = env.boolean("REQUIRE_VERIFIED_EMAIL", default=False)
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": ACCESS_TOKEN_LIFETIME,
    "REFRESH_TOKEN_LIFETIME": REFRESH_TOKEN_LIFETIME,
    "ALGORITHM": "HS256",
    "SIGNING_KEY": SECRET_KEY,
    "ISSUER": "peerlearn",
}

# Encrypts the session tokens of next-auth: the front end that opens them has the same. Empty: one that follows from
# SECRET_KEY, which the front end must never know.
NEXTAUTH_SECRET = env.secret("NEXTAUTH_SECRET", least=32)
if NEXTAUTH_SECRET == SECRET_KEY:
    raise ImproperlyConfigured("NEXTAUTH_SECRET must be another than PEERLEARN_SECRET_KEY.")
NEXTAUTH_SECRET = NEXTAUTH_SECRET or hashlib.sha256(f"next-auth:{SECRET_KEY}".encode()).hexdigest()

# --- Limits -------------------------------------------------------------------------------------------------------

THROTTLING = env.boolean("PEERLEARN_THROTTLING", default=True)
# How many proxies in front of us may be believed about the client's address. 0: believe nobody.
TRUSTED_PROXIES = env.integer("PEERLEARN_TRUSTED_PROXIES", default=0, most=10)
# Requests a minute: per client address for the first two, per user (address when anonymous) for the rest. Calls
# for help have a window of their own, which nothing else uses up. Of payments it is the requests in five minutes.
THROTTLE_RATES = {"register": 5, "login": 10, "default": 100, "emergency": 20, "payments": 10}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# --- What operators see ---------------------------------------------------------------------------------------------

# What `/metrics` wants to be shown, as a Bearer token. Empty: only admins may look.
METRICS_TOKEN = env.secret("PEERLEARN_METRICS_TOKEN", least=32)
# Where the workers of one server keep what they count, so that one answer holds it all: an own, empty folder.
METRICS_FOLDER = env.folder("PROMETHEUS_MULTIPROC_DIR")

# From where a request came stands in the audit log, beside the request's id; and the library would believe any header.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

# --- Messages -----------------------------------------------------------------------------------------------------

# Hide addresses, phone numbers and messengers in messages of pairs without a lesson that was paid (R-MSG-7).
MESSAGE_CONTACT_MASKING = env.boolean("MESSAGE_CONTACT_MASKING", default=False)
# The scanner of attachments, such as `tcp://clamav:3310` or `unix:///run/clamav/clamd.ctl`; empty means none.
CLAMAV_URL = env.url("CLAMAV_URL", schemes=("tcp", "unix"))

# --- Sessions -----------------------------------------------------------------------------------------------------

# Minutes before its time that a session may be started; empty means at any time, as the document has it.
SESSION_START_EARLY_MINUTES = (
    env.integer("SESSION_START_EARLY_MINUTES", default=0, most=10_080)
    if env.text("SESSION_START_EARLY_MINUTES")
    else None
)
# Minutes before its beginning from which nobody can join a session any more (R-SEAT-2).
SESSION_JOIN_CUTOFF_MINUTES = env.integer("SESSION_JOIN_CUTOFF_MINUTES", default=0, most=10_080)
# Hours before its beginning at which a host hears that too few have joined, and at which it is called off (R-SEAT-10).
SESSION_MINIMUM_WARNING_HOURS = env.integer("SESSION_MINIMUM_WARNING_HOURS", default=24, most=720)
SESSION_MINIMUM_DEADLINE_HOURS = env.integer("SESSION_MINIMUM_DEADLINE_HOURS", default=12, most=720)
SESSION_CREATE_NEEDS_APPROVAL = env.boolean("SESSION_CREATE_NEEDS_APPROVAL", default=False)

# --- Tutors and bookings ------------------------------------------------------------------------------------------

# What other apps know of a tutor's profile: functions `(TutorProfile) -> dict` whose answers the full profile shows.
TUTOR_PROFILE_SECTIONS = ["bookings.profile_sections.availability", "bookings.profile_sections.pricing"]
# What apps above accounts know of a learner: `(User) -> dict`, in the learner's own profile.
LEARNER_PROFILE_SECTIONS = ["courses.profile_sections.badges"]
# What they know of tutors in a list: `(ids, *, now) -> {id: dict}`, called once a page.
TUTOR_CARD_SECTIONS = ["bookings.card_sections.reviews_and_slots"]
# What else must be there before a profile can be handed in: name of the part, and `(TutorProfile) -> bool`.
TUTOR_CHECKLIST = {"availability": "bookings.profile_sections.has_hours"}
# Who decides about private sessions: a module that is a `sessions_app.services.private.Owner`.
PRIVATE_SESSIONS_BELONG_TO = "bookings.session_owner"
# What gives a tutor's lessons to another one before a suspension: `(user_id, address, *, actor, reason) -> int`.
LESSONS_ARE_HANDED_OVER_BY = "bookings.services.reassigning.hand_over"
# Who else is to know, in the same transaction: of a tutor's move through approval, `(TutorProfile, event, *, reason,
# actor)`; of another name of a subject, `(Subject)`.
TUTOR_FOLLOWERS = [
    "notifications.services.tutors.tell",
    "sessions_app.services.departures.follow_tutor",
    "bookings.services.departures.follow",
]
# Of an account that was closed, or is no tutor's or no admin's any more: `(User)`.
ACCOUNT_FOLLOWERS = [
    "sessions_app.services.departures.follow",
    "bookings.services.departures.follow_account",
    "support.services.departures.follow",
]
# Of a guardian who is about to be one no longer, in the same transaction: `(Guardian)`.
GUARDIAN_FOLLOWERS = ["sessions_app.services.guardians.follow"]
# Whether something of an account is erased already, so that it cannot be opened again: `(User) -> bool`.
ERASURE_HAS_BEGUN = "privacy.services.erasing.has_begun"
# What each app keeps about people, the highest first: what refers to other rows is erased before them.
PERSONAL_DATA = [
    f"{app}.personal_data"
    for app in (
        *("api.core", "adminpanel", "privacy", "matching", "support", "bookings", "courses", "sessions_app"),
        *("payments", "messaging", "notifications", "audit", "accounts"),
    )
]
# Of what happened to a group session: `(TutoringSession, kind, *, actor)`.
SESSION_FOLLOWERS = ["courses.services.attending.follow_session", "bookings.services.following.follow_session"]
SUBJECT_FOLLOWERS = ["accounts.services.listing.refresh_of_subject", "courses.services.listing.refresh_of_subject"]
# What messages need to know of two people's bookings: a module that is a `messaging.services.pairs.Pairs`.
PAIRS_KNOWN_BY = "bookings.pairs"
# Whether an admin looks at a new title, bio, video, certificate or degree of an approved tutor before students see it.
TUTOR_REVISIONS_NEED_APPROVAL = env.boolean("TUTOR_REVISIONS_NEED_APPROVAL", default=True)
# The platform's share of a lesson's price, frozen in each booking (R-PO-1).
COMMISSION_PERCENT = Decimal(20)
# Instead of it, by the hours that the tutor has taught before: from so many on, so many percent. Empty: it is flat.
COMMISSION_TIERS = env.tiers("COMMISSION_TIERS")
# How many future bookings one student may have with one tutor (R-SLOT-8).
MAX_OPEN_PER_PAIR = 10
# How long a slot is kept for a student who is about to book, and how long once it was extended (R-OVL-6).
HOLD_MINUTES = 10
EXTENDED_HOLD_MINUTES = 15

# --- Money --------------------------------------------------------------------------------------------------------

STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET", "")
# Another address of the provider's interface, for tests.
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "")
# Who takes the money. The sandbox moves none and says so.
PAYMENT_PROVIDER = "stripe" if STRIPE_SECRET_KEY else "sandbox"
# Signs what the sandbox tells us.
SANDBOX_WEBHOOK_SECRET = env.text(
    "SANDBOX_WEBHOOK_SECRET", hashlib.sha256(f"sandbox {SECRET_KEY}".encode()).hexdigest()
)
# Whether a lesson is confirmed only when its money is there, and whether a package's credits wait for it.
BOOKINGS_NEED_PAYMENT = env.boolean("BOOKINGS_NEED_PAYMENT", default=False)
PACKAGES_NEED_PAYMENT = env.boolean("PACKAGES_NEED_PAYMENT", default=PAYMENT_PROVIDER != "sandbox")
# What can be paid for: kind, and a module that is a `payments.payables.Payable`.
PAYABLES = {"booking": "bookings.payables.bookings", "purchase": "bookings.payables.purchases"}
# Which of these a session means to who pays for it: `(id, *, payer) -> (kind, id)`.
SESSION_PAYABLE = "bookings.payables.sessions.what_is_paid"
# What a tutor must have earned, in units of the currency, before it is paid out (R-PO-3).
PAYOUT_MINIMUM = Decimal(20)
# Beyond how much, in units of the currency, what one admin gives or takes needs another one's approval (R-PO-5).
ADJUSTMENT_LIMIT = Decimal(100)

# --- Support ------------------------------------------------------------------------------------------------------

# When the support staff is there, on the wall of its zone: what is not urgent is late by these hours only (R-SUP-2).
SUPPORT_TIMEZONE = env.time_zone("SUPPORT_TIMEZONE")
SUPPORT_HOURS = env.weekly_hours("SUPPORT_HOURS", "mon-fri 09:00-17:00")
SUPPORT_HOLIDAYS = env.holidays("SUPPORT_HOLIDAYS")
# The addresses of admins who are called when somebody is in danger, and told of what is late. Empty: all admins.
SUPPORT_ON_CALL = env.addresses("SUPPORT_ON_CALL")

# --- Figures ------------------------------------------------------------------------------------------------------

# Where the days of the back office's figures begin at midnight, and the currency of figures that are in one only.
PLATFORM_TIME_ZONE = env.time_zone("PLATFORM_TIME_ZONE")
PLATFORM_CURRENCY = env.currency("PLATFORM_CURRENCY", "USD")

# --- Matching -----------------------------------------------------------------------------------------------------

# Points of each factor of a score: a hundred in all, and those that new tutors get on top (R-MAT-2, R-MAT-3).
MATCHING_WEIGHTS = {
    "subject": 25,
    "availability": 20,
    "language": 15,
    "price": 10,
    "quality": 15,
    "reliability": 10,
    "goals": 5,
    "new_tutor": 5,
}
# How long recommendations are kept, how long a tutor's free time is, and for how long who was dismissed is left out.
MATCHING_KEPT_HOURS = 24
MATCHING_FREE_TIME_KEPT_MINUTES = 60
MATCHING_DISMISSED_DAYS = 90
# The minutes of lessons that a student wants in two weeks, and the hours of their day in which, unless they said so.
MATCHING_WANTED_MINUTES = 240
MATCHING_USUAL_HOURS = (7, 22)

# --- REST framework and its documentation -------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.core.authentication.BearerAuthentication",
        "api.core.authentication.NextAuthCookieAuthentication",
        "api.core.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "api.core.parsers.JSONParser",
        "api.core.parsers.FormParser",
        "api.core.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": [
        "api.core.renderers.JSONRenderer",
        "api.core.renderers.BrowsableRenderer",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.core.renderers.JSONUnlessAskedOtherwise",
    "DEFAULT_THROTTLE_CLASSES": ["api.core.throttling.WindowThrottle"],
    "DEFAULT_FILTER_BACKENDS": ["api.core.filtering.AskedFilters"],
    "DEFAULT_SCHEMA_CLASS": "api.core.schema.DialectSchema",
    "EXCEPTION_HANDLER": "api.core.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "PeerLearn",
    "DESCRIPTION": (BASE_DIR / "peerlearn" / "openapi.md").read_text(),
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    # A list of groups first: unfolded, hundreds of operations are drawn. The validator would be an outside server's.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "none", "filter": True, "validatorUrl": None},
    "SWAGGER_UI_FAVICON_HREF": "/favicon.ico",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
    "PREPROCESSING_HOOKS": ["api.core.schema.order.by_method"],
    "POSTPROCESSING_HOOKS": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}},
}

# --- Calendars ----------------------------------------------------------------------------------------------------

# What the ids of calendar entries end in. Entries with another end are other entries: never change it.
CALENDAR_DOMAIN = env.text("PEERLEARN_CALENDAR_DOMAIN", urlsplit(PUBLIC_URL).hostname or "localhost")

# --- E-mail -------------------------------------------------------------------------------------------------------

EMAIL_URL = env.url(
    "EMAIL_URL",
    schemes=("consolemail", "filemail", "memorymail", "smtp", "smtps", "smtp+tls", "smtp+ssl"),
    default="consolemail://",
)
vars().update(environ.Env.email_url_config(EMAIL_URL))
if EMAIL_URL.startswith("filemail:"):
    EMAIL_FILE_PATH = "/" + urlsplit(EMAIL_URL).path.lstrip(
        "/"
    )  # the library would read filemail:///folder as relative
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.mailbox("PEERLEARN_FROM_EMAIL", "PeerLearn <no-reply@localhost>")
# Who keeps the daily checkpoint of the audit log; nobody: it is in the log only.
AUDIT_CHECKPOINT_RECIPIENTS = env.addresses("PEERLEARN_AUDIT_CHECKPOINT_TO")

# What other apps attach to the mail of a notification: functions `(Notification) -> list[Attachment]`.
NOTIFICATION_ATTACHMENTS = ["bookings.calendar.mails.entries_of"]
# What other apps add to the words of that mail, and of that mail alone: functions `(Notification) -> str`.
NOTIFICATION_NOTES = ["bookings.services.deadlines.note_on"]
# The private key that signs web pushes (VAPID), 32 bytes in base64url. Empty: one that follows from SECRET_KEY.
VAPID_PRIVATE_KEY = env.private_key("PEERLEARN_VAPID_PRIVATE_KEY")

# --- Files and pages ----------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
# /favicon.ico, which every browser asks for.
WHITENOISE_ROOT = BASE_DIR / "peerlearn" / "root"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
# What people upload: a folder, or a bucket of any server that speaks S3.
STORAGE_URL = env.url("PEERLEARN_STORAGE_URL", schemes=("file", "s3"), default=f"file://{BASE_DIR / 'data' / 'media'}")
# All that is stored there; what no row refers to is swept.
UPLOAD_FOLDERS = (
    "avatars/",
    "certificates/",
    "degrees/",
    "verification/",
    "attachments/",
    "materials/",
    "recordings/",
    "exports/",
)
STORAGES = {
    "default": storage_at(STORAGE_URL),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
UNFOLD = {
    "SITE_TITLE": "PeerLearn",
    "SITE_HEADER": "PeerLearn",
    "SITE_SUBHEADER": "Back office",
    "SITE_SYMBOL": "school",
    "SHOW_HISTORY": True,
    "SIDEBAR": {"navigation": "adminpanel.navigation.sidebar", "show_search": True},
    "STYLES": [lambda request: static("adminpanel/office.css")],
    "SCRIPTS": [lambda request: static("adminpanel/office.js")],
}

# --- What browsers may do -----------------------------------------------------------------------------------------

CORS_ALLOWED_ORIGINS = env.origins(
    "PEERLEARN_CORS_ORIGINS", "http://localhost:3000,http://localhost:5173" if DEBUG else ""
)
CORS_ALLOW_CREDENTIALS = True
CORS_EXPOSE_HEADERS = ["ETag", "Idempotent-Replay", "Link", "Retry-After", "X-Total-Count", "X-RateLimit-Limit"]
CORS_EXPOSE_HEADERS += ["X-RateLimit-Remaining", "X-RateLimit-Reset"]
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key", "if-match", "x-csrftoken"]
CSRF_TRUSTED_ORIGINS = CORS_ALLOWED_ORIGINS

_BEHIND_TLS = PUBLIC_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = _BEHIND_TLS
# What machines of ours ask without a proxy.
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^api/health", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if _BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _BEHIND_TLS
SECURE_HSTS_PRELOAD = _BEHIND_TLS
SESSION_COOKIE_SECURE = _BEHIND_TLS
CSRF_COOKIE_SECURE = _BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

# --- Logs ---------------------------------------------------------------------------------------------------------

LOGGING = logging_config(human=DEBUG and sys.stderr.isatty())
CSRF_FAILURE_VIEW = "api.core.errors.csrf_failure"
