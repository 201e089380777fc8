"""What `startproject` writes, on the measured Postgres. NAIVE_MIDDLEWARE=none leaves the middleware out."""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_database = urlsplit(os.environ["NAIVE_DATABASE_URL"])

SECRET_KEY = "a yardstick has no secrets"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bench.naive.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "bench.naive",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
if os.environ.get("NAIVE_MIDDLEWARE") == "none":
    MIDDLEWARE = []
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.lstrip("/"),
        "USER": _database.username,
        "HOST": parse_qs(_database.query)["host"][0],
        # Django's default of a new connection for each request would cost e two thirds of its speed.
        "CONN_MAX_AGE": 300,
    }
}
