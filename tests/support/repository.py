"""A distribution's archive in a directory, as APT reads it: indexes made by apt-ftparchive, signed."""

import os
import subprocess

import packages


class Repository:
    """One suite and one component. `release` are further fields of its Release file, "NotAutomatic" say."""

    def __init__(self, folder, key, suite="stable", origin="Debian", release=None):
        self.folder, self.key, self.suite = folder, key, suite
        self.fields = {"Origin": origin, "Label": origin, "Suite": suite, "Codename": suite, "Components": "main",
                       "Architectures": packages.ARCHITECTURE, **(release or {})}
        self.pool = f"pool/{suite}"
        for made in (self.pool, self._index()):
            os.makedirs(os.path.join(folder, made), mode=0o755, exist_ok=True)

    def _index(self):
        return f"dists/{self.suite}/main/binary-{packages.ARCHITECTURE}"

    def add(self, *added):
        """Builds the packages and publishes all that there are."""
        for package in added:
            package.build(os.path.join(self.folder, self.pool))
        self.publish()

    def publish(self):
        index = self._ftparchive("packages", self.pool)
        self._write(f"{self._index()}/Packages", index)
        release = os.path.join(self.folder, "dists", self.suite, "Release")
        signature = release + ".gpg"
        for old in filter(os.path.exists, (release, signature)):
            os.unlink(old)  # or it would be one of the files that Release lists
        settings = [f"-oAPT::FTPArchive::Release::{name}={value}" for name, value in self.fields.items()]
        self._write(f"dists/{self.suite}/Release", self._ftparchive(*settings, "release", f"dists/{self.suite}"))
        with open(release, "rb") as file:
            self._write(signature, self.key.sign(file.read(), "--armor"))

    def _ftparchive(self, *words):
        return subprocess.run(["apt-ftparchive", *words], cwd=self.folder, check=True, capture_output=True).stdout

    def _write(self, name, content):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(content)

    def path(self, package):
        return os.path.join(self.folder, self.pool, package.file_name)

    def source(self, keyring, uri=None):
        """The line for sources.list. `uri` is where the folder is served; without it, it is read."""
        return f"deb [signed-by={keyring}] {uri or 'file:' + self.folder} {self.suite} main\n"
