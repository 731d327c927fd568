"""Says why a file or folder of Quo Admin cannot be used, and what to do about it."""

import errno
import os
import pwd
import shlex
import stat
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM}
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}


def refusal(path: Path) -> OSError | None:
    """Return the error of reading and writing a file or folder, or None. A file that is not there is fine."""
    if not _exists(path) or os.access(path, os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0)):
        return None
    is_read_only = os.statvfs(path).f_flag & os.ST_RDONLY
    return OSError(errno.EROFS if is_read_only else errno.EACCES, "")


def advice(path: Path, error: OSError, setting: str = "DATA_DIR") -> str:
    """Return one or two sentences about the error of a file or folder whose place is in `setting`."""
    elsewhere = f"or name another place in {setting}"
    if error.errno in _FULL:
        return f"The disk of {path} is full. Make room on it."
    if error.errno == errno.EROFS:
        return f"{path} is on a read-only disk. Mount it so that it can be written, {elsewhere}."
    if error.errno == errno.ENOENT:
        made = "Run `make setup`." if setting == "DATA_DIR" else f"Make it, {elsewhere}."
        return f"{path} is not there. {made}"
    if error.errno in _NO_FOLDER:
        return f"{_file_in(path)} is not a folder. Move it away, {elsewhere}."
    if error.errno in _REFUSED:
        return _of_permissions(path, elsewhere)
    return f"{path} cannot be used: {error.strerror}. Look for errors of its disk, {elsewhere}."


def _exists(path: Path) -> bool:
    """Return whether the path exists. `Path.exists` raises an error where a parent may not be entered."""
    return os.access(path, os.F_OK)


def _file_in(path: Path) -> Path:
    """Return the part of `path` that is a file in the place of a folder."""
    parts = (*reversed(path.parents), path)
    return next((part for part in parts if _exists(part) and not part.is_dir()), path)


def _of_permissions(path: Path, elsewhere: str) -> str:
    me = _name(os.geteuid())
    account = shlex.quote(me.removeprefix("user "))
    parents = [parent for parent in path.parents if _exists(parent)]
    if closed := [parent for parent in parents if not os.access(parent, os.X_OK)]:
        return f"{me} may not enter {closed[-1]}, which belongs to {_owner(closed[-1])}. Allow it, {elsewhere}."
    if not _exists(path):
        made = f"`sudo install -d -o {account} -m 700 {shlex.quote(str(path))}`"
        return f"{me} may not write to {parents[0]}, which belongs to {_owner(parents[0])}. Make the folder: {made}."
    folder = shlex.quote(str(path if path.is_dir() else path.parent))
    if (owner := _owner(path)) != me:
        run_as = "Give" if owner == "root" else f"Run this as {owner}, or give"
        give = f"{run_as} the folder to {me}: `sudo chown -R {account} {folder}`"
        return f"{path} belongs to {owner}, and this is {me}. {give}."
    needed = stat.S_IRUSR | stat.S_IWUSR | (stat.S_IXUSR if path.is_dir() else 0)
    if path.stat().st_mode & needed != needed:
        return f"{path} may not be read and written by its owner, {me}. Allow it: `chmod -R u+rwX {folder}`."
    return f"{path} cannot be written, although {me} may. Something else forbids it: `chattr`, SELinux or a service."


def _owner(path: Path) -> str:
    return _name(path.stat().st_uid)


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
