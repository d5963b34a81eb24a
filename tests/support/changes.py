"""A host to change: what the tests of `kerneltour subid` and `kerneltour undo` share. Never the machine's own."""

import json
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys

import own_host
import tap

SUBUID, SUBGID = FILES = ("/etc/subuid", "/etc/subgid")
PASSWORD_LOCK = "/etc/.pwd.lock"
JOURNAL = "/var/lib/kerneltour/changes"
ANN = "ann:100000:65536\n"
PROGRAM = tap.kerneltour()
CLONE_NEWPID, PR_SET_PDEATHSIG = 0x20000000, 1
_plain_etc = set()


def begin():
    """Enters a host of our own, with the ordinary users ann and bob. Ends the test where that is not allowed."""
    if os.geteuid() != 0 or not own_host.enter():
        tap.skip("the host is changed and is as before", "it takes root and a mount namespace: run it as root")
        tap.done()
    _leave_the_hosts_processes()
    for name in ("ann", "bob"):
        own_host.add_user(name, ids=0)
    os.close(os.open(PASSWORD_LOCK, os.O_CREAT, 0o600))
    reset()
    _plain_etc.update(os.listdir("/etc"))


def _leave_the_hosts_processes():
    """From here on there are none but ours: those of the machine may use the very ranges of the tests."""
    own_host.unshare(CLONE_NEWPID)
    child = os.fork()
    if child != 0:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    own_host.libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    subprocess.run(["mount", "-t", "proc", "proc", "/proc"], check=True)


def reset(subuid=ANN, subgid=None):
    """The files anew, `subgid` like `subuid` where it is not given, and nothing in the journal."""
    shutil.rmtree(JOURNAL, ignore_errors=True)
    for path, text in zip(FILES, (subuid, subuid if subgid is None else subgid)):
        for old in (path, path + "-"):
            if os.path.lexists(old):
                os.unlink(old)
        write(path, text)


def write(path, text, mode="w"):
    with open(path, mode, encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)


def look(path):
    """All of a file that undo has to bring back; None where there is none."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    with open(path, "rb") as file:
        return file.read(), stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid


def files():
    return [look(path) for path in FILES]


def texts():
    return [state and state[0].decode() for state in files()]


def moments():
    """When the files were written last, and which they are."""
    return [(os.stat(path).st_mtime_ns, os.stat(path).st_ino) for path in FILES]


def strays():
    """What is in /etc and in the journal and should not be, when no kerneltour runs."""
    found = sorted(set(os.listdir("/etc")) - _plain_etc - {"subuid", "subgid"})
    kept = os.listdir(JOURNAL) if os.path.isdir(JOURNAL) else []
    return found + [name for name in kept if not re.fullmatch(r"lock|\d{4}-subordinate-ids(\.undone)?", name)]


def run(*words, before=(), **options):
    return tap.run(*before, PROGRAM, *words, **options)


def grant(*words, **options):
    return run("subid", "grant", *words, **options)


def undo(*words, **options):
    return run("undo", *words, **options)


def listed(*words, **options):
    """What `subid list --format json` says."""
    result = run("subid", "list", *words, "--format", "json", **options)
    return json.loads(result.stdout) if result.returncode == 0 else result


def journal():
    """By id: the stage of each change, as `undo --list` tells it."""
    changes = json.loads(undo("--list", "--format", "json").stdout)["changes"]
    return {change["id"]: change["stage"] for change in changes}


def uid(user):
    return pwd.getpwnam(user).pw_uid


def ordinary(user):
    """The command before another that runs that one as this user."""
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]


def is_one_line(result, *words):
    """One line on standard error, with these words in it."""
    return len(result.stderr.splitlines()) == 1 and all(word in result.stderr for word in words)


def said(result):
    return f"status {result.returncode}\nstdout: {result.stdout}\nstderr: {result.stderr}"


def hold_password_lock():
    """A process that has /etc/.pwd.lock, as passwd(1) has it, until it is told to end."""
    script = ("import fcntl, sys\nfile = open(sys.argv[1], 'r+')\nfcntl.lockf(file, fcntl.LOCK_EX)\n"
              "print('held', flush=True)\nsys.stdin.read()")
    holder = subprocess.Popen(["python3", "-c", script, PASSWORD_LOCK], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    holder.stdout.readline()
    return holder
