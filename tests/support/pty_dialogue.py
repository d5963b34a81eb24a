"""A program that asks on a terminal, and somebody who answers."""

import os
import pty
import select
import signal
import time


def answer(command, question, reply, patience=10.0):
    """Runs the command on a terminal of its own, and types `reply` when the question stands there; a number is a
    signal instead. The exit status, as subprocess has it, and all that the terminal showed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], [str(word) for word in command])
    shown, asked, end = b"", False, time.monotonic() + patience
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                shown += os.read(terminal, 4096)
            except OSError:  # the other side is closed
                break
        if not asked and question.encode() in shown:
            asked = True
            os.kill(pid, reply) if isinstance(reply, int) else os.write(terminal, reply.encode())
    else:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    return status, shown.decode(errors="replace")
