"""A host with a dpkg and an APT of its own, for the tests of `kerneltour kernel`. Never the machine's own: /boot, the
modules, dpkg's database, APT's lists, cache and logs are private, and there is no network but loopback.

It has the packages of packages.base() and the kernel that runs, and APT has one archive, which is empty.
"""

import atexit
import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time

import leftovers
import own_host
import packages
import tap
from mainline_archive import Key
from repository import Repository

CLONE_NEWNET = 0x40000000
RUNNING = os.uname().release
PROGRAM = tap.kerneltour()
MARKS = "/var/lib/apt/extended_states"
STATUS, LOG, HISTORY = "/var/lib/dpkg/status", "/var/log/dpkg.log", "/var/log/apt/history.log"
JOURNAL = "/var/lib/kerneltour/changes"
CACHE = "/var/cache/kerneltour"
# What a package of a kernel, its hooks and kerneltour may change.
PLACES = ("/boot", "/usr/lib/modules", "/usr/src", "/var/lib/dpkg", "/var/lib/apt", "/var/cache/apt", "/var/log",
          "/var/lib/kerneltour", CACHE)
SETTINGS = ("/etc/apt", "/etc/default", "/etc/dpkg", "/etc/kernel", "/etc/kerneltour")
KEYRING = "/etc/apt/keyrings/tests.gpg"
# As it comes, but that nobody waits long.
APT_SETTINGS = 'APT::Sandbox::User "_apt";\nAcquire::Retries "0";\nDPkg::Lock::Timeout "3";\n'
# As initramfs-tools' own: it makes an initial RAM disk, and fails where /boot has no room for it.
INITRD_HOOKS = {"postinst": '#!/bin/sh\nset -e\ncp "/boot/vmlinuz-$1" "/boot/initrd.img-$1"\n',
                "postrm": '#!/bin/sh\nrm -f "/boot/initrd.img-$1"\n'}
_outside = {}
_agents = set()  # what the keys need
_kept = ""  # the files of the host as it began
folder = ""  # where the archive and whatever else a test makes is; `_apt` may read there
key = None
stable = None


def begin():
    """Enters the host. Ends the test where that is not allowed."""
    if os.geteuid() != 0 or not _enter():
        tap.skip("kernels are installed and removed", "it takes root, and mount and network namespaces: run it as root")
        tap.done()
    global folder, key, stable, _kept
    folder = tempfile.mkdtemp(prefix="kerneltour-apt-")
    os.chmod(folder, 0o755)
    key = Key("The distribution")
    atexit.register(close)  # also where a test ends by an error
    stable = Repository(os.path.join(folder, "distribution"), key)
    _set_up_etc()
    _set_up_dpkg()
    _kept = os.path.join(folder, "kept")
    stable.publish()
    sources(stable.source(KEYRING))
    for place in (*PLACES, *SETTINGS):
        _copy(place, _kept + place)
    know_processes()


def know_processes():
    """What runs now is no leftover of a command: a server, the agent of a key."""
    _agents.update(leftovers.descendants())


def processes():
    """What runs and should not, when no command does."""
    return sorted(set(leftovers.descendants()) - _agents)


def _copy(source, target):
    os.makedirs(target, exist_ok=True)
    subprocess.run(["cp", "-a", f"{source}/.", target], check=True)


def _enter():
    _outside.update({name: os.open(name, os.O_PATH) for name in ("/var/lib/dpkg", "/boot", "/usr/lib", "/usr/src")})
    _outside["state"] = _state_outside()
    if not own_host.enter():
        return False
    own_host.unshare(CLONE_NEWNET)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for place in PLACES:
        if place != "/var/lib/kerneltour":  # that one is its own already
            own_host.empty(place)
    for place in ("/boot", "/usr/lib/modules"):
        with own_host.cover(place):  # also where the directory had to be made
            resize(place)
    return True


def _state_outside():
    """What of the machine itself may never change."""
    names = {name: f"/proc/self/fd/{number}" for name, number in _outside.items() if name != "state"}
    with open(names["/var/lib/dpkg"] + "/status", "rb") as file:
        status = hashlib.sha256(file.read()).hexdigest()
    return [status, *(sorted(os.listdir(names[name])) for name in ("/boot", "/usr/lib", "/usr/src"))]


def resize(place, size="64m"):
    """/boot, or /usr/lib/modules, of another size, with what is in it."""
    subprocess.run(["mount", "-o", f"remount,size={size}", place], check=True)


