"""A virtual machine by QEMU's software emulation, from an image that tests/vm/image made.

Commands reach it over a virtio-serial port (tests/vm/guest has the other end), files on disks that are plugged in while
it runs. What it writes goes to an overlay of its own, which is gone with it."""

import collections
import contextlib
import fcntl
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time

Finished = collections.namedtuple("Finished", "status output")

# What may be in an image's folder: the disk, and the state of a machine that has booted from it.
DISK, BOOTED_DISK, BOOTED_STATE = "disk.raw", "booted.qcow2", "booted.state"

# Software emulation even where there is a /dev/kvm, which may be there and not boot a stock kernel. cx16 is what
# Linux 6.12 double-faults on under emulation. No reset within one QEMU: the second boot would take three times as long.
# Both processors take turns in one thread: with a thread each, two machines at once wait for each other's locks and take
# a third longer; and Debian 13's kernel may die of an invalid opcode where one processor runs a jump label that the
# other one rewrites (set_next_task_fair(), when the first cpu.max is set).
QEMU = ["qemu-system-x86_64", "-machine", "pc,usb=off,vmport=off", "-accel", "tcg,thread=single,tb-size=512",
        "-cpu", "qemu64,-svm,-cx16", "-smp", "2", "-m", "1024", "-nodefaults", "-display", "none", "-nic", "none",
        "-no-reboot", "-device", "virtio-rng-pci", "-device", "virtio-serial-pci"]


class Lines:
    """JSON objects, one a line, over a socket."""

    def __init__(self, end):
        self.end = end
        self.received = b""

    def send(self, value):
        self.end.sendall(json.dumps(value).encode() + b"\n")

    def receive(self, timeout):
        limit = time.monotonic() + timeout
        while b"\n" not in self.received:
            self.end.settimeout(max(0.01, limit - time.monotonic()))
            more = self.end.recv(1 << 20)
            if not more:
                raise EOFError("QEMU has ended")
            self.received += more
        line, self.received = self.received.split(b"\n", 1)
        return json.loads(line)


