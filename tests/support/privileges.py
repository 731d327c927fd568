"""Runs commands for which permissions of files count, even in the tests of root, who may read and write anything."""

import os
import shutil

AS_ANYBODY = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] if os.geteuid() == 0 else []
)


def why_no_permissions() -> str:
    return "root needs setpriv, which is in util-linux" if AS_ANYBODY and not shutil.which("setpriv") else ""
