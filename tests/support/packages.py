"""Small but real Debian packages, made by dpkg-deb: kernels as Debian, Ubuntu and the mainline archive cut them."""

import dataclasses
import os
import struct
import subprocess
import tempfile

import tap

ARCHITECTURE = tap.run("dpkg", "--print-architecture").stdout.strip()
LIBC = "2.36-9"  # of the hosts that the tests make
# What the chapters ask of a kernel's configuration.
CONFIG = """CONFIG_PSI=y
# CONFIG_PSI_DEFAULT_DISABLED is not set
CONFIG_CGROUPS=y
CONFIG_MEMCG=y
CONFIG_FAIR_GROUP_SCHED=y
CONFIG_NAMESPACES=y
CONFIG_USER_NS=y
CONFIG_NET_NS=y
CONFIG_VETH=m
CONFIG_BPF_SYSCALL=y
"""
WITHOUT_PSI = CONFIG.replace("CONFIG_PSI=y\n# CONFIG_PSI_DEFAULT_DISABLED is not set", "# CONFIG_PSI is not set")

# As linux-image's own: the hooks make the initrd and GRUB's menu, and a hook that fails has the package fail. In a
# root with a busybox there is no run-parts that knows all the options.
HOOKS = """#!/bin/sh
set -e
export DEB_MAINT_PARAMS="$*"
for hook in /etc/kernel/{stage}.d/*; do
  [ ! -x "$hook" ] || "$hook" {release} /boot/vmlinuz-{release}
done
"""


@dataclasses.dataclass(frozen=True)
class Package:
    """What becomes a .deb. `files` is content by path, `scripts` maintainer scripts by name."""
    name: str
    version: str
    fields: dict = dataclasses.field(default_factory=dict)
    files: dict = dataclasses.field(default_factory=dict)
    scripts: dict = dataclasses.field(default_factory=dict)
    architecture: str = ARCHITECTURE
    compression: str = "xz"

    @property
    def file_name(self):
        return f"{self.name}_{self.version.split(':')[-1]}_{self.architecture}.deb"

    def control(self):
        fields = {"Package": self.name, "Version": self.version, "Architecture": self.architecture,
                  "Maintainer": "The tests <tests@example.org>", "Section": "kernel", "Priority": "optional",
                  "Installed-Size": str(sum(map(len, self.files.values())) // 1024 + 1), **self.fields,
                  "Description": f"{self.name}, for the tests"}
        return "".join(f"{name}: {value}\n" for name, value in fields.items())

    def build(self, folder):
        """The path of the .deb, which is made in that folder."""
        path = os.path.join(folder, self.file_name)
        with tempfile.TemporaryDirectory(prefix="kerneltour-deb-") as root:
            os.chmod(root, 0o755)
            _write(root, "DEBIAN/control", self.control().encode(), 0o644)
            for name, text in self.scripts.items():
                _write(root, f"DEBIAN/{name}", text.encode(), 0o755)
            for name, content in self.files.items():
                _write(root, name, content, 0o644)
            settings = [f"{name}\n" for name in self.files if name.startswith("/etc/")]
            if settings:
                _write(root, "DEBIAN/conffiles", "".join(settings).encode(), 0o644)
            subprocess.run(["dpkg-deb", f"-Z{self.compression}", "-z1", "--root-owner-group", "--build", root, path],
                           check=True, stdout=subprocess.DEVNULL)
        return path

    def but(self, fields=None, files=None, scripts=None, **others):
        """The same with some fields, files and scripts others than these."""
        return dataclasses.replace(self, fields=self.fields | (fields or {}), files=self.files | (files or {}),
                                   scripts=self.scripts | (scripts or {}), **others)


def _write(root, name, content, mode):
    path = os.path.join(root, name.lstrip("/"))
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, mode)


def noise(size):
    """So many KiB that no compression makes smaller."""
    return os.urandom(size * 1024)


def boot_image(size, signed):
    """The beginning of a kernel's image, as far as firmware looks at it for Secure Boot: a program for UEFI, PE32+, and
    in its data directory 4 the certificates of one that is signed (PE format, "Attribute Certificate Table")."""
    certificates = struct.pack("<II", size * 1024 - 512, 512) if signed else bytes(8)
    optional_header = struct.pack("<H", 0x20b).ljust(108, b"\0") + struct.pack("<I", 16)
    optional_header += (bytes(4 * 8) + certificates).ljust(16 * 8, b"\0")
    header = b"MZ".ljust(0x3c, b"\0") + struct.pack("<I", 0x40) + b"PE\0\0".ljust(24, b"\0") + optional_header
    return header + noise(size)[len(header):]


