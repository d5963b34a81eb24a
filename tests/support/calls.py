"""The system calls by which a program changes the file system: found by watching it, and made to fail or to kill it."""

import dataclasses
import os
import re
import tempfile

import tap

# Whatever is not known to leave the file system as it is counts: a new call is not overlooked.
HARMLESS = set("""access arch_prctl brk clone close dup2 execve exit_group faccessat2 fadvise64 fcntl fstat futex getcwd
getdents64 getegid geteuid getgid getpid getrandom getuid getxattr ioctl lseek madvise mmap mprotect munmap newfstatat
openat2 poll pread64 prlimit64 prctl read readlink readlinkat rseq rt_sigaction rt_sigprocmask rt_sigreturn
set_robust_list set_tid_address socket connect statfs statx sysinfo umask uname getpgrp""".split())


@dataclasses.dataclass(frozen=True)
class Call:
    name: str
    number: int  # of those with that name, or, of openat(2), of those with that path
    path: str | None
    text: str  # as strace shows it
    earlier: tuple  # how many of each name were before it

    def __str__(self):
        return self.text


def changing(*command, follow=True, fails=False):
    """The calls of the command that change the file system or write anywhere, in order. The command is run; it may be
    one that fails. Those of its children count unless `follow` says that they do not."""
    with tempfile.NamedTemporaryFile("r", prefix="kerneltour-calls-") as log:
        result = tap.run("strace", *_which(follow), "-qq", "-s", "200", "-o", log.name, *command)
        lines = [re.fullmatch(r"(?:\d+ +)?(\w+)\((.*)", line.rstrip("\n")) for line in log]
    if result.returncode != 0 and not fails:
        raise RuntimeError(f"{command}: {result.stderr}")
    counts, found = {}, []
    for name, arguments in (line.groups() for line in lines if line):
        path = re.search(r'"([^"]*)"', arguments)[1] if name == "openat" else None
        key = (name, path)
        counts[key] = counts.get(key, 0) + 1
        if name in HARMLESS or (name == "openat" and not re.search("O_CREAT|O_TRUNC|O_TMPFILE", arguments)):
            continue
        earlier = tuple((key[0], count) for key, count in counts.items() if key[1] is None)
        found.append(Call(name, counts[key], path, f"{name}({arguments}", earlier))
    return found


def prints(call):
    """Whether it writes to standard output or standard error."""
    return call.name == "write" and re.match(r"write\([12],", call.text)


def inject(call, what, *command, follow=True):
    """The command with that done to the call: "signal=KILL", "error=ENOSPC"."""
    path = ["-P", call.path] if call.path else []
    return _run([f"{call.name}:{what}:when={call.number}"], path, command, follow)


def inject_from(call, what, names, *command):
    """The command with that done to all calls of these names from this one on."""
    earlier = dict(call.earlier)
    mine = earlier.get(call.name, 1) - 1
    counts = {name: mine if name == call.name else earlier.get(name, 0) for name in names}
    return _run([f"{name}:{what}:when={count + 1}+" for name, count in counts.items()], [], command)


def _which(follow):
    return ["-f"] if follow else []


def _run(injections, options, command, follow=True):
    words = [word for injection in injections for word in ("-e", f"inject={injection}")]
    names = ",".join(injection.split(":")[0] for injection in injections)
    return tap.run("strace", *_which(follow), "-qq", "-o", os.devnull, *options, "-e", f"trace={names}", *words,
                   *command)
