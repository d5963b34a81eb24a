"""A machine as its owner may have left it: nothing that the chapters want is installed, and what can be is off.
Its APT finds packages in a repository on a second disk, as it would in the distribution's archive."""

import glob
import os
import shutil
import subprocess

import vm_image
from kernel_machine import FILES
from repository import Repository

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
MIRROR = os.path.join(TESTS, "mirror.sh")
PACKAGES = ["uidmap", "lxc", "apache2-utils", "ruby"]  # what the chapters want

# Pressure is switched off by the boot parameters, and user namespaces by both of the sysctls that can.
SWITCHED_OFF = """
sed -i /^ann:/d /etc/subuid /etc/subgid
echo 'ann ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/ann
echo 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX psi=0"' >/etc/default/grub.d/50-host.cfg
printf 'user.max_user_namespaces = 0\\nkernel.unprivileged_userns_clone = 0\\n' >/etc/sysctl.d/50-host.conf
update-grub 2>/dev/null
"""


def apt_for(release, folder):
    """APT's settings to know that release's packages, from the mirror that it is set up with here."""
    if release == vm_image.codename():
        return []
    made = os.path.join(folder, "apt")
    for name in ("lists/partial", "cache"):
        os.makedirs(os.path.join(made, name))
    sources = os.path.join(made, "sources.list")
    with open(sources, "w") as file:
        subprocess.run(["bash", "-c", '. "$0" && sources_of "$1"', MIRROR, release], check=True, stdout=file)
    settings = [f"-oDir::Etc::sourcelist={sources}", "-oDir::Etc::sourceparts=-", f"-oDir::State::lists={made}/lists",
                f"-oDir::Cache={made}/cache", "-oAPT::Sandbox::User=root"]
    subprocess.run(["apt-get", "-qq", *settings, "update"], check=True, capture_output=True)
    return settings


def have_packages(guest, disk, key, release):
    """Puts them into `files`, as APT finds them here for that machine; the line for its sources.list."""
    repository = Repository(os.path.join(disk.files, "apt"), key)
    status = os.path.join(os.path.dirname(disk.path), "status")
    with open(status, "w") as file:
        file.write(guest.does("cat /var/lib/dpkg/status"))
    pool = os.path.join(repository.folder, repository.pool)
    os.makedirs(os.path.join(pool, "partial"))
    settings = [f"-oDir::State::status={status}", "-oDir::State::extended_states=/dev/null",
                f"-oDir::Cache::archives={pool}/", "-oDebug::NoLocking=true", "-oAPT::Sandbox::User=root"]
    subprocess.run(["apt-get", "-qq", "-y", "--no-install-recommends", "--download-only",
                    *apt_for(release, os.path.dirname(disk.path)), *settings, "install", *PACKAGES],
                   check=True, capture_output=True)
    shutil.rmtree(os.path.join(pool, "partial"))
    repository.publish()
    with open(os.path.join(disk.files, "key.gpg"), "wb") as file:
        file.write(key.public())
    return f"deb [signed-by={FILES}/key.gpg] file:{FILES}/apt stable main"


def begin(disk, key, release=vm_image.codename()):
    """The machine, up; with kerneltour's package in FILES, and not installed."""
    made = subprocess.run([os.path.join(TESTS, "deb"), release], check=True, stdout=subprocess.PIPE, text=True).stdout
    shutil.copy2(*glob.glob(os.path.join(made.strip(), "kerneltour_*.deb")), disk.files)
    guest = disk.start(saved=True)
    guest.does(SWITCHED_OFF)
    line = have_packages(guest, disk, key, release)
    guest.does(f"echo '{line}' >/etc/apt/sources.list")
    guest = disk.restart()
    disk.bring()
    guest.does("apt-get -qq update")
    return guest
