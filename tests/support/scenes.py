"""Changes that are made for the tests that kill them and have them fail: all that a change can do to a file."""

import dataclasses
import os

import changes

ANN, BAD, BOB = changes.ANN, "bob:100000:65536\n", "bob:165536:65536\n"
GRANT = [changes.PROGRAM, "subid", "grant", "bob", "--yes"]
UNDO = [changes.PROGRAM, "undo", "--yes"]


@dataclasses.dataclass(frozen=True)
class Scene:
    name: str
    command: list
    subuid: str
    subgid: str | None  # None: there is no such file
    granted: bool  # before the command

    def set(self):
        """The host as it is before the command."""
        changes.reset(self.subuid, self.subgid or "")
        if self.subgid is None:
            os.unlink(changes.SUBGID)
        os.chmod(changes.SUBUID, 0o640)
        if self.granted:
            result = changes.grant("bob", "--yes")
            if result.returncode != 0:
                raise RuntimeError(result.stderr)


SCENES = [
    Scene("a grant", GRANT, ANN, ANN, False),
    Scene("a grant that replaces a range and makes a file", GRANT, BAD + ANN, None, False),
    Scene("an undo", UNDO, ANN, ANN, True),
    Scene("an undo that brings a range back and removes a file", UNDO, BAD + ANN, None, True),
]


def ends(scene):
    """The files before and after it."""
    scene.set()
    before = changes.files()
    result = changes.tap.run(*scene.command)
    if result.returncode != 0:
        raise RuntimeError(result.stderr)
    return before, changes.files()


def is_granted():
    """Whether the journal has a grant that is made; and there is nothing else in it that is not taken back."""
    return "made" in changes.journal().values()


def settle():
    """The next run that may change something: without a terminal, it changes nothing of its own. What it says of
    earlier runs."""
    result = changes.undo()
    return "".join(line + "\n" for line in result.stderr.splitlines() if "no terminal to ask on" not in line)
