"""The host of apt_host.py, with an archive of mainline kernels on loopback that its configuration names."""

import atexit
import os
import tempfile

import apt_host
from fault_server import FaultServer
from mainline_archive import Archive, Key
from packages import ARCHITECTURE

CONFIGURATION = "/etc/kerneltour/kerneltour.conf"
KEYRING = "/etc/kerneltour/mainline.gpg"
archive = server = signer = None


def begin():
    """Enters the host; its archive is empty."""
    global archive, server, signer
    apt_host.begin()
    signer = Key("Kernel PPA")
    atexit.register(signer.close)
    directory = os.path.join(apt_host.folder, "mirror", "mainline")
    os.makedirs(directory)
    archive = Archive(directory, signer)
    server = FaultServer(os.path.dirname(directory))
    apt_host.write(KEYRING, signer.public())
    apt_host.write(CONFIGURATION, settings())
    for path in (KEYRING, CONFIGURATION):
        apt_host.keep(path)
    apt_host.know_processes()


def url():
    return server.url + "mainline/"


def settings():
    return f"archive = {url()}\nkeyring = {KEYRING}\nfingerprint = {signer.fingerprint}\n"


def add(version, *packages, flat=None, **options):
    """Builds the packages into the archive; where they lie in it. publish() has to follow."""
    with tempfile.TemporaryDirectory(prefix="kerneltour-mainline-") as made:
        debs = [package.build(made) for package in packages]
        return archive.add(version, ARCHITECTURE, debs, flat=flat, **options)


def publish():
    """Signs what is there, and takes from the host what it remembers of an earlier archive."""
    archive.publish()
    apt_host.forget_cache()


def path(file):
    """As the server names it."""
    return "/" + os.path.relpath(file, server.directory)


def close():
    """As apt_host.close()."""
    _close_own()
    apt_host.close()


def finish():
    """As apt_host.finish()."""
    _close_own()
    apt_host.finish()


def _close_own():
    server.close()
    signer.close()
