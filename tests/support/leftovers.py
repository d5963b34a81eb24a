"""What a program may leave behind."""

import ctypes
import os
import time

# Whatever loses its parent becomes a child of the test (PR_SET_CHILD_SUBREAPER), and is seen.
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)

SETTINGS = ["user/max_user_namespaces", "kernel/hostname", "net/ipv4/tcp_migrate_req"]


def reads(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None


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
    """What a program could leave: processes, sockets, mounts, cgroups, links, files, settings."""
    with open("/proc/self/mountinfo") as mounts, open("/proc/net/dev") as links, open("/proc/cgroups") as groups:
        return {"processes": descendants(), "sockets": sockets(), "mounts": mounts.read(),
                "links": [line.split(":")[0] for line in links], "cgroups": groups.read(),
                "files": sorted(name for name in os.listdir("/tmp") if name.startswith("kerneltour-")),
                "shared memory": sorted(os.listdir("/dev/shm")),
                "settings": [reads(f"/proc/sys/{name}") for name in SETTINGS]}


def left_behind(before, patience=2.0):
    """What is there now and was not before. The kernel may need a moment to end what was killed."""
    end = time.monotonic() + patience
    while True:
        now = state()
        changed = {key: (before[key], now[key]) for key in before if before[key] != now[key]}
        if not changed or time.monotonic() > end:
            return changed
        time.sleep(0.05)
