"""The chapters' programs, and ways to run them."""

import os
import pwd
import re
import subprocess
import tempfile
import time

import control_groups
import own_host
import tap

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.normpath(os.path.join(HERE, "..", "..", "tutorials"))
AS_ROOT = os.geteuid() == 0
# Has ann, an ordinary user with a subordinate range, as root has one, and a control group of hers, and bob, who has
# neither.
OWN_HOST = AS_ROOT and own_host.enter()
if OWN_HOST:
    own_host.add_user("ann")
    if not all(own_host.ranges("root")):
        own_host.add_range("root", 500000000)
    own_host.add_user("bob", ids=0)
DELEGATED = {"ann": control_groups.delegate_to("ann")} if OWN_HOST else {}


def become(user):
    """The command before another that runs that one as an ordinary user, in their control group if they have one."""
    group = DELEGATED.get(user)
    return [*(control_groups.entering(group) if group else []), "setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]


def uid(user):
    return pwd.getpwnam(user).pw_uid


ORDINARY = become("ann") if OWN_HOST else ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


def programs():
    """By id: the programs beside the kerneltour under test."""
    folder = os.path.join(os.path.dirname(tap.kerneltour()), "..", "libexec", "kerneltour")
    return {name: os.path.join(folder, name) for name in sorted(os.listdir(folder)) if re.match(r"\d\d-", name)}


def who():
    """The ways to run a chapter: what to say of it, and the command before it."""
    return [("root", []), ("an ordinary user", ORDINARY)] if AS_ROOT else [("an ordinary user", [])]


def needs(name):
    """The features that chapter.md says it needs."""
    return _header(name, "needs").split()


def who_may_run(name):
    """Those of who() for whom the chapter is: where it is for root, root."""
    return [(whom, before) for whom, before in who() if whom == "root" or not is_for_root(name)]


def is_for_root(name):
    return _header(name, "privilege") == "root"


def _header(name, field):
    with open(os.path.join(SOURCES, name, "chapter.md")) as file:
        return re.search(f"^{field}: *(.*)$", file.read(), re.M)[1]


def steps(program):
    """By id: the line of each step's source, in order."""
    lines = tap.run(program, "--list").stdout.splitlines()
    return {line.split()[0]: int(line.split()[1]) for line in lines}


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
