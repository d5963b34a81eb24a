"""A machine that gets other kernels from kerneltour, and is started again and again from one disk."""

import contextlib
import json
import os
import shutil
import time

import tap
import vm

TREE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
UNIT = os.path.join(TREE, "debian", "kerneltour.kerneltour-trial.service")
FILES = "/mnt/files"
LONGEST = 1800  # seconds that an installation may take, where others keep the processors busy
MOST_STARTS = 4  # more often than that a machine does not restart before it is up, unless something is wrong

# All that a kernel, its trial and their end may change, and that is to be as before once they are taken back.
STATE = """
find /etc/default /etc/grub.d /etc/kernel /boot -type f ! -path '*/i386-pc/*' \\
  -printf '%m %u %g %p\\n' -exec sha256sum {} + | sort
find /etc -type f -exec sha256sum {} + | sort
find /boot/grub/i386-pc -type f -exec sha256sum {} + | sort | sha256sum
find / /lib/modules -maxdepth 1 -printf '%M %p %l\\n' | sort
dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\\n'
apt-mark showauto
find /var/lib/kerneltour -mindepth 1 ! -path '*/changes*' ! -name lock ! -name '*.lock' 2>/dev/null | sort
dpkg --audit
"""


def differences(before, after):
    return [*(f"-{line}" for line in before if line not in after),
            *(f"+{line}" for line in after if line not in before)]


def show_end(console):
    for line in console.splitlines()[-60:]:
        print(f"# console: {line}", flush=True)


class Guest(vm.Machine):
    """The machine while it is up. What its console said is in `said` once it is gone."""

    said = ""

    def __exit__(self, *_):
        with contextlib.suppress(OSError):  # of one that QEMU did not start
            self.said = self.console()
        super().__exit__()

    def does(self, script, timeout=LONGEST):
        """What a script prints that has to succeed. Where it does not, that is a failed test."""
        began = time.monotonic()
        result = self.run(script, timeout=timeout)
        if time.monotonic() - began > 10:
            print(f"# {time.monotonic() - began:.0f} s: {script.strip()[:90]}", flush=True)
        if result.status != 0:
            tap.ok(False, f"the machine does: {script}", result.output)
        return result.output

    def says(self, script):
        return self.run(script, timeout=300).output.strip()

    def state(self):
        return self.does(STATE).splitlines()

    def undo(self):
        return self.run("kerneltour undo --yes", timeout=LONGEST)

    def status(self):
        """What `kerneltour kernel status` says: the running kernel, the default, the trial."""
        text = self.does("kerneltour kernel status --format json")
        try:
            return json.loads(text)
        except ValueError:
            return {"running": None, "default": None, "installed": None, "trial": None, "text": text}

    def default(self):
        """What GRUB itself starts when nothing is chosen, as it stands in its menu."""
        return self.says("sed -n '/^else/,/^fi/s/^ *set default=\"\\(.*\\)\"/\\1/p' /boot/grub/grub.cfg | head -n 1")

    def next_entry(self):
        return self.says("grub-editenv list | sed -n 's/^next_entry=//p'")

    def service(self):
        """What the service that judges a trial has said since the machine was started."""
        return self.does("journalctl --no-pager -o cat -b -u kerneltour-trial.service")

    def journal(self):
        """The stage of each change of kerneltour's, by its kind."""
        changes = json.loads(self.does("kerneltour undo --list --format json"))["changes"]
        return [(change["kind"], change["stage"]) for change in changes]


class Disk:
    """The machine's disk, and the machine while it is up: `guest`. At the end of a `with` it is gone; its console is
    shown where a test failed.

    keeps_flushed: as for vm.Machine; then it can be cut off."""

    def __init__(self, image, folder, keeps_flushed=False):
        self.image = image
        self.path = os.path.join(folder, "disk.qcow2")
        self.keeps_flushed = keeps_flushed
        self.guest = None
        self.starts = 0  # how often the machine had to be started until it was up
        self.files = os.path.join(folder, "files")  # what provide() brings
        os.makedirs(self.files)
        shutil.copy2(tap.kerneltour(), os.path.join(self.files, "kerneltour"))
        shutil.copy2(UNIT, os.path.join(self.files, "kerneltour-trial.service"))
        vm.overlay(os.path.join(image, vm.BOOTED_DISK), self.path)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self._end(kind is not None)

    def _end(self, failed=False):
        """Ends a machine that is down already, or as if its power were taken."""
        if not self.guest:
            return
        self.guest.__exit__()
        if failed or tap.failures > self.failures:
            show_end(self.guest.said)
        self.guest = None

    def start(self, saved=False):
        """The machine, once it is up; at the first time from the image's saved state. One that ends by itself before
        has restarted after a panic (QEMU's -no-reboot)."""
        began = time.monotonic()
        self.failures = tap.failures
        self.starts = 0
        while not self.guest:
            self.starts += 1
            guest = Guest(self.image, booted=saved, disk=self.path, keeps_flushed=self.keeps_flushed)
            try:
                self.guest = guest.__enter__()
            except (EOFError, TimeoutError) as error:
                if isinstance(error, TimeoutError) or self.starts == MOST_STARTS:
                    show_end(guest.said)
                    raise
        print(f"# up after {self.starts} start(s) and {time.monotonic() - began:.0f} s", flush=True)
        return self.guest

    def restart(self):
        self.guest.shutdown(900)
        self._end()
        return self.start()

    def cut_off(self):
        """Takes the power away, and starts it again."""
        self.guest.cut()
        self._end()
        return self.start()

    def bring(self):
        """Puts `files` into the machine, below FILES until it is restarted."""
        os.chmod(self.files, 0o755)
        self.guest.bring("files", self.files)

    def provide(self):
        """Brings `files`, and installs kerneltour as it is built here."""
        self.bring()
        self.guest.does(f"install {FILES}/kerneltour /usr/bin && mkdir -p /etc/kerneltour"
                        f" && install -m 644 {FILES}/kerneltour-trial.service /etc/systemd/system"
                        " && systemctl --quiet enable kerneltour-trial.service")
