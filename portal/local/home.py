"""The data folder of a local portal: where everything lies, and whether it can be used."""

import fcntl
import os
import secrets
import shutil
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
    def mail(self) -> Path:
        return self.path / "mail"

    @property
    def logs(self) -> Path:
        return self.path / "log"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def static(self) -> Path:
        return self.path / "static"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def prepare(self) -> "Home":
        length = len(os.fsencode(self.sockets))
        if length > LONGEST_SOCKET_FOLDER:
            raise Refusal(
                f"The data folder {self.path} is too deep for the servers' sockets"
                f" ({length} bytes, {LONGEST_SOCKET_FOLDER} at most): choose a shorter one with PORTAL_HOME=/tmp/kakehashi."
            )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._refuse_if_not_ours()
            for folder in (self.sockets, self.logs, self.files, self.static):
                folder.mkdir(exist_ok=True)
            # Whoever reaches the sockets is the database's superuser.
            self.sockets.chmod(0o700)
        except OSError as error:
            raise Refusal(
                f"The data folder {self.path} cannot be written ({error.strerror}): choose another with PORTAL_HOME=…."
            ) from error
        return self

    def lock(self) -> IO[str]:
        """Held as long as the returned file is open; two portals never share a folder."""
        file = self._lock.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise Refusal(
                f"A portal is already running in {self.path}: stop it, or choose another folder with PORTAL_HOME=…."
            ) from error
        return file

    def remove(self) -> None:
        try:
            if self.path.exists():
                self._refuse_if_not_ours()
                with self.lock():
                    shutil.rmtree(self.path)
        except OSError as error:
            raise Refusal(f"The data folder {self.path} cannot be removed ({error.strerror}).") from error

    def secret_key(self) -> str:
        file = self.path / "secret-key"
        if not file.exists():
            unfinished = file.with_suffix(".new")
            unfinished.unlink(missing_ok=True)
            unfinished.touch(mode=0o600)
            unfinished.write_text(secrets.token_urlsafe(50))
            unfinished.rename(file)
        return file.read_text()

    @property
    def _lock(self) -> Path:
        """Our first file in a folder, hence also the sign that it is ours."""
        return self.path / "lock"

    def _refuse_if_not_ours(self) -> None:
        if not self._lock.exists() and any(self.path.iterdir()):
            raise Refusal(f"The folder {self.path} holds something else: choose a new one with PORTAL_HOME=….")
        self._lock.touch()
