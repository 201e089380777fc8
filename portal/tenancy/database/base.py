"""Django's Postgres backend, with one addition: a connection always knows the current programme.

Each cursor is handed out only after the connection's setting equals the scope's. That costs one comparison, and a
statement only when the programme changed; it holds through reconnects, pools, nested scopes and rolled-back
transactions (a rollback takes the setting back to its former value, so what we wrote is forgotten then).
"""

from typing import Any

import psycopg
from django.db.backends.postgresql import base

from portal.tenancy.scope import current_programme_or_none

UNKNOWN = object()


def hand_back(connection: "psycopg.Connection[Any]") -> None:
    """A pool's second guard: the next borrower finds no programme."""
    connection.execute("RESET portal.programme")
    connection.commit()


class DatabaseWrapper(base.DatabaseWrapper):
    _written: object = UNKNOWN

    @property
    def pool(self) -> Any:
        if options := self.settings_dict["OPTIONS"].get("pool"):
            options = {**({} if options is True else options), "reset": hand_back}
            self.settings_dict["OPTIONS"] = self.settings_dict["OPTIONS"] | {"pool": options}
        return super().pool

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._written = UNKNOWN
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        programme = current_programme_or_none()
        wanted = programme.pk if programme else None
        if self._written != wanted:
            with self.connection.cursor() as cursor:
                if wanted is None:
                    cursor.execute("RESET portal.programme")
                else:
                    cursor.execute("SELECT set_config('portal.programme', %s, false)", [str(wanted)])
            self._written = wanted
        return super().create_cursor(name)

    def _rollback(self) -> None:
        self._written = UNKNOWN
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._written = UNKNOWN
