"""Every `linchpin` command in the fenced blocks of runbooks, operating pages, concepts and reference runs against a server with the
samples: those of the runbooks succeed, and of the others none is wrong usage. The rules shown in the page on policies compile."""

import os
import re
import shlex
import shutil
import subprocess
import unittest

from processes import BIN, ROOT, Linchpind, Scratch

RUNBOOKS = sorted((ROOT / "docs/runbooks").glob("*.md"))
PAGES = [*RUNBOOKS, *(page for folder in ("operating", "concepts", "reference") for page in sorted((ROOT / "docs" / folder).glob("*.md"))),
         ROOT / "README.md"]
# What the examples of the page on policies leave to the reader.
POLICY_HEAD = """apiVersion: linchpin/v1
kind: Policy
name: policies/example
parameters: [{id: home, type: JURISDICTION_SET, required: true}]
rules:
"""
ASSIGNMENT = """---
apiVersion: linchpin/v1
kind: Assignment
name: assignments/example
policy: policies/example
parameters: {home: [DE]}
"""
WRONG_USAGE = 2
# These go on until they are interrupted.
ENDLESS = re.compile(r"^linchpin \w+ watch\b|^linchpin (list|ls|get) .*--watch\b")
# Of these, 2 says something else: of diff also that it failed, of init that nobody answered.
OTHER_TWO = re.compile(r"^linchpin (diff\b|init$)")


def inline_commands():
    """Page and command, of those in running text."""
    for page in [ROOT / "CONTRIBUTING.md", ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if page.parent.name == "adr":
            continue  # They tell of their time.
        prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M)
        for command in re.findall(r"`linchpin ([^`\n]+)`", prose):
            yield page, re.sub(r"\.\.\.|[][]", "", re.split(r"\s[|>]", command)[0])


def commands():
    """Page and command, of lines in shell blocks that begin with one of our programs."""
    for page in PAGES:
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.S | re.M):
            for line in block.replace("\\\n", " ").splitlines():
                line = re.sub(r"\s+# .*", "", line).strip()
                # What a shell other than this one does with the output is not ours.
                line = line.removesuffix("| source")
                if re.match(r"linchpin\s", line):
                    yield page, line


class Commands(unittest.TestCase):
    def test_there_are_some(self):
        self.assertGreater(len(list(commands())), 20)

    def test_they_run(self):
        with Scratch() as folder, Linchpind(folder, "--drain-delay-seconds", "0", "--home", "US") as server:
            server.linchpin("apply", "-f", ROOT / "deploy/samples")
            finding = server.linchpin("finding", "list", "-o", "name").split()[0].removeprefix("findings/")
            # Words that stand for something of the reader's, and what the samples have in its place.
            stand_ins = {r"\bNAME\b": "openai", r"\bFINGERPRINT\b": finding, r"\blocalhost:\d+": server.endpoint,
                         # A million years take minutes on a busy machine, and say no more here.
                         r"--trials \d+": "--trials 1000"}
            work = folder / "work"
            for page, command in commands():
                with self.subTest(page=str(page.relative_to(ROOT)), command=command):
                    self.lay_out(work)
                    for pattern, real in stand_ins.items():
                        command = re.sub(pattern, real, command)
                    if ENDLESS.match(command):
                        command = f"timeout 1 {command}"
                    run = subprocess.run(
                        ["bash", "-o", "pipefail", "-c", command], cwd=work, text=True, timeout=120, stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "NO_COLOR": "1", "LINCHPIN_ENDPOINT": server.endpoint,
                             "LINCHPIN_EDITOR": "true"})
                    if page in RUNBOOKS:
                        self.assertEqual(run.returncode, 0, run.stdout)
                    elif not OTHER_TWO.match(command):
                        self.assertNotEqual(run.returncode, WRONG_USAGE, run.stdout)

    def test_those_in_running_text_have_words_and_flags_that_exist(self):
        found = set(inline_commands())
        self.assertGreater(len(found), 50)
        for page, command in found:
            # With --help nothing runs, and operands are not looked at. A flag at the end may want a value.
            words = shlex.split(command) + (["x"] if command.split()[-1].startswith("-") else [])
            with self.subTest(page=str(page.relative_to(ROOT)), command=command):
                run = subprocess.run([BIN / "linchpin", *words, "--help"], text=True, capture_output=True, timeout=60)
                self.assertEqual(run.returncode, 0, run.stderr)

    def test_rules_compile(self):
        page = (ROOT / "docs/concepts/policy.md").read_text()
        examples = [block for block in re.findall(r"^```yaml\n(.*?)^```", page, re.S | re.M)]
        self.assertGreater(len(examples), 8)
        kinds = set(re.findall(r"^### (\w+)$", page, re.M)) & set(re.findall(r"^\| \[`(\w+)`\]", page, re.M))
        with Scratch() as folder, Linchpind(folder, "--drain-delay-seconds", "0") as server:
            server.linchpin("apply", "-f", ROOT / "deploy/samples")
            for example in examples:
                with self.subTest(example=example):
                    whole = example.startswith("apiVersion:")
                    text = example.replace("jurisdictionSets/eu,", "jurisdictionSets/eu27,") if whole else POLICY_HEAD + example + ASSIGNMENT
                    run = server.linchpin("policy", "apply", "--dry-run", "-f", "-", stdin=text, check=False)
                    self.assertEqual(run.returncode, 0, run.stderr)
                    kinds -= {re.sub("[A-Z]", lambda c: "_" + c[0].lower(), word) for word in re.findall(r"(\w+): \{", example)}
        self.assertEqual(kinds, set(), "kinds of rules without an example")

    def lay_out(self, work):
        """Files of the names that the pages use."""
        shutil.rmtree(work, ignore_errors=True)
        (work / "inventory").mkdir(parents=True)
        for name in ("inventory.yaml", "everything.yaml", "inventory/european.yaml"):
            shutil.copy(ROOT / "deploy/samples/european.yaml", work / name)
        shutil.copy(ROOT / "deploy/samples/policies.yaml", work)


if __name__ == "__main__":
    unittest.main()
