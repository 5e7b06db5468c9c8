"""Questions that are easy to ask a little wrong: each gets the right answer or an error, never a calm one that is about something else."""

import json
import unittest

from processes import ROOT, Linchpind, Scratch

SAMPLES = ROOT / "deploy" / "samples"

POLICY = """apiVersion: linchpin/v1
kind: Policy
name: policies/shares
rules:
  - {id: operators, title: One operator carries too much, severity: HIGH,
     concentration: {groupBy: OPERATOR_GROUP, metric: SHARE, limit: 0.1}}
---
apiVersion: linchpin/v1
kind: Assignment
name: assignments/shares
policy: policies/shares
"""


class FalseComfort(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = Scratch()
        folder = scratch.__enter__()
        cls.addClassCleanup(scratch.__exit__)
        cls.server = Linchpind(folder, "--drain-delay-seconds", "0", "--home", "US")
        cls.addClassCleanup(cls.server.stop)
        cls.server.linchpin("apply", "-f", SAMPLES)

    def ask(self, *arguments, **keywords):
        return self.server.linchpin(*arguments, check=False, **keywords)

    def test_names_are_found_however_they_are_written(self):
        for arguments, taken in ((("get", "models/gpt4o"), "`models/gpt4o` is taken for models/gpt-4o"),
                                 (("get", "vendors/aws"), "`vendors/aws` is taken for vendors/amazon"),
                                 (("risk", "simulate", "--exit", "azure"), "`azure` is taken for vendors/microsoft"),
                                 (("risk", "simulate", "--model-withdrawal", "gpt4o"), "`gpt4o` is taken for models/gpt-4o"),
                                 (("risk", "concentration", "--home", "EU"), "`EU` is taken for jurisdictionSets/eu27")):
            run = self.ask(*arguments)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertIn(taken, run.stderr)
        self.assertIn("If vendors/microsoft exits", self.ask("risk", "simulate", "--exit", "azure").stdout)
        self.assertIn("If weights from CN are banned", self.ask("risk", "simulate", "--weights-ban", "cn").stdout)
        self.assertIn("the first 14d", self.ask("risk", "simulate", "--exit", "openai", "--horizon", "2w").stdout)

    def test_what_is_not_there_is_an_error(self):
        for arguments in (("get", "applications/nosuch"), ("finding", "list", "--subject", "applications/nosuch"),
                          ("risk", "simulate", "--exit", "openai", "--consumer", "applications/nosuch")):
            run = self.ask(*arguments)
            self.assertEqual(run.returncode, 4, arguments)
            self.assertIn("applications/nosuch", run.stderr)
        self.assertIn("linchpin list applications", run.stderr)
        run = self.ask("risk", "concentration", "--home", "Atlantis")
        self.assertEqual(run.returncode, 2)
        self.assertIn("`Atlantis` is not a country", run.stderr)

    def test_an_endpoint_without_a_port_has_the_usual_one(self):
        run = self.ask("--endpoint", "localhost", "--timeout", "2s", "list", "vendors")
        self.assertEqual(run.returncode, 7)
        self.assertIn("localhost:50051", run.stderr)

    def test_findings_of_an_application_include_those_on_its_dependencies(self):
        subjects = {finding["subject"] for finding in json.loads(self.ask("finding", "list", "-o", "json").stdout)["findings"]}
        dependency = next(subject for subject in sorted(subjects) if "/dependencies/" in subject)
        consumer = dependency.split("/dependencies/")[0]
        listed = json.loads(self.ask("finding", "list", "--subject", consumer, "-o", "json").stdout)["findings"]
        self.assertIn(dependency, {finding["subject"] for finding in listed})

    def test_a_new_policy_is_rehearsed_with_its_assignment(self):
        for verb in (("policy", "apply"), ("apply",)):
            run = self.ask(*verb, "--dry-run", "-f", "-", stdin=POLICY)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertRegex(run.stdout, r"shares/operators +assignments/shares +1 ")
            self.assertIn("of the weight by operator group", run.stdout)
        self.assertEqual(self.ask("get", "policies/shares").returncode, 4)

    def test_a_simulation_of_one_consumer_speaks_of_it_alone(self):
        answer = self.ask("risk", "simulate", "--exit", "openai", "--consumer", "applications/claims-triage").stdout
        self.assertIn("applications/claims-triage stops.", answer)
        self.assertNotIn("of 16 applications", answer)
        self.assertNotIn("applications/developer-portal", answer.split("Assumed, because")[0])

    def test_who_stands_on_a_model_is_named_though_nothing_stops(self):
        answer = self.ask("risk", "simulate", "--model-withdrawal", "models/mistral-small-2603").stdout
        self.assertIn("Nothing is impaired.", answer)
        self.assertIn("depend on models/mistral-small-2603: applications/", answer)


if __name__ == "__main__":
    unittest.main()