def _set_up_etc():
    for path in ("/etc/apt", "/etc/kernel", "/etc/dpkg", "/etc/kerneltour"):
        shutil.rmtree(path, ignore_errors=True)
    for path in ("/etc/apt/apt.conf.d", "/etc/apt/preferences.d", "/etc/apt/sources.list.d", "/etc/apt/keyrings",
                 "/etc/dpkg/dpkg.cfg.d", "/etc/kernel/postinst.d", "/etc/kernel/postrm.d", "/etc/kerneltour"):
        os.makedirs(path, mode=0o755)
    write("/etc/apt/apt.conf.d/00-tests", APT_SETTINGS)
    write("/etc/dpkg/dpkg.cfg", f"log {LOG}\nforce-unsafe-io\n")
    write(KEYRING, key.public())
    for stage, script in INITRD_HOOKS.items():
        write(f"/etc/kernel/{stage}.d/initramfs", script)
        os.chmod(f"/etc/kernel/{stage}.d/initramfs", 0o755)


def _set_up_dpkg():
    for path in ("/var/lib/dpkg/info", "/var/lib/dpkg/updates", "/var/lib/dpkg/triggers", "/var/lib/dpkg/alternatives",
                 "/var/lib/apt/lists/partial", "/var/cache/apt/archives/partial", "/var/log/apt"):
        os.makedirs(path, mode=0o755, exist_ok=True)
    for path in (STATUS, "/var/lib/dpkg/available"):
        write(path, "")
    with tempfile.TemporaryDirectory(prefix="kerneltour-base-") as made:
        running = packages.debian_kernel(RUNNING, "1.0-1")
        debs = [package.build(made) for package in (*packages.base(), running)]
        subprocess.run(["dpkg", "--force-unsafe-io", "--install", *debs], check=True, capture_output=True)


def finish():
    """What has to hold after all tests of a program, and the end of it."""
    tap.equal(_state_outside(), _outside["state"], "the machine's own packages are as before",
              "or somebody else has installed some meanwhile")
    close()
    # gpg's agents take a moment to end.
    tap.ok(await_(lambda: not leftovers.descendants()), "no process is left", leftovers.descendants())
    tap.done()


def close():
    """Removes what is not gone with the host."""
    key.close()
    shutil.rmtree(folder, ignore_errors=True)


def reset():
    """The host as it began; what is in the archive stays."""
    for place in (*PLACES, *SETTINGS):
        for entry in os.scandir(place):
            shutil.rmtree(entry.path) if entry.is_dir(follow_symlinks=False) else os.unlink(entry.path)
        _copy(_kept + place, place)


def keep(path):
    """That file is one of those that reset() brings back."""
    subprocess.run(["cp", "-a", path, _kept + path], check=True)


def unkeep(path):
    os.unlink(_kept + path)


def forget_cache():
    """What kerneltour keeps of what it has downloaded."""
    for entry in os.scandir(CACHE):
        shutil.rmtree(entry.path) if entry.is_dir(follow_symlinks=False) else os.unlink(entry.path)


def sources(*lines):
    """APT has these archives, and knows what is in them."""
    write("/etc/apt/sources.list", "".join(lines))
    update()


def update():
    result = tap.run("apt-get", "update")
    if result.returncode != 0 or "W:" in result.stderr:
        raise RuntimeError(f"apt-get update: {said(result)}")


def publish(*added, archive=None):
    """More packages in the archive, in the lists of APT, and of the host that reset() brings back."""
    (archive or stable).add(*added)
    update()
    lists = "/var/lib/apt/lists"
    shutil.rmtree(_kept + lists)
    _copy(lists, _kept + lists)


def write(path, content, mode="w"):
    with open(path, mode + "b" if isinstance(content, bytes) else mode) as file:
        file.write(content)


def read(path, mode="r"):
    with open(path, mode) as file:
        return file.read()


def run(*words, before=(), **options):
    return tap.run(*before, PROGRAM, *words, **options)


def kernel(*words, **options):
    return run("kernel", *words, **options)


def listed(*words, **options):
    """The kernels that `kernel list --format json` tells of."""
    result = kernel("list", *words, "--format", "json", **options)
    if result.returncode != 0:
        raise RuntimeError(said(result))
    return json.loads(result.stdout)["kernels"]


def said(result):
    return f"status {result.returncode}\nstdout: {result.stdout}\nstderr: {result.stderr}"


def is_one_line(result, *words):
    """One line on standard error, with these words in it."""
    return len(result.stderr.splitlines()) == 1 and all(str(word) in result.stderr for word in words)


def complains(result, *words):
    """What it says last on standard error, after what it has told of its doings, has these words."""
    lines = result.stderr.splitlines()
    return bool(lines) and all(str(word) in lines[-1] for word in ("kerneltour: ", *words))


def automatic():
    """The packages that are there because others need them. APT's marks of others say nothing."""
    return set(tap.run("apt-mark", "showauto").stdout.split())


def installed():
    """By name: version of each package, and its state where it is another than "installed"."""
    text = tap.run("dpkg-query", "-W", "-f", "${Package} ${Version} ${db:Status-Status}\n").stdout
    rows = [line.split() for line in text.splitlines()]
    return {row[0]: row[1] if row[2] == "installed" else f"{row[1]} {row[2]}" for row in rows}