class Monitor(Lines):
    """QEMU's own channel: https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html"""

    def __init__(self, end):
        super().__init__(end)
        self.receive(60)
        self("qmp_capabilities")

    def __call__(self, command, **arguments):
        self.send({"execute": command, "arguments": arguments})
        while True:
            answer = self.receive(60)
            if "error" in answer:
                raise RuntimeError(f"QEMU refuses {command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]


def place(folder):
    """A lock that is held as long as the machine runs: emulation takes a processor, and there are as many places."""
    locks = [open(os.path.join(folder, f"lock.{number}"), "w") for number in range(os.cpu_count() or 1)]
    waited = False
    while True:
        for lock in locks:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                for other in locks:
                    if other is not lock:
                        other.close()
                return lock
        if not waited:
            print("# waiting for another virtual machine to end", file=sys.stderr, flush=True)
            waited = True
        time.sleep(0.5)


class Machine:
    """Runs as long as the with statement lasts.

    booted: go on from the image's saved state, in a second or two, instead of booting.
    disk: write to this overlay or raw disk and keep it, instead of to one that is thrown away.
    keeps_flushed: after cut() that disk has what the machine has flushed, and need not have more."""

    def __init__(self, image, booted=True, disk=None, keeps_flushed=False):
        self.image = os.path.abspath(image)
        self.booted = booted
        self.disk = disk
        self.cache = "writeback" if keeps_flushed else "unsafe"
        self.attached = 0

    def __enter__(self):
        work = os.path.dirname(self.image)
        self.lock = place(work)
        self.folder = tempfile.mkdtemp(prefix="machine-", dir=work)
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if hasattr(self, "process"):
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder)
        self.lock.close()

    def _start(self):
        if not self.disk:
            self.disk = os.path.join(self.folder, "disk.qcow2")
            overlay(os.path.join(self.image, BOOTED_DISK if self.booted else DISK), self.disk)
        commands, theirs_of_commands = socket.socketpair()
        monitor, theirs_of_monitor = socket.socketpair()
        # However this program ends, no machine stays.
        self.process = subprocess.Popen(
            ["nice", "-n", "5", "setpriv", "--pdeathsig", "KILL", "--", *QEMU,
             "-drive", f"file={self.disk},if=virtio,cache={self.cache},format={format_of(self.disk)}",
             "-chardev", f"file,id=console,path={self._console()}", "-serial", "chardev:console",
             "-chardev", f"socket,id=commands,fd={theirs_of_commands.fileno()}",
             "-device", "virtserialport,chardev=commands,name=vm.commands",
             "-chardev", f"socket,id=monitor,fd={theirs_of_monitor.fileno()}", "-mon", "chardev=monitor,mode=control",
             *(["-incoming", "exec:cat " + shlex.quote(os.path.join(self.image, BOOTED_STATE))] if self.booted else [])],
            stdin=subprocess.DEVNULL, pass_fds=[theirs_of_commands.fileno(), theirs_of_monitor.fileno()])
        theirs_of_commands.close()
        theirs_of_monitor.close()
        self.monitor = Monitor(monitor)
        self.commands = Lines(commands)
        if self.booted:
            while self.monitor("query-status")["status"] == "inmigrate":
                time.sleep(0.05)
            self.monitor("cont")  # it was stopped to be saved
            # The saved state's clock stands where it stood.
            self.run(f"date --set=@{time.time():.3f}")
        else:
            self.commands.receive(900)
            self.run("systemctl is-system-running --wait", timeout=300)

    def run(self, script, user=None, timeout=120):
        """What a bash script ended with and printed: run by a system service, or in a login session of the user's."""
        self.commands.send({"script": script, "user": user, "timeout": timeout})
        answer = self.commands.receive(timeout + 60)
        return Finished(answer["status"], answer["output"])

    def bring(self, name, folder):
        """Plugs in a disk with a copy of the folder, read-only at /mnt/NAME."""
        image = os.path.join(self.folder, f"{name}.ext4")
        ext4(folder, image)
        self.monitor("blockdev-add", **{"driver": "raw", "node-name": name, "read-only": True,
                                        "file": {"driver": "file", "filename": image, "read-only": True}})
        self.monitor("device_add", driver="virtio-blk-pci", id=f"disk-{name}", drive=name, serial=name)
        disk = f"/dev/disk/by-id/virtio-{name}"
        plugged = self.run(f"for _ in {{1..200}}; do [ -e {disk} ] && break; sleep 0.1; done;"
                           f"mkdir -p /mnt/{name} && mount -o ro {disk} /mnt/{name}")
        if plugged.status != 0:
            raise RuntimeError(f"no disk {name} in the machine: {plugged.output}")

    def save(self):
        """Writes the state from which later machines go on, and ends this one."""
        state = shlex.quote(os.path.join(self.image, BOOTED_STATE))
        self.run("sync")
        self.monitor("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
        self.monitor("stop")
        self.monitor("migrate", uri=f"exec:cat >{state}")
        while (status := self.monitor("query-migrate")["status"]) != "completed":
            if status == "failed":
                raise RuntimeError("QEMU could not save the machine's state")
            time.sleep(0.1)
        self._quit()

    def shutdown(self, timeout=120):
        """Lets the machine end by itself, as by poweroff(8)."""
        self.commands.send({"script": "systemctl poweroff", "user": None, "timeout": timeout})
        self.process.wait(timeout)

    def cut(self):
        """Takes its power away: whatever it was at, it is no more."""
        self.process.kill()
        self.process.wait()

    def console(self):
        """What the firmware, GRUB and the kernel wrote to the serial console."""
        with open(self._console(), errors="replace") as file:
            return file.read()

    def _console(self):
        return os.path.join(self.folder, "console")

    def _quit(self):
        self.monitor("quit")
        self.process.wait(60)


def format_of(disk):
    return "qcow2" if disk.endswith(".qcow2") else "raw"


def overlay(disk, path):
    """A disk that begins as the other one and keeps only what is written to it. Both may be moved together."""
    base = os.path.relpath(disk, os.path.dirname(path))
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", format_of(disk), path], check=True)


def ext4(folder, image):
    """A file system with a copy of the folder."""
    used = int(subprocess.run(["du", "-sk", folder], check=True, capture_output=True, text=True).stdout.split()[0])
    with open(image, "wb") as file:
        file.truncate((used * 5 // 4 + 16384) * 1024)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", folder, image], check=True)
