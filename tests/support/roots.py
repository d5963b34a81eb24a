"""Roots that are not running, for `--root DIR`: a dpkg and an APT of their own, and a busybox for the packages'
scripts."""

import os
import shutil
import subprocess
import tempfile

import apt_host
import packages
import tap

DIRECTORIES = ("usr/bin", "usr/lib/modules", "boot", "tmp", "dev", "proc", "root", "etc/default", "var/lib/dpkg/info",
               "var/lib/dpkg/updates", "var/lib/dpkg/triggers", "var/lib/apt/lists/partial",
               "var/cache/apt/archives/partial", "var/log/apt")
APPLETS = ("sh", "cat", "cp", "ls", "mkdir", "mv", "rm", "true")


def make(path, *lines):
    """A root in that directory, which is made; `lines` are its sources.list."""
    for name in DIRECTORIES:
        os.makedirs(os.path.join(path, name), mode=0o755)
    for name in ("bin", "lib"):
        os.symlink(f"usr/{name}", os.path.join(path, name))
    shutil.copy("/bin/busybox", os.path.join(path, "usr/bin/busybox"))
    for applet in APPLETS:
        os.symlink("busybox", os.path.join(path, "usr/bin", applet))
    for name in ("/etc/apt", "/etc/dpkg", "/etc/kernel", "/etc/os-release"):
        subprocess.run(["cp", "-aL", name, path + name], check=True)
    for name in ("status", "available"):
        apt_host.write(f"{path}/var/lib/dpkg/{name}", "")
    apt_host.write(f"{path}/etc/apt/sources.list", "".join(lines))
    with tempfile.TemporaryDirectory(prefix="kerneltour-base-") as made:
        debs = [package.build(made) for package in packages.base()]
        subprocess.run(["dpkg", f"--root={path}", "--force-unsafe-io", "--install", *debs], check=True,
                       capture_output=True)
    result = apt_get(path, "update")
    if result.returncode != 0:
        raise RuntimeError(apt_host.said(result))


def apt_get(path, *words):
    """apt-get(8) for that root."""
    return tap.run("apt-get", f"-oDir={path}", f"-oDPkg::Options::=--root={path}", *words)


def installed(path):
    """By name: the version of each package that is there, and its state where it is another than "installed"."""
    text = tap.run("dpkg-query", f"--admindir={path}/var/lib/dpkg", "-W", "-f",
                   "${Package} ${Version} ${db:Status-Status}\n").stdout
    rows = [line.split() for line in text.splitlines()]
    return {row[0]: row[1] if row[2] == "installed" else f"{row[1]} {row[2]}" for row in rows}


def problems(path):
    """What is half done there."""
    found = []
    for result in (tap.run("dpkg", f"--root={path}", "--audit"), apt_get(path, "check", "-qq")):
        if result.returncode != 0 or result.stdout or result.stderr:
            found.append(apt_host.said(result))
    return found
