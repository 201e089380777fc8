"""The data folder of a local portal: where everything lies, and whether it can be used."""

import fcntl
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# sun_path holds 108 bytes on Linux and 104 on macOS, and the servers add a name of their own.
LONGEST_SOCKET_FOLDER = 80


class Refusal(Exception):
    """The portal cannot start here. The message is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Home:
    path: Path

    @property
    def sockets(self) -> Path:
        return self.path / "run"

    @property
    def database(self) -> Path:
        return self.path / "postgres"

    @property
    def logs(self) -> Path:
        return self.path / "log"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def static(self) -> Path:
        return self.path / "static"

    def prepare(self) -> "Home":
        length = len(os.fsencode(self.sockets))
        if length > LONGEST_SOCKET_FOLDER:
            raise Refusal(
                f"The data folder {self.path} is too deep for the servers' sockets"
                f" ({length} bytes, {LONGEST_SOCKET_FOLDER} at most): choose a shorter one with PORTAL_HOME=/tmp/kakehashi."
            )
        try:
            for folder in (self.path, self.sockets, self.logs, self.files, self.static):
                folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise Refusal(
                f"The data folder {self.path} cannot be written ({error.strerror}): choose another with PORTAL_HOME=…."
            ) from error
        # Whoever reaches the sockets is the database's superuser.
        self.sockets.chmod(0o700)
        return self

    def lock(self) -> IO[str]:
        """Held as long as the returned file is open; two portals never share a folder."""
        file = (self.path / "lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refusal(
                f"A portal is already running in {self.path}: stop it, or choose another folder with PORTAL_HOME=…."
            ) from error
        return file

    def secret_key(self) -> str:
        file = self.path / "secret-key"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(50))
        return file.read_text()
