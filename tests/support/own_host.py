"""A host of a test's own: its /etc, its /home and its /var/lib/kerneltour are private, and gone when the test ends.

What else there is, is the host's. It takes root to make one.
"""

import contextlib
import ctypes
import os
import subprocess

CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
libc = ctypes.CDLL(None, use_errno=True)


def _call(function, *arguments):
    words = [word.encode() if isinstance(word, str) else word for word in arguments]
    if getattr(libc, function)(*words) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{function}{arguments}: {os.strerror(error)}")


def unshare(namespaces):
    """unshare(2), which Python has since 3.12."""
    _call("unshare", namespaces)


def enter():
    """From here on for this process and its children. False, with the host as it is, where that is not allowed."""
    try:
        unshare(CLONE_NEWNS)
        _call("mount", "none", "/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None)
    except OSError:
        return False
    copy("/etc")
    make_room("/home")
    empty("/var/lib/kerneltour")
    return True


@contextlib.contextmanager
def cover(path):
    """An empty file system over that directory; meanwhile, a name for what was there."""
    covered = os.open(path, os.O_PATH | os.O_DIRECTORY)
    os.set_inheritable(covered, True)
    _call("mount", "none", path, "tmpfs", ctypes.c_ulong(0), "mode=755")
    yield f"/proc/self/fd/{covered}"
    os.close(covered)


def copy(path):
    """A copy of that directory in its place."""
    with cover(path) as covered:
        subprocess.run(["cp", "-a", f"{covered}/.", path], check=True, close_fds=False)


def make_room(path):
    """That directory as it is, and room for other entries beside those that it has."""
    entries = list(os.scandir(path))
    with cover(path) as covered:
        for entry in entries:
            bind(f"{covered}/{entry.name}", entry)


def bind(source, entry):
    if entry.is_symlink():
        os.symlink(os.readlink(source), entry.path)
        return
    if os.path.isdir(source):
        os.mkdir(entry.path)
    else:
        os.close(os.open(entry.path, os.O_CREAT))
    _call("mount", source, entry.path, None, ctypes.c_ulong(MS_BIND | MS_REC), None)


def empty(path):
    """That directory, with nothing in it, also where the host has none."""
    if os.path.isdir(path):
        with cover(path):
            pass
    else:
        make_room(os.path.dirname(path))
        os.mkdir(path, 0o755)


def ranges(name):
    """The subordinate ranges of a user, as (start, count): of users, of groups."""
    found = []
    for path in ("/etc/subuid", "/etc/subgid"):
        with open(path) as file:
            fields = [line.strip().split(":") for line in file]
        found.append([(int(start), int(count)) for owner, start, count in fields if owner == name])
    return found


def add_user(name, ids=65536):
    """An ordinary user with a home, and a subordinate range of so many IDs on both sides; with 0, without any."""
    for path in ("/etc/subuid", "/etc/subgid"):
        open(path, "a").close()  # useradd(8) grants where they are
    counts = [word for side in "UG" for word in ("--key", f"SUB_{side}ID_COUNT={ids}")]
    # The log of logins is the host's.
    result = subprocess.run(["useradd", "--no-log-init", "--no-create-home", "--user-group", "--shell", "/bin/sh",
                             *counts, name], capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(f"cannot add the user {name}: {result.stderr}")
    os.mkdir(f"/home/{name}", 0o755)
    subprocess.run(["chown", f"{name}:", f"/home/{name}"], check=True)
    granted = [[count for _, count in side] for side in ranges(name)]
    if granted != ([[ids], [ids]] if ids else [[], []]):
        raise RuntimeError(f"useradd gave {name} the ranges {granted}, not {ids} IDs on both sides")


def add_range(name, start, ids=65536):
    """A subordinate range for a user who is there already, on both sides. It has to be free."""
    span = f"{start}-{start + ids - 1}"
    subprocess.run(["usermod", "--add-subuids", span, "--add-subgids", span, name], check=True)