def _modules(release, size):
    return {f"/lib/modules/{release}/modules.order": b"kernel/drivers/net/veth.ko\n",
            f"/lib/modules/{release}/modules.builtin": b"kernel/lib/crc32.ko\n",
            f"/lib/modules/{release}/kernel/drivers/net/veth.ko": noise(size)}


def _hooks(release, *, removed_by="postrm"):
    return {"postinst": HOOKS.format(stage="postinst", release=release),
            removed_by: HOOKS.format(stage=removed_by, release=release)}


def debian_kernel(release, version, config=CONFIG, image=40, modules=60):
    """Debian's linux-image-RELEASE, which holds all of a kernel; `image` and `modules` are KiB."""
    return Package(f"linux-image-{release}", version,
                   {"Source": f"linux-signed-{ARCHITECTURE} ({version})",
                    "Depends": "kmod, linux-base (>= 4.3~), initramfs-tools (>= 0.120+deb8u2) | linux-initramfs-tool",
                    "Conflicts": f"linux-image-{release}-unsigned"},
                   {f"/boot/vmlinuz-{release}": boot_image(image, True), f"/boot/config-{release}": config.encode(),
                    f"/boot/System.map-{release}": b"ffffffffffffffff B The_real_System.map_is_in_-dbg\n",
                    **_modules(release, modules)}, _hooks(release))


def ubuntu_kernel(release, version, config=CONFIG, signed=True, modules_package=True, image=40, modules=60):
    """Ubuntu's linux-image-[unsigned-]RELEASE and linux-modules-RELEASE, which is where /boot/config is. Without
    `modules_package`, the mainline archive's one package of old."""
    parts = {f"/boot/config-{release}": config.encode(), f"/boot/System.map-{release}": b"ffffffff81000000 T _text\n",
             **_modules(release, modules)}
    name, other = f"linux-image-{release}", f"linux-image-unsigned-{release}"
    if not signed and modules_package:
        name, other = other, name
    depends = f"kmod, linux-base (>= 4.5), linux-modules-{release}" if modules_package else "kmod, linux-base"
    source = {"Source": "linux-signed" if signed else "linux"}
    image_package = Package(name, version, {**source, "Depends": depends, "Conflicts": other},
                            {f"/boot/vmlinuz-{release}": boot_image(image, signed),
                             **({} if modules_package else parts)},
                            _hooks(release), compression="zstd")
    if not modules_package:
        return [image_package]
    return [image_package, Package(f"linux-modules-{release}", version, {}, parts, compression="zstd")]


def mainline_kernel(version, stamp="202511131436", **options):
    """What the mainline archive has of "6.17.8", "6.17" or "6.18-rc3": image and modules, and, up to 4.16.3, the image
    alone."""
    upstream, _, candidate = version.partition("-")
    numbers = [int(number) for number in upstream.split(".")]
    numbers += [0] * (3 - len(numbers))
    abi = "".join(f"{number:02d}" for number in numbers) + candidate
    full = ".".join(map(str, numbers))
    return ubuntu_kernel(f"{full}-{abi}-generic", f"{full}-{abi}.{stamp}", signed=False,
                         modules_package=numbers > [4, 16, 3], **options)


def metapackage(name, kernel, version=None):
    """One without files, which depends on that kernel's package."""
    return Package(name, version or kernel.version, {"Depends": f"{kernel.name} (= {kernel.version})"})


def debian_headers(release, version):
    return Package(f"linux-headers-{release}", version, {"Depends": f"libc6 (>= {LIBC})"},
                   {f"/usr/src/linux-headers-{release}/Makefile": b"all:\n",
                    f"/lib/modules/{release}/build/Makefile": b"all:\n"})


def mainline_headers(release, version, libc=LIBC):
    """Both packages of headers, of which the second needs programs built against that libc."""
    common = release.removesuffix("-generic")
    both = Package(f"linux-headers-{common}", version, {}, {f"/usr/src/linux-headers-{common}/Makefile": b"all:\n"},
                   architecture="all", compression="zstd")
    own = Package(f"linux-headers-{release}", version,
                  {"Depends": f"linux-headers-{common}, libc6 (>= {libc})"},
                  {f"/usr/src/linux-headers-{release}/.config": CONFIG.encode()}, compression="zstd")
    return [both, own]


def base():
    """What every host has of which kernels' packages speak, without files."""
    versions = {"apt": "2.6.1", "base-files": "12.4", "dpkg": "1.21.22", "initramfs-tools": "0.142", "kmod": "30",
                "libc6": LIBC, "linux-base": "4.9"}
    essential = {"Section": "admin", "Essential": "yes"}
    return [Package(name, version, essential if name in ("base-files", "dpkg") else {"Section": "admin"})
            for name, version in versions.items()]
