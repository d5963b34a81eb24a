"""Packages of kernels that boot: one of APT's, made smaller, and others that are made of it. Packed by zstd, as
Ubuntu's are."""

import glob
import os
import re
import struct
import subprocess
import tempfile

import tap
from packages import Package, mainline_kernel

# What a machine of tests/vm has to have, as far as it is no part of the image; all that these need comes with them.
MODULES = ("virtio_pci", "virtio_blk", "virtio_console", "virtio_rng", "ext4", "crc32c_generic", "crc32c_intel", "veth",
           "autofs4", "binfmt_misc", "configfs", "dm_mod", "efi_pstore", "fuse", "ip_tables", "loop")


def another_release(installed):
    """The newest kernel for virtual machines that APT has and that is not this one; None where it has none."""
    names = tap.run("apt-cache", "pkgnames", "linux-image-").stdout.split()
    found = [re.fullmatch(r"linux-image-(\d+\.\d+\.\d+[\w.+-]*-cloud-\w+)", name) for name in names]
    releases = [match[1] for match in found if match and match[1] != installed]
    return max(releases, key=lambda release: [int(part) for part in re.findall(r"\d+", release)], default=None)


def mainline_version(release):
    """As the mainline archive names the version of a release: "6.1" for "6.1.0-56-amd64"."""
    return re.match(r"\d+\.\d+\.\d+", release)[0].removesuffix(".0")


class BootableKernel:
    """A kernel of the distribution, as APT downloads it to `folder`."""

    def __init__(self, release, folder):
        self.release = release
        with tempfile.TemporaryDirectory(dir=folder) as download:
            subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", f"linux-image-{release}"],
                           cwd=download, check=True)
            self.root = os.path.join(folder, release)
            subprocess.run(["dpkg-deb", "-R", *glob.glob(os.path.join(download, "*.deb")), self.root], check=True)
        self._leave_out_modules()

    def _leave_out_modules(self):
        """With all of them dpkg and the initial RAM disk would take minutes in an emulated machine."""
        folder = self._modules()
        brought = set(os.listdir(folder))
        base = folder.removesuffix(f"/lib/modules/{self.release}")
        subprocess.run(["depmod", "-b", base, self.release], check=True, capture_output=True)
        with open(os.path.join(folder, "modules.dep")) as file:
            needs = dict(line.rstrip("\n").split(":", 1) for line in file)
        kept = {path for path in needs if os.path.basename(path).split(".")[0].replace("-", "_") in MODULES}
        kept |= {needed for path in kept for needed in needs[path].split()}
        left_out = [*(needs.keys() - kept), *(set(os.listdir(folder)) - brought)]
        for path in left_out:
            os.unlink(os.path.join(folder, path))
        subprocess.run(["find", folder, "-type", "d", "-empty", "-delete"], check=True)
        os.unlink(os.path.join(self.root, "DEBIAN", "md5sums"))

    def _modules(self):
        return glob.glob(os.path.join(self.root, "**", "lib", "modules", self.release), recursive=True)[0]

    def package(self, folder):
        """The distribution's package with its own scripts; the path of the .deb."""
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["dpkg-deb", "-Zzstd", "-z1", "--root-owner-group", "--build", self.root, folder], check=True,
                       stdout=subprocess.DEVNULL)
        return glob.glob(os.path.join(folder, f"linux-image-{self.release}_*.deb"))[0]

    def file(self, name):
        return read(os.path.join(self.root, "boot", f"{name}-{self.release}"))

    def mainline(self):
        """The release and the packages of this kernel as one of the mainline archive's: unsigned, with another release
        that is as long. None where the image is not packed by LZ4, which leaves the release as it stands."""
        image, modules = mainline_kernel(mainline_version(self.release))
        release = image.name.removeprefix("linux-image-unsigned-")
        boots = _renamed(self.file("vmlinuz"), self.release, release)
        if not boots:
            return None
        files = {f"/boot/config-{release}": self.file("config")}
        for path in glob.glob(os.path.join(self._modules(), "**"), recursive=True):
            if os.path.isfile(path):
                files[path.removeprefix(self.root).replace(self.release, release)] = read(path)
        scripts = {"postinst": f"#!/bin/sh\ndepmod {release}\n",
                   "postrm": f"#!/bin/sh\nrm -f /lib/modules/{release}/modules.*\n"}
        return release, [
            Package(image.name, image.version, image.fields, {f"/boot/vmlinuz-{release}": boots}, image.scripts,
                    compression="zstd"),
            Package(modules.name, modules.version, {}, files, scripts, compression="zstd")]

    def bad(self, release, image=None):
        """A package that brings that image, or this kernel's, and an initial RAM disk that is none."""
        initrd = f"/boot/initrd.img-{release}"
        script = "#!/bin/sh\nset -e\n{}\nupdate-grub\n"
        return Package(f"linux-image-{release}", release.split("-")[0], {"Depends": "linux-base"},
                       {f"/boot/vmlinuz-{release}": image or self.file("vmlinuz"),
                        f"/boot/config-{release}": self.file("config")},
                       {"postinst": script.format(f"echo spoilt >{initrd}"),
                        "postrm": script.format(f"rm -f {initrd}")}, compression="zstd")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def _renamed(image, old, new):
    """A kernel's image that says another release of itself; None where the release is packed away, or longer."""
    header = struct.unpack_from("<I", image, 0x3c)[0]
    certificates = header + 24 + 112 + 4 * 8  # PE format: data directory 4 of a PE32+
    is_plain = re.search(rb"\(none\).{2,8}" + re.escape(old.encode()), image, re.S)
    if len(new) != len(old) or not is_plain:
        return None
    unsigned = image[:certificates] + bytes(8) + image[certificates + 8:]
    return unsigned.replace(old.encode(), new.encode())
