"""The chapters' programs, and ways to run them."""

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
