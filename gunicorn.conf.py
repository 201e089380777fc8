"""How gunicorn serves the portal, wherever it is started from this folder. Address and processes: its command line."""

from typing import Any

# Ours answers with a page that says so (portal/web/middleware.py); the proxy in front has a limit of its own.
limit_request_line = 0
control_socket_disable = True
# Its warnings quote what a broken client sent. Our own line for each request says what is needed.
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.web.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": {"level": "ERROR", "handlers": ["stderr"], "propagate": False}},
}
