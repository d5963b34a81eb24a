"""The images that tests/vm/image makes."""

import os
import subprocess

import tap

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
TOOL = os.path.join(TESTS, "vm", "image")


def codename():
    """This host's: the programs that are built here run on the same release."""
    with open("/etc/os-release") as file:
        return dict(line.rstrip().split("=", 1) for line in file if "=" in line).get("VERSION_CODENAME", "")


def image(what, release=None):
    """The folder of that release's image, or of this host's. Without one the test program ends here: `what` is what it
    would have tested."""
    if (release or codename()) not in ("bookworm", "trixie"):
        tap.skip(what, "needs to be built on Debian 12 or 13: run it there")
        tap.done()
    can = [os.path.join(TESTS, "clean-root"), "--can", release or codename()]
    able = subprocess.run(can, stdout=subprocess.PIPE, text=True)
    if able.returncode != 0:
        tap.skip(what, able.stdout.strip())
        tap.done()
    made = subprocess.run([TOOL, release or codename()], capture_output=True, text=True)
    if made.returncode != 0:
        tap.ok(False, "a virtual machine's image can be made", made.stderr[-3000:])
        tap.done()
    return made.stdout.strip()
