"""A package whose scripts wait in the middle of dpkg's work, where and for as long as a test wants."""

import contextlib
import os
import subprocess

import apt_host

# A script waits where there is a pipe for it, until somebody opens the other one. /var/log is this host's own, and what
# is in it no part of its state.
AT, GO = "/var/log/kerneltour-at-{0}", "/var/log/kerneltour-go"
WAIT = f"#!/bin/sh\n[ ! -p {AT} ] || {{{{ echo >{AT}; read line <{GO} || true; }}}}\n"
STAGES = ("preinst", "postinst", "prerm", "postrm")


def with_waiting_scripts(package):
    """That package, whose scripts do what they did after they have waited."""
    return package.but(scripts={stage: WAIT.format(stage) + "".join(
        package.scripts.get(stage, "").splitlines(keepends=True)[1:]) for stage in STAGES})


def stop_in(stage, command, **options):
    """The command as a process, when dpkg has come to that script."""
    at = AT.format(stage)
    os.mkfifo(at)
    if not os.path.exists(GO):
        os.mkfifo(GO)
    pipe = os.open(at, os.O_RDONLY | os.O_NONBLOCK)
    null = subprocess.DEVNULL
    process = subprocess.Popen(command, **({"stdin": null, "stdout": null, "stderr": null} | options))
    reached = apt_host.await_(lambda: _says(pipe) or process.poll() is not None, 60)
    os.close(pipe)
    os.unlink(at)
    if not reached or process.poll() is not None:
        raise RuntimeError(f"{command} did not come to {stage}: {process.poll()}")
    return process


def _says(pipe):
    with contextlib.suppress(BlockingIOError):
        return os.read(pipe, 1)


def go_on():
    """Lets the script that waits go on; there is none where dpkg was ended, too."""
    def is_open():
        with contextlib.suppress(OSError):
            os.close(os.open(GO, os.O_WRONLY | os.O_NONBLOCK))
            return True
    apt_host.await_(is_open, 1)
    os.unlink(GO)
