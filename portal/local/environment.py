"""The environment of a local portal: the same names as in production (portal/environment.py), local values."""

from portal.local.home import Home
from portal.local.postgres import Postgres
from portal.local.valkey import Valkey


def local_environment(
    home: Home, postgres: Postgres, valkey: Valkey, database: str, port: int, mail_port: int = 25
) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DEMO": "1",
        "SECRET_KEY": home.secret_key(),
        "ALLOWED_HOSTS": ".localhost,127.0.0.1",
        "PLATFORM_HOST": "localhost",
        "PORT_SUFFIX": f":{port}",
        "DATABASE_URL": postgres.url("kakehashi_app", database),
        "DATABASE_OWNER_URL": postgres.url("kakehashi_owner", database),
        "REDIS_URL": valkey.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        # The demo's mail goes nowhere, so nobody has to be spared.
        "MAIL_PER_MINUTE": "0",
        "MAIL_PER_MINUTE_AND_DOMAIN": "0",
        "DATA_FOLDER": str(home.path),
        "STATIC_ROOT": str(home.static),
    }
