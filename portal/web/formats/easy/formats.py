from portal.web.formats.ja.formats import *  # noqa: F403 - the same as Japanese
