"""An archive of mainline kernels as kernel.ubuntu.com has one, of given .deb files, signed by a key made here.

    with Key("Kernel PPA") as key:
        archive = Archive(directory, key)
        archive.add("v6.17.8", "amd64", debs)   # v6.17.8/amd64/
        archive.add("v4.20", "amd64", debs)     # v4.20/, where all architectures lie together
        archive.publish()                       # CHECKSUMS and CHECKSUMS.gpg everywhere, and index.html
        open(path, "wb").write(key.public())    # for --keyring; key.fingerprint for --fingerprint
"""

import dataclasses
import hashlib
import html
import os
import re
import shutil
import subprocess
import tempfile
import time


class Key:
    """An RSA key of 2048 bits without a passphrase, in a GnuPG home of its own, which close() or the end of a `with`
    removes."""

    def __init__(self, name):
        self._home = tempfile.mkdtemp(prefix="kerneltour-key-")
        self._gpg("--quick-generate-key", f"{name} <key@example.org>", "rsa2048", "sign", "never")
        listing = self._gpg("--with-colons", "--list-keys").decode()
        self.fingerprint = re.search(r"^fpr:+([0-9A-F]{40}):", listing, re.M)[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self._home, "--kill", "all"], check=False, capture_output=True)
        shutil.rmtree(self._home, ignore_errors=True)

    def public(self, armored=False):
        """The public key as bytes: binary, or between lines of ASCII armor."""
        return self._gpg(*(["--armor"] if armored else []), "--export", self.fingerprint)

    def sign(self, data, *options):
        """A detached signature; options of gpg(1) like "--digest-algo", "SHA1" make it a bad one."""
        return self._gpg(*options, "--detach-sign", "--output", "-", input=data)

    def _gpg(self, *words, **options):
        command = ["gpg", "--homedir", self._home, "--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback",
                   "--passphrase", "", *words]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options).stdout


@dataclasses.dataclass(frozen=True)
class Folder:
    path: str  # where CHECKSUMS is
    sha256: bool  # whether CHECKSUMS has a block of them


def is_flat(version):
    """Whether that version has no folder an architecture: up to v5.6.17."""
    numbers = re.match(r"v(\d+)\.(\d+)", version)
    return (int(numbers[1]), int(numbers[2])) < (5, 7)


def write(path, data):
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


class Archive:
    """What lies in `directory`. Files there may be changed, removed and added before and after publish(), which only
    replaces CHECKSUMS, CHECKSUMS.gpg and index.html."""

    def __init__(self, directory, key):
        self.directory = directory
        self.key = key
        self._folders = {}  # path -> Folder

    def add(self, version, architecture, debs, flat=None, sha256=True):
        """Copies the .deb files to where those of this version and architecture lie, which it returns. `flat` is by
        the version unless it is said; without `sha256`, CHECKSUMS has SHA-1 alone."""
        flat = is_flat(version) if flat is None else flat
        path = os.path.join(self.directory, version, *([] if flat else [architecture]))
        os.makedirs(path, exist_ok=True)
        for deb in debs:
            shutil.copy(deb, path)
        self._folders[path] = Folder(path, sha256)
        return path

    def publish(self):
        """All of CHECKSUMS, CHECKSUMS.gpg and index.html by what lies there now."""
        for folder in self._folders.values():
            write_checksums(folder)
            self.sign(folder.path)
        self.write_index()

    def sign(self, path, key=None, *options):
        """Signs CHECKSUMS in that folder anew; by another key where one is given."""
        with open(os.path.join(path, "CHECKSUMS"), "rb") as file:
            signature = (key or self.key).sign(file.read(), *options)
        write(os.path.join(path, "CHECKSUMS.gpg"), signature)

    def write_index(self, more=("daily/", "v4.4.10-xenial/", "v5.12-rc1-dontuse/")):
        """index.html of the folders that are there, and of `more`, as mod_autoindex makes it."""
        names = [entry.name + "/" for entry in os.scandir(self.directory) if entry.is_dir()]
        write(os.path.join(self.directory, "index.html"), index_page(sorted({*names, *more})))


def write_checksums(folder):
    """CHECKSUMS of the files of that folder: a block of SHA-1, a block of SHA-256."""
    names = sorted(entry.name for entry in os.scandir(folder.path)
                   if entry.is_file() and entry.name not in ("CHECKSUMS", "CHECKSUMS.gpg", "index.html"))
    text = "# Checksums, check with the command below:\n#     shasum -c CHECKSUMS\n#\n"
    text += "# Checksums-Sha1:\n" + sums(folder.path, names, "sha1")
    if folder.sha256:
        text += "#\n# Checksums-Sha256:\n" + sums(folder.path, names, "sha256")
    write(os.path.join(folder.path, "CHECKSUMS"), text)


def sums(path, names, algorithm):
    lines = []
    for name in names:
        with open(os.path.join(path, name), "rb") as file:
            lines.append(f"{hashlib.new(algorithm, file.read()).hexdigest()}  {name}\n")
    return "".join(lines)


def index_page(names, when=None):
    """The page of a directory with these entries; folders end in "/"."""
    date = time.strftime("%Y-%m-%d %H:%M", time.gmtime(when))
    rows = "".join(
        f'<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="{html.escape(name)}">'
        f'{html.escape(name)}</a></td><td align="right">{date}  </td><td align="right">  - </td><td>&nbsp;</td></tr>\n'
        for name in names)
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html>
 <head>
  <title>Index of /mainline</title>
 </head>
 <body>
<h1>Index of /mainline</h1>
  <table>
   <tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th><th><a href="?C=N;O=D">Name</a></th>\
<th><a href="?C=M;O=A">Last modified</a></th><th><a href="?C=S;O=A">Size</a></th><th><a href="?C=D;O=A">Description</a>\
</th></tr>
   <tr><th colspan="5"><hr></th></tr>
<tr><td valign="top"><img src="/icons/back.gif" alt="[PARENTDIR]"></td><td><a href="/">Parent Directory</a></td>\
<td>&nbsp;</td><td align="right">  - </td><td>&nbsp;</td></tr>
{rows}   <tr><th colspan="5"><hr></th></tr>
</table>
</body></html>
"""
