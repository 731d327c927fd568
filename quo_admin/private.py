"""Keeps what Quo Admin writes from the other accounts of this machine."""

import os
import stat
from pathlib import Path

UMASK = 0o077
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private(folder: Path) -> None:
    """Leave the data folder and its files to their owner, also if they existed before. Raises OSError.

    A folder that is not only for data, such as one for temporary files, stays as it is. So does what belongs to others.
    """
    if folder.resolve() in {Path("/"), Path.home()} or folder.stat().st_mode & stat.S_ISVTX:
        return
    for path in (folder, *folder.iterdir()):
        about = path.lstat()
        if about.st_uid == os.geteuid() and about.st_mode & _OTHERS and not path.is_symlink():
            path.chmod(stat.S_IMODE(about.st_mode) & ~_OTHERS)
