"""A control group (version 2) that root has delegated to an ordinary user, as a session of systemd's is."""

import atexit
import os
import pwd
import re

# What has to be the user's: "Delegation" in Documentation/admin-guide/cgroup-v2.rst.
DELEGATED = ["cgroup.procs", "cgroup.threads", "cgroup.subtree_control"]


def top():
    """Where version 2 is mounted; None where it is not."""
    with open("/proc/self/mountinfo") as mounts:
        mount = re.search(r"^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 ", mounts.read(), re.M)
    return mount and mount[1]


def own():
    """The directory of this process's own group; None where version 2 is not mounted."""
    with open("/proc/self/cgroup") as groups:
        path = re.search(r"^0::(.*)$", groups.read(), re.M)
    return os.path.normpath(top() + path[1]) if top() and path else None


def delegate_to(user):
    """A group of the user's, until the test ends; None where none can be made. Its name is none of a chapter's."""
    parent = own()
    group = parent and os.path.join(parent, f"of-{user}-{os.getpid()}")
    try:
        os.mkdir(group)
    except (TypeError, OSError):
        return None
    atexit.register(os.rmdir, group)
    owner = pwd.getpwnam(user)
    for path in [group, *(os.path.join(group, name) for name in DELEGATED)]:
        os.chown(path, owner.pw_uid, owner.pw_gid)
    return group


def entering(group):
    """The command before another that runs that one in the group."""
    return ["sh", "-c", 'echo 0 >"$0" && exec "$@"', os.path.join(group, "cgroup.procs")]
