"""The settings for tools that look at the code and ask no server: type checks, `makemigrations --check`."""

import os

os.environ.update(
    {
        "DEMO": "1",
        "SECRET_KEY": "for tools that ask no server and answer no request, hence no secret",
        "ALLOWED_HOSTS": ".localhost",
        "PLATFORM_HOST": "localhost",
        "DATABASE_URL": "postgresql:///portal",
        "REDIS_URL": "redis://",
        "EMAIL_URL": "smtp://",
    }
)

from portal.settings import *  # noqa: F403
from portal.settings import DATABASES

DATABASES["owner"] = {"ENGINE": "django.db.backends.dummy"}
