"""What a program may leave behind."""

import collections
import ctypes
import os
import re
import socket
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
    """Where somebody listens, or takes datagrams: address and port, or a name that is ours."""
    found = []
    for name, state in (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")):
        table = reads(f"/proc/net/{name}") or "\n"
        found += [line.split()[1] for line in table.splitlines()[1:] if line.split()[3] == state]
    found += [line.split()[-1] for line in reads("/proc/net/unix").splitlines() if "kerneltour" in line]
    return sorted(found)


def files():
    """Those whose maker is gone: what another run has meanwhile is its own."""
    names = [name for name in os.listdir("/tmp") if name.startswith("kerneltour-")]
    makers = {name: re.match(r"kerneltour-(\d+)-", name) for name in names}
    return sorted(name for name, maker in makers.items() if not maker or not os.path.exists(f"/proc/{maker[1]}"))


def cgroups():
    """Those below ours, and any with our name."""
    own = [line.split(":", 2)[2] for line in reads("/proc/self/cgroup").splitlines() if line.startswith("0:")]
    below = f"/sys/fs/cgroup{own[0]}".rstrip("/") if own else None
    return sorted(path for path, _, _ in os.walk("/sys/fs/cgroup")
                  if "kerneltour" in path or (below and path.startswith(below + "/")))


def state():
    """What a program could leave. A namespace lives as long as a process is in it or a mount holds it."""
    return {"processes": descendants(), "sockets": sockets(), "mounts": reads("/proc/self/mountinfo"),
            "links": socket.if_nameindex(), "routes": reads("/proc/net/route"), "cgroups": cgroups(),
            "files": files(), "shared memory": sorted(os.listdir("/dev/shm")),
            "message queues": reads("/proc/sysvipc/msg"),
            "settings": [reads(f"/proc/sys/{name}") for name in SETTINGS]}


# What others end meanwhile is no leftover of ours. A mount or a link that is gone is one.
MAY_VANISH = {"processes", "sockets", "cgroups", "files", "shared memory"}


def differs(what, before, now):
    if what in MAY_VANISH:
        return bool(collections.Counter(now) - collections.Counter(before))
    return now != before


def left_behind(before, patience=2.0):
    """What is there now and was not before. The kernel may need a moment to end what was killed."""
    end = time.monotonic() + patience
    while True:
        now = state()
        changed = {key: (before[key], now[key]) for key in before if differs(key, before[key], now[key])}
        if not changed or time.monotonic() > end:
            return changed
        time.sleep(0.05)
