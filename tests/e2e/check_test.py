"""docs/integrations/ci.md, played: its files, its commands with their exit codes, and what they print. Then what the page promises of
each form, and of --offline."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as xml

from processes import BIN, ROOT, Linchpind, Scratch

PAGE = ROOT / "docs/integrations/ci.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.S | re.M)
FAILS = 3
CONFLICT = 6


def run(folder, arguments, endpoint="", program=BIN / "linchpin"):
    return subprocess.run(
        [str(program), *arguments], cwd=folder, text=True, capture_output=True, timeout=120, stdin=subprocess.DEVNULL,
        env={**os.environ, "NO_COLOR": "1", "LINCHPIN_ENDPOINT": endpoint})


def servers():
    """Servers in memory of this build: those that a check started."""
    program = str((BIN / "linchpind").resolve()).encode()
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0") if folder.name.isdigit() else []
            if program in words and b"--store=sqlite::memory:" in words:
                found.append(folder.name)
        except OSError:
            pass
    return found


class Page(unittest.TestCase):
    def setUp(self):
        scratch = Scratch()
        self.folder = scratch.__enter__()
        self.addCleanup(scratch.__exit__)
        self.server = Linchpind(self.folder, "--drain-delay-seconds", "0")
        self.addCleanup(self.server.stop)
        self.repository = self.folder / "repository"

    def play(self, until=None):
        """Does what the page says, up to the command `until`; returns its output."""
        output = ""
        for language, text in BLOCK.findall(PAGE.read_text()):
            named = re.match(r"# (\S+\.yaml)\n", text)
            if language == "yaml" and named:
                path = self.repository / named[1]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            elif language == "sh":
                for line in text.splitlines():
                    code = int((re.search(r"# exit code (\d+)", line) or [0, 0])[1])
                    command = re.sub(r"\s*#.*", "", line).split()
                    done = run(self.repository, command[1:], self.server.endpoint)
                    self.assertEqual(done.returncode, code, f"{line}\n{done.stdout}{done.stderr}")
                    output = done.stdout
                    if until and until in line:
                        return output
            elif language == "text":  # What the command before it says first.
                self.assertTrue(output.startswith(text), f"{text}\nis not the begin of\n{output}")
        return output

    def check(self, *flags):
        return run(self.repository, ["check", "-f", "inventory/", "-f", "policies/", *flags], self.server.endpoint)

    def test_the_page_is_true(self):
        self.play()

    def test_the_reason_stands_in_every_form(self):
        text = self.play(until="linchpin check")
        for part in ("HIGH fallback/second-vendor: ", "why: there is no alternative besides the primary",
                     "what to do: Add an alternative that another vendor operates.",
                     "where: inventory/summaries.yaml:2", "under: assignments/fallback (ENFORCE)", "risk score"):
            self.assertIn(part, text)
        markdown = self.check("-o", "markdown")
        self.assertEqual(markdown.returncode, FAILS)
        self.assertIn("Linchpin: DENY", markdown.stdout)
        self.assertIn("Add an alternative that another vendor operates.", markdown.stdout)
        cases = xml.fromstring(self.check("-o", "junit").stdout).findall("testsuite/testcase")
        self.assertEqual([case.get("classname") for case in cases if case.find("failure") is not None], ["assignments/fallback"])
        answer = json.loads(self.check("-o", "json").stdout)
        self.assertEqual((answer["verdict"], answer["fails"]), ("DENY", True))
        self.assertEqual(answer["change"]["introduced"][0]["effect"], "VERDICT_DENY")
        self.assertIn("after", answer["figures"])

    def test_sarif_is_what_code_scanning_takes(self):
        self.play(until="linchpin check")
        done = self.check("-o", "sarif")
        self.assertEqual(done.returncode, FAILS)
        log = json.loads(done.stdout)
        self.assertEqual(log["version"], "2.1.0")
        (one,) = log["runs"]
        rules = one["tool"]["driver"]["rules"]
        self.assertEqual([rule["id"] for rule in rules], ["fallback/second-vendor"])
        self.assertEqual(rules[0]["shortDescription"]["text"], "No fallback at another vendor")
        (result,) = one["results"]
        self.assertEqual(result["ruleId"], rules[result["ruleIndex"]]["id"])
        self.assertEqual(result["level"], "error")
        place = result["locations"][0]["physicalLocation"]
        self.assertEqual((place["artifactLocation"]["uri"], place["region"]["startLine"]), ("inventory/summaries.yaml", 2))
        self.assertRegex(result["partialFingerprints"]["linchpinFinding/v1"], "^[0-9a-f]{64}$")
        self.assertEqual(one["invocations"][0]["exitCode"], FAILS)

    def test_a_check_writes_nothing(self):
        self.play(until="linchpin check")
        self.assertNotIn("summarise", run(self.repository, ["export"], self.server.endpoint).stdout)

    def test_severity_and_warning_are_chosen_by_a_flag(self):
        self.play(until="linchpin check")
        policies = self.repository / "policies/fallback.yaml"
        policies.write_text(policies.read_text().replace("ENFORCE", "WARN"))
        self.assertEqual(self.check().returncode, 0)
        self.assertEqual(self.check("--fail-on", "warn").returncode, FAILS)
        self.assertEqual(self.check("--fail-on", "critical").returncode, 0)
        self.assertEqual(self.check("--fail-on", "high").returncode, FAILS)

    def test_offline_says_the_same_and_leaves_nothing(self):
        self.play(until="linchpin apply")
        run(self.repository, ["export", "-f", "export.yaml"], self.server.endpoint)
        (self.repository / "inventory/summaries.yaml").write_text(
            "apiVersion: linchpin/v1\nkind: Dependency\nname: applications/claims/dependencies/summarise\n"
            "alternatives: [{target: deployments/acme-api}]\n")
        online = json.loads(self.check("-o", "json").stdout)
        done = run(self.repository, ["check", "-f", "inventory/", "-f", "policies/", "--offline", "export.yaml", "-o", "json"])
        self.assertEqual(done.returncode, FAILS, done.stderr)
        offline = json.loads(done.stdout)
        self.assertEqual([f["finding"]["name"] for f in offline["change"]["introduced"]],
                         [f["finding"]["name"] for f in online["change"]["introduced"]])
        self.assertEqual(offline["figures"]["after"], online["figures"]["after"])
        self.assertEqual(servers(), [])

    def test_offline_needs_the_server_program_beside_it(self):
        self.play(until="linchpin apply")
        alone = self.folder / "alone"
        alone.mkdir()
        shutil.copy(BIN / "linchpin", alone)
        done = run(self.repository, ["check", "-f", "inventory/", "--offline", "inventory/"], program=alone / "linchpin")
        self.assertEqual(done.returncode, CONFLICT)
        self.assertIn("no program `linchpind`", done.stderr)

    def test_offline_names_the_line_of_an_export_that_is_wrong(self):
        self.play(until="linchpin apply")
        (self.repository / "export.yaml").write_text(
            "apiVersion: linchpin/v1\nkind: Deployment\nname: deployments/d\nmodel: models/gone\n")
        done = run(self.repository, ["check", "-f", "inventory/", "--offline", "export.yaml"])
        self.assertEqual(done.returncode, CONFLICT, done.stderr)
        self.assertIn("export.yaml:4", done.stderr)
        self.assertEqual(servers(), [])


if __name__ == "__main__":
    unittest.main()
