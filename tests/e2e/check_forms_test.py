"""The forms of `linchpin check` that other programs read: SARIF against the published schema of 2.1.0, JUnit by a parser that is not
ours. In each of: nothing found, something found, names that would break a form, a rule that cannot be evaluated."""

import copy
import json
import unittest

import junitparser
import jsonschema

from processes import ROOT, Linchpind, Scratch

# Of the OASIS committee, by way of an npm package (tests/package.json).
SCHEMA = ROOT / "tests/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
HOSTILE = 'A title with <markup> & "quotes", a | pipe, @mention, ]]> and \u202e turned text'

STORED = """
apiVersion: linchpin/v1
kind: Vendor
name: vendors/acme
country: US
knownNone: [parent]
---
apiVersion: linchpin/v1
kind: Deployment
name: deployments/acme
operator: vendors/acme
---
apiVersion: linchpin/v1
kind: Application
name: applications/claims
tier: 1
"""
POLICY = """
apiVersion: linchpin/v1
kind: Policy
name: policies/p
rules:
- id: second
  title: %s
  rationale: %s
  remediation: %s
  severity: HIGH
  select: {kind: DEPENDENCY}
  fallback: {differentIn: [OPERATOR_GROUP]}
---
apiVersion: linchpin/v1
kind: Assignment
name: assignments/p
policy: policies/p
mode: ENFORCE
"""
ADDED = """
apiVersion: linchpin/v1
kind: Dependency
name: applications/claims/dependencies/chat
alternatives: [{target: deployments/acme}]
"""


class Forms(unittest.TestCase):
    def setUp(self):
        scratch = Scratch()
        self.folder = scratch.__enter__()
        self.addCleanup(scratch.__exit__)
        self.server = Linchpind(self.folder, "--drain-delay-seconds", "0")
        self.addCleanup(self.server.stop)

    def check(self, form, title="No fallback", added=ADDED):
        """What the command prints in that form, and its exit code."""
        self.server.linchpin("apply", "-f", "-", stdin=STORED + "---" + POLICY % ((json.dumps(title),) * 3))
        (self.folder / "added.yaml").write_text(STORED + ("---" + added if added else ""))
        run = self.server.linchpin("check", "-f", self.folder / "added.yaml", "-o", form, check=False)
        return run.stdout, run.returncode

    def validator(self):
        if not SCHEMA.exists():
            self.skipTest("run tests/install_node_packages")
        return jsonschema.Draft4Validator(json.loads(SCHEMA.read_text()))

    def wrong(self, log):
        return [f"{list(error.absolute_path)}: {error.message}" for error in self.validator().iter_errors(log)]

    def test_sarif_fits_the_schema_whatever_was_found(self):
        for what, keywords in {"nothing": {"added": ""}, "something": {}, "hostile": {"title": HOSTILE}}.items():
            with self.subTest(what):
                text, code = self.check("sarif", **keywords)
                log = json.loads(text)
                self.assertEqual(self.wrong(log), [])
                self.assertEqual(len(log["runs"][0]["results"]), 0 if what == "nothing" else 1)
                self.assertEqual(code, 0 if what == "nothing" else 3)

    def test_the_schema_finds_what_is_wrong(self):
        log = json.loads(self.check("sarif")[0])
        for break_it in (lambda run: run["results"][0].pop("message"), lambda run: run["results"][0].update(level="fatal"),
                         lambda run: run["tool"].pop("driver"), lambda run: run.update(colour="red")):
            broken = copy.deepcopy(log)
            break_it(broken["runs"][0])
            self.assertTrue(self.wrong(broken))

    def test_sarif_says_what_code_scanning_shows(self):
        run = json.loads(self.check("sarif", title=HOSTILE)[0])["runs"][0]
        (rule,), (result,) = run["tool"]["driver"]["rules"], run["results"]
        self.assertEqual(result["ruleId"], rule["id"])
        self.assertIn("0 of 1 needed fallbacks", result["message"]["text"])
        self.assertIn("<markup>", rule["shortDescription"]["text"])
        self.assertRegex(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], r"added\.yaml$")

    def test_junit_is_read_by_a_parser_whatever_was_found(self):
        for what, keywords in {"nothing": {"added": ""}, "something": {}, "hostile": {"title": HOSTILE}}.items():
            with self.subTest(what):
                text, _ = self.check("junit", **keywords)
                suites = junitparser.JUnitXml.fromstring(text.encode())
                cases = [case for suite in suites for case in suite]
                failed = [case for case in cases if any(isinstance(result, junitparser.Failure) for result in case.result)]
                self.assertEqual((suites.tests, suites.failures, suites.errors), (len(cases), len(failed), 0))
                self.assertEqual(len(failed), 0 if what == "nothing" else 1)
                if failed:
                    self.assertIn("0 of 1 needed fallbacks", failed[0].result[0].message)
                    self.assertIn("what to do: " + ("A title with <markup> & \"quotes\"" if what == "hostile" else "No fallback"),
                                  failed[0].result[0].text)


if __name__ == "__main__":
    unittest.main()
