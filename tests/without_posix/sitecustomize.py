"""Python as it is on Windows, as far as footfall can tell: without the modules and names that only POSIX has.

Python runs this by itself in every process that has this folder on its path, before anything else:

    PYTHONPATH=tests/without_posix python -m pytest tests/client tests/delivery tests/plan tests/planning tests/testing
"""

from __future__ import annotations

import os
import sys

_MODULES = ("fcntl", "grp", "pwd", "resource", "termios", "uvloop")
# os.getuid stays: pytest asks for it wherever sys.platform is not win32.
_NAMES = (
    "fork", "forkpty", "register_at_fork", "geteuid", "getegid", "getgid", "setuid", "setgid", "seteuid", "setsid",
    "killpg", "getpgid", "getpgrp", "mkfifo", "fchmod", "fchown", "chown", "lchown", "pread", "pwrite", "preadv",
    "pwritev", "O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC",
)  # fmt: skip

for _name in _MODULES:
    sys.modules[_name] = None  # type: ignore[assignment]  # importing it is a ModuleNotFoundError
for _name in _NAMES:
    if hasattr(os, _name):
        delattr(os, _name)
