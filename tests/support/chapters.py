"""The chapters' programs, and what may be left behind by one."""

import ctypes
import os
import re
import subprocess
import tempfile
import time

import tap

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.normpath(os.path.join(HERE, "..", "..", "tutorials"))
ORDINARY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
AS_ROOT = os.geteuid() == 0

# Whatever loses its parent becomes a child of the test (PR_SET_CHILD_SUBREAPER), and is seen.
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def programs():
    """By id: the programs beside the kerneltour under test."""
    folder = os.path.join(os.path.dirname(tap.kerneltour()), "..", "libexec", "kerneltour")
    return {name: os.path.join(folder, name) for name in sorted(os.listdir(folder)) if re.match(r"\d\d-", name)}


def who():
    """The ways to run a chapter: what to say of it, and the command before it."""
    return [("root", []), ("an ordinary user", ORDINARY)] if AS_ROOT else [("an ordinary user", [])]


def steps(program):
    """By id: the line of each step's source, in order."""
    lines = tap.run(program, "--list").stdout.splitlines()
    return {line.split()[0]: int(line.split()[1]) for line in lines}


def descendants():
    """What runs below this test, zombies reaped."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except ChildProcessError:
            break
    found = []
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/children") as children:
            found += children.read().split()
    return found


def sockets():
    listening = []
    for path, state in (("/proc/net/tcp", "0A"), ("/proc/net/udp", "07")):
        with open(path) as table:
            listening += [line.split()[1] for line in table.read().splitlines()[1:] if line.split()[3] == state]
    return sorted(listening)


def state():
    """What a chapter could leave: processes, sockets, mounts, cgroups, links, files."""
    with open("/proc/self/mountinfo") as mounts, open("/proc/net/dev") as links, open("/proc/cgroups") as groups:
        return {"processes": descendants(), "sockets": sockets(), "mounts": mounts.read(),
                "links": [line.split(":")[0] for line in links], "cgroups": groups.read(),
                "files": sorted(name for name in os.listdir("/tmp") if name.startswith("kerneltour-"))}


def left_behind(before, patience=2.0):
    """What is there now and was not before. The kernel may need a moment to end what was killed."""
    end = time.monotonic() + patience
    while True:
        now = state()
        changed = {key: (before[key], now[key]) for key in before if before[key] != now[key]}
        if not changed or time.monotonic() > end:
            return changed
        time.sleep(0.05)


def start(command, **options):
    """A chapter on its way, with its output in a file that can be read meanwhile."""
    log = tempfile.TemporaryFile("a+", errors="replace")  # the child writes at its end, wherever we read
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options), log


def wait_for(log, words, patience=10.0):
    """Waits until the words stand in what a chapter printed."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        log.seek(0)
        if words in log.read():
            return True
        time.sleep(0.005)
    return False
