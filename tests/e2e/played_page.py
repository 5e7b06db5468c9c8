"""A page of the documentation, played as a reader would: its files are written, its commands run one after the other in one shell
in an empty folder, and what they print must be what the page shows.

What a page may hold:

    ```yaml            a block whose first line is a comment with a path: written to that file
    # inventory/a.yaml

    ```console         commands after `$ `, each followed by what it prints, standard output and error together
    $ linchpin list vendors
    vendors/a
    ...
    vendors/z

A line `...` stands for any lines, at the end also for none. Times, dates, numbers of days, ids of requests and tokens of 32 digits or more are
compared by their form. `# exit code N` after a command is the code that it ends with; otherwise it is 0. A comment `<!-- within a minute -->`
above a block means that its commands are repeated until they print what is shown.

Where the program's words have changed, LINCHPIN_WRITE_PAGES=1 puts what is printed now into the page; read the difference.
"""

import os
import pathlib
import re
import signal
import subprocess
import time

from processes import BIN

BLOCK = re.compile(r"(?:<!-- (?P<wait>within a minute) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```", re.S | re.M)
# By form: what differs from one run to the next.
FORMS = [
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?UTC|Z|[+-]\d\d:\d\d)?"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "<date>"),
    (re.compile(r"\b\d+ days?\b"), "<days>"),
    (re.compile(r"\b[0-9a-f]{32,}\b"), "<token>"),
    (re.compile(r"^Request: [0-9a-f]+$"), "Request: <id>"),
]
WAIT_SECONDS = 90
WRITE = os.environ.get("LINCHPIN_WRITE_PAGES") == "1"


def form(line):
    """The line without what differs from run to run; runs of spaces are one, since columns are as wide as what stands in them."""
    for pattern, word in FORMS:
        line = pattern.sub(word, line)
    return re.sub(r" {2,}", "  ", line.rstrip())


def agrees(shown, printed):
    """Whether printed lines are those shown, where `...` stands for any."""
    shown, printed = [form(line) for line in shown], [form(line) for line in printed]
    if "..." not in shown:
        return shown == printed
    at = 0
    parts, part = [], []
    for line in [*shown, "..."]:
        if line == "...":
            parts.append(part)
            part = []
        else:
            part.append(line)
    for number, part in enumerate(parts):
        last = number == len(parts) - 1 and part
        places = [len(printed) - len(part)] if last else ([0] if number == 0 else range(at, len(printed) - len(part) + 1))
        found = next((place for place in places if place >= at and printed[place:place + len(part)] == part), None)
        if found is None:
            return False
        at = found + len(part)
    return True


def commands_of(block):
    """Command, the exit code that the page states, and the lines that it shows, in order."""
    found = []
    lines = iter(block.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command = command[:-1] + next(lines).removeprefix("> ").lstrip()
            code = re.search(r"\s+# exit code (\d+)$", command)
            found.append((command[:code.start()] if code else command, int(code[1]) if code else 0, []))
        elif found:
            found[-1][2].append(line)
    return found


class Shell:
    """One bash, as a reader has it: folder, variables and background jobs stay from one command to the next."""

    SENTINEL = "played-page-ended"

    def __init__(self, folder, environment):
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], cwd=folder, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True, bufsize=1,
            env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "NO_COLOR": "1", **environment})

    def run(self, command):
        """What the command prints, as lines, and its exit code."""
        self._bash.stdin.write(f"{{ {command}\n}} < /dev/null\ncode=$?; echo; echo {self.SENTINEL} $code\n")
        self._bash.stdin.flush()
        lines = []
        while True:
            line = self._bash.stdout.readline()
            if not line:
                raise AssertionError(f"the shell ended at: {command}")
            if line.startswith(self.SENTINEL):
                text = "".join(lines)
                return text[:-1].splitlines(), int(line.split()[1])  # Without the line that `echo` made.
            lines.append(line)

    def stop(self):
        """Ends everything that was started."""
        try:
            os.killpg(self._bash.pid, signal.SIGTERM)
            time.sleep(0.2)
            os.killpg(self._bash.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._bash.wait()
        self._bash.stdin.close()
        self._bash.stdout.close()


class Page:
    """Plays a page. `stand_ins` are texts of the page and what a test has in their place, such as ports and durations."""

    def __init__(self, test, path, folder, environment=None, stand_ins=None):
        self.test = test
        self.path = path
        self.folder = pathlib.Path(folder)
        self.stand_ins = stand_ins or {}
        self.shell = Shell(folder, environment or {})
        test.addCleanup(self.shell.stop)

    def real(self, text):
        for shown, there in self.stand_ins.items():
            text = text.replace(shown, there)
        return text

    def shown(self, text):
        for shown, there in self.stand_ins.items():
            text = text.replace(there, shown)
        return text

    def play(self):
        """Returns how many commands were run."""
        count = 0
        whole = self.path.read_text()
        for block in BLOCK.finditer(whole):
            text = block["text"]
            named = re.match(r"# (\S+\.ya?ml)\n", text)
            if block["language"] == "yaml" and named:
                file = self.folder / named[1]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            elif block["language"] == "console":
                for command in commands_of(text):
                    printed = self.check(*command, wait=block["wait"])
                    if WRITE and not agrees(command[2], printed):
                        self.renew(block, command[2], printed)
                    count += 1
        return count

    def check(self, command, code, shown, wait):
        """Returns what is printed."""
        deadline = time.monotonic() + (WAIT_SECONDS if wait else 0)
        while True:
            printed, ended = self.shell.run(self.real(command))
            printed = [self.shown(line) for line in printed]
            if ended == code and agrees(shown, printed):
                return printed
            if time.monotonic() > deadline or (WRITE and ended == code and not wait):
                break
            time.sleep(0.2)
        self.test.assertEqual(ended, code, f"{self.path.name}: $ {command}\n" + "\n".join(printed))
        if not WRITE:
            self.test.assertEqual("\n".join(shown), "\n".join(printed), f"{self.path.name}: $ {command}")
        return printed

    def renew(self, block, shown, printed):
        text = self.path.read_text()
        old, new = "".join(line + "\n" for line in shown), "".join(line + "\n" for line in printed)
        at = text.index(block["text"]) if block["text"] in text else 0
        if shown:
            place = text.index(old, at)
            self.path.write_text(text[:place] + new + text[place + len(old):])
        else:
            print(f"{self.path.name}: nothing is shown where this is printed:\n{new}")