def manual():
    """The packages that are marked as wanted by a person."""
    return set(tap.run("apt-mark", "showmanual").stdout.split())


def clean(sentence):
    """That nothing is half done, whatever came before."""
    tap.equal(problems(), [], f"{sentence}: dpkg, APT and the journal are clean")


def refuses(words, sentence, *command, status=1, **options):
    """`kerneltour kernel` with that command says in its last line why it does not, and the host is as before."""
    before = state()
    result = kernel(*command, **options)
    tap.ok(result.returncode == status and complains(result, *words), sentence, said(result))
    tap.equal((changed(before), problems()), ([], []), f"{sentence}: and the host is as before")
    return result


def does(sentence, *command, **options):
    """`kerneltour kernel` with that command works, and leaves nothing half done."""
    result = kernel(*command, **options)
    tap.equal((result.returncode, problems()), (0, []), sentence, said(result))
    return result


def kernel_files(release):
    """Those of that release, where packages and hooks put them."""
    found = [f"/boot/{name}" for name in os.listdir("/boot") if name.endswith(f"-{release}")]
    return sorted(found + [path for path in (f"/usr/lib/modules/{release}",) if os.path.exists(path)])


# What dpkg, APT and their hooks write to keep books or to work in, which tells nothing of the host's state.
BOOKS = re.compile(r"/var/log/|/var/cache/apt/|/var/cache/kerneltour|/var/lib/kerneltour|/etc/ld\.so\.cache$"
                   r"|/var/lib/dpkg/(lock(-frontend)?|tmp\.ci.*|triggers/Lock|\w+-old|available)$"
                   r"|/var/lib/apt/(lists/lock|periodic/.*|listchanges.*)$")


def state():
    """All that undo has to bring back: content, mode and owner by path."""
    found = {}
    for place in (*PLACES, "/etc"):
        for directory, folders, names in os.walk(place):
            for path in (os.path.join(directory, name) for name in (*folders, *names)):
                if not BOOKS.match(path):
                    found[path] = _look(path)
    found[MARKS] = automatic()
    return found


def _look(path):
    status = os.lstat(path)
    about = stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid
    if stat.S_ISDIR(status.st_mode):
        return about
    if stat.S_ISLNK(status.st_mode):
        return os.readlink(path)
    with open(path, "rb") as file:
        content = file.read()
    if path == STATUS:  # dpkg writes it anew, in an order of its own, and keeps what somebody has wanted once
        stanzas = content.strip().split(b"\n\n")
        content = b"\n\n".join(sorted(stanza for stanza in stanzas if b" not-installed\n" not in stanza))
    return hashlib.sha256(content).hexdigest(), *about


def changed(before):
    """The paths at which the state is another one now."""
    now = state()
    return sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))


def journal():
    """By id: the stage of each change, as `undo --list` tells it."""
    result = run("undo", "--list", "--format", "json")
    if result.returncode != 0:
        raise RuntimeError(said(result))
    return {change["id"]: change["stage"] for change in json.loads(result.stdout)["changes"]}


def problems():
    """What is half done, in dpkg's words and APT's, and by the journal; empty where all is whole."""
    found = []
    for command in (("dpkg", "--audit"), ("apt-get", "check", "-qq")):
        result = tap.run(*command)
        if result.returncode != 0 or result.stdout or result.stderr:
            found.append(f"{' '.join(command)}: {said(result)}")
    halves = {name: state for name, state in installed().items() if " " in state and not state.endswith("config-files")}
    found += [f"{halves}"] if halves else []
    if os.path.isdir(JOURNAL):
        found += [name for name in os.listdir(JOURNAL) if re.search(r"\.(begun|undoing|new)$", name)]
    for place in ("/boot", "/usr/lib/modules"):
        found += [path for path in _walk(place) if re.search(r"\.dpkg-(new|tmp)$", path)]
    return found + processes()


def _walk(place):
    return [os.path.join(directory, name) for directory, folders, names in os.walk(place) for name in folders + names]


@contextlib.contextmanager
def held_lock(path="/var/lib/dpkg/lock-frontend"):
    """A process that has that lock, as apt-get has it; its PID."""
    script = ("import fcntl, os, sys\nfile = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o640)\n"
              "fcntl.lockf(file, fcntl.LOCK_EX)\nprint('held', flush=True)\nsys.stdin.read()")
    with subprocess.Popen(["python3", "-c", script, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as holder:
        holder.stdout.readline()
        yield holder.pid
        holder.stdin.close()


def await_(condition, seconds=10):
    """Whether it holds before that time is over."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def kill_all(process):
    """That process and all that it started: what loses its parent becomes ours, and its turn comes."""
    process.kill()
    process.wait()
    while found := processes():
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
