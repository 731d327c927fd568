"""Creates the private data folder and a secret key in it. `make setup` runs this."""

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from quo_admin import env
from quo_admin.folders import advice, refusal
from quo_admin.private import UMASK, make_private

KEY_FILE = "secret-key"


def kept(path: Path) -> str:
    """Return the text of a file, or "" if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def no_secret_key(folder: Path) -> str:
    """Return a sentence about why there is no secret key that can be read in the data folder."""
    try:
        (folder / KEY_FILE).open("rb").close()
    except FileNotFoundError:
        pass
    except OSError as error:
        return _advice(folder, error)
    return f"There is no SECRET_KEY that can be read in {folder}: run `make setup`, which makes one, or set it."


def _advice(folder: Path, error: OSError) -> str:
    key_file = folder / KEY_FILE
    is_about_key = error.filename == str(key_file) and not refusal(folder)
    return advice(key_file if is_about_key else folder, error)


def keep_once(path: Path, value: str) -> str:
    """Write `value` to a new private file, unless the file exists, and return the file's text.

    The file is created atomically, even with other processes at the same time.
    """
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent, prefix=f"{path.name}.") as draft:
            draft.write(value)
            draft.flush()
            os.fsync(draft.fileno())
            with suppress(FileExistsError):
                os.link(draft.name, path)
    return kept(path)


def prepare(values: env.Values) -> None:
    """Create the data folder and, unless one is set, the secret key. Raises OSError and SettingsError."""
    folder: Path = values["DATA_DIR"]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_private(folder)
    if values["SECRET_KEY"]:
        return
    key_file = folder / KEY_FILE
    keep_once(key_file, secrets.token_urlsafe(48))
    if not kept(key_file):
        key_file.open("rb").close()  # raises OSError if permissions are the cause
        raise env.SettingsError(f"{key_file} holds no secret key that can be read: delete it, then start again.")


def main() -> None:
    os.umask(UMASK)
    try:
        values = env.read(os.environ, env.dotenv_path(os.environ))
        prepare(values)
    except env.SettingsError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(_advice(values["DATA_DIR"], error))


if __name__ == "__main__":
    main()
