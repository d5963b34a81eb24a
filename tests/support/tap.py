"""The Test Anything Protocol (https://testanything.org), as much of it as the tests here need."""

import os
import subprocess
import sys

count = 0
failures = 0


def _line(passed, text):
    global count, failures
    count += 1
    failures += not passed
    print(f"{'ok' if passed else 'not ok'} {count} - {text}", flush=True)


def ok(condition, sentence, *details):
    """One test: a sentence about behaviour, and what to show when it does not hold."""
    _line(bool(condition), sentence)
    if not condition:
        for detail in details:
            for line in str(detail).splitlines() or [""]:
                print(f"#   {line}")


def equal(got, expected, sentence, *details):
    ok(got == expected, sentence, f"expected: {expected!r}", f"got:      {got!r}", *details)


def skip(sentence, reason):
    """A test that cannot be made here: what is missing, and how to get it."""
    _line(True, f"{sentence} # SKIP {reason}")


def done():
    """Prints the plan and ends the program: 1 when a test failed."""
    print(f"1..{count}")
    sys.exit(1 if failures else 0)


def kerneltour():
    """The program under test."""
    path = os.environ.get("KERNELTOUR")
    if not path:
        sys.exit("set KERNELTOUR to the path of the program to test")
    return os.path.abspath(path)


def run(*command, **options):
    """A finished process with its text output, never reading our standard input."""
    options = {"stdin": subprocess.DEVNULL, "timeout": 60, "errors": "replace"} | options
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
