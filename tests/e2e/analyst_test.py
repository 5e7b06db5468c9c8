"""What an analyst shows to others, from outside: the register of information and attestations, on the example that
docs/examples/analyst holds. docs/operating/register.md and docs/concepts/attestation.md tell the same story.
"""

import csv
import hashlib
import json
import os
import subprocess
import unittest

from processes import BIN, ROOT, Linchpind, Scratch

EXAMPLE = ROOT / "docs/examples/analyst/inventory.yaml"


class Analyst(unittest.TestCase):
    def setUp(self):
        scratch = Scratch()
        self.folder = scratch.__enter__()
        self.addCleanup(scratch.__exit__)
        self.server = Linchpind(self.folder, "--drain-delay-seconds", "0")
        self.addCleanup(self.server.stop)
        self.run_cli("apply", "-f", EXAMPLE)

    def run_cli(self, *arguments, stdin=None, code=0):
        run = subprocess.run(
            [str(BIN / "linchpin"), *map(str, arguments)], text=True, input=stdin, capture_output=True, timeout=120,
            env={**os.environ, "LINCHPIN_ENDPOINT": self.server.endpoint, "NO_COLOR": "1"})
        self.assertEqual(run.returncode, code, f"linchpin {arguments}:\n{run.stdout}{run.stderr}")
        self.stderr = run.stderr
        return run.stdout

    def merge(self, text, code=0):
        return self.run_cli("apply", "--merge", "-f", "-", stdin="apiVersion: linchpin/v1\n" + text, code=code)

    def table(self, name):
        with open(self.folder / "register" / f"{name}.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def export(self, *arguments, code=0):
        return self.run_cli("register", "export", "-f", self.folder / "register", "--date", "2026-11-30", *arguments,
                            code=code)

    # --- The file of a vendor ---

    def test_contracts_go_through_files_and_back_unchanged(self):
        exported = self.run_cli("export", "contracts", "legalEntities", "businessServices")
        self.assertIn("unchanged", self.run_cli("apply", "-f", "-", stdin=exported))
        self.assertNotIn("updated", self.run_cli("apply", "-f", "-", stdin=exported))
        listed = self.run_cli("list", "contracts")
        self.assertIn("2026-02-03", listed)  # The last test of an exit plan.
        self.merge("kind: Contract\nname: contracts/nimbus-master\nnoticePeriod: 30d\n")
        self.assertIn("noticePeriod", self.run_cli("log", "contracts/nimbus-master"))

    def test_what_contradicts_itself_is_refused_with_its_field(self):
        cases = {
            "kind: Contract\nname: contracts/nimbus-master\nendTime: 2020-01-01T00:00:00Z\n": "end_time",
            "kind: Contract\nname: contracts/nimbus-master\nnoticePeriod: 36h\n": "notice_period",
            "kind: Contract\nname: contracts/nimbus-master\ncurrency: XXX\n": "currency",
            "kind: Contract\nname: contracts/nimbus-master\nvendor: vendors/nobody\n": "vendor",
            "kind: LegalEntity\nname: legalEntities/bank\nlei: 529900EXAMPLEBANK099\n": "lei",
            "kind: BusinessService\nname: businessServices/newsletter\nfunction: {identifier: N2}\n": "identifier",
        }
        for text, field in cases.items():
            with self.subTest(field):
                run = subprocess.run([str(BIN / "linchpin"), "apply", "--merge", "-f", "-"], text=True,
                                     input="apiVersion: linchpin/v1\n" + text, capture_output=True, timeout=60,
                                     env={**os.environ, "LINCHPIN_ENDPOINT": self.server.endpoint})
                self.assertNotEqual(run.returncode, 0)
                self.assertIn(field, run.stdout + run.stderr)

    def test_a_policy_reads_the_end_of_a_contract_and_the_test_of_an_exit_plan(self):
        self.run_cli("apply", "-f", "-", stdin="""
apiVersion: linchpin/v1
kind: Policy
name: policies/contracts
rules:
  - {id: exit-tested, severity: HIGH, select: {kind: CONTRACT},
     freshness: {field: exit_plan.last_test.time, maxAge: 1d}}
  - {id: ends-later, severity: HIGH, select: {kind: CONTRACT}, freshness: {field: end_time, minAhead: 36500d}}
---
apiVersion: linchpin/v1
kind: Assignment
name: assignments/contracts
policy: policies/contracts
""")
        found = self.run_cli("finding", "list", "-o", "csv")
        self.assertEqual(found.count("exit-tested"), 2)
        self.assertEqual(found.count("ends-later"), 1)  # The other one is stated to have no end.

    # --- The register ---

    def test_the_register_is_written_whole(self):
        said = self.export()
        self.assertIn("0 errors", said)
        self.assertIn("13 of 15 tables filled", said)
        self.assertEqual(self.table("B_01.01")[0]["B_01.01.0060"], "2026-11-30")
        uses = self.table("B_02.02")
        nimbus = [row for row in uses if row["B_02.02.0010"] == "C-2023-017"]
        self.assertEqual(sorted(row["B_02.02.0050"] for row in nimbus), ["F1", "F2"])
        self.assertEqual({row["B_02.02.0100"] for row in nimbus}, {"90"})
        self.assertEqual({row["B_02.02.0130"] for row in nimbus}, {"DE"})  # Where its host is.
        kontor = next(row for row in uses if row["B_02.02.0010"] == "C-2024-101")
        self.assertEqual(kontor["B_02.02.0080"], "9999-12-31")
        self.assertEqual(kontor["B_02.02.0140"], "2")
        self.assertEqual(kontor["B_02.02.0150"], "")
        parents = {row["B_05.01.0050"]: row["B_05.01.0110"] for row in self.table("B_05.01")}
        self.assertEqual(len(parents), 3)
        self.assertNotEqual(parents["Nimbus Cloud Europe Limited"], parents["Kontor Rechenzentrum GmbH"])
        self.assertEqual(parents["Kontor Rechenzentrum GmbH"], "DEK1101R.HRB116737")
        self.assertEqual({row["B_07.01.0080"] for row in self.table("B_07.01")}, {"1"})
        self.assertEqual(len(self.table("B_99.01")), 19)
        self.assertIn({"B_04.01.0010": "C-2024-101", "B_04.01.0020": self.table("B_01.01")[0]["B_01.01.0010"],
                       "B_04.01.0030": "1", "B_04.01.0040": "PARIS-1"}, self.table("B_04.01"))
        self.assertIn("not legal advice", (self.folder / "register/statement.md").read_text(encoding="utf-8"))

    def test_subcontractors_have_ranks(self):
        self.merge("kind: Deployment\nname: deployments/kontor-atelier\nhost: hosts/nimbus-frankfurt\n")
        self.export()
        chain = [row for row in self.table("B_05.02") if row["B_05.02.0010"] == "C-2024-101"]
        self.assertEqual([row["B_05.02.0050"] for row in sorted(chain, key=lambda row: row["B_05.02.0050"])], ["1", "2"])
        behind = next(row for row in chain if row["B_05.02.0050"] == "2")
        self.assertEqual(behind["B_05.02.0060"], "DEK1101R.HRB116737")

    def test_nothing_is_written_while_there_are_errors(self):
        self.merge("kind: Vendor\nname: vendors/nimbus-cloud\nidentifiers: [{scheme: LEI, value: 549300EXAMPLECLOUD00}]\n")
        self.merge("kind: Contract\nname: contracts/kontor-hosting\nreference: C-2023-017\n")
        said = self.export(code=3)
        self.assertIn("vendors/nimbus-cloud identifiers: `549300EXAMPLECLOUD00` is no LEI", said)
        self.assertIn("contracts/kontor-hosting reference: `C-2023-017` is the key of another row too, of "
                      "contracts/nimbus-master", said)
        self.assertIn("2 errors", said)
        self.assertIn("Nothing was written", said)
        self.assertFalse((self.folder / "register").exists())
        self.export("--incomplete", code=3)
        self.assertTrue((self.folder / "register/B_02.01.csv").exists())

    def test_what_is_missing_names_its_resource_and_field(self):
        exported = json.loads(self.run_cli("export", "contracts", "-o", "json"))
        contract = next(one for one in exported if one["name"] == "contracts/kontor-hosting")
        for field in ("noticePeriod", "governingLaw", "exitPlan", "reference"):
            del contract[field]
        del contract["services"][0]["reliance"]
        self.run_cli("apply", "-f", "-", stdin=json.dumps(contract))
        issues = json.loads(self.run_cli("register", "export", "--dry-run", "-o", "json", code=3))["issues"]
        missing = {(issue["field"], issue["column"]) for issue in issues if issue["resource"] == contract["name"]}
        for pair in (("noticePeriod", "B_02.02.0100"), ("governingLaw", "B_02.02.0120"), ("exitPlan", "B_07.01.0080"),
                     ("services[0].reliance", "B_02.02.0180"), ("reference", "B_02.01.0010")):
            self.assertIn(pair, missing)

    # --- Attestations ---

    def test_it_holds_and_a_third_party_can_check_the_digest(self):
        self.assertTrue(self.run_cli("attest", "CN").startswith("HOLDS\n"))
        told = json.loads(self.run_cli("attest", "CN", "--strict", "-o", "json"))
        self.assertEqual(told["verdict"], "VERDICT_HOLDS")
        self.assertEqual(told["clearCount"], "4")
        revision = told["inventory"]["revision"]
        self.merge("kind: Vendor\nname: vendors/kontor\ncountry: AT\n")
        lines = self.run_cli("export", "inventory", "--as-of", revision, "-o", "jsonl")
        self.assertEqual(hashlib.sha256(lines.encode()).hexdigest(), told["contentSha256"])
        self.assertEqual(len(lines.encode()), int(told["contentBytes"]))
        again = json.loads(self.run_cli("attest", "CN", "--strict", "--as-of", revision, "-o", "json"))
        self.assertEqual(again["contentSha256"], told["contentSha256"])
        self.assertNotEqual(json.loads(self.run_cli("attest", "CN", "-o", "json"))["contentSha256"], told["contentSha256"])

    def test_a_violation_has_a_way(self):
        said = self.run_cli("attest", "US", code=3)
        self.assertTrue(said.startswith("VIOLATED\n"))
        self.assertIn("applications/dispute-desk/dependencies/summarise alternatives[1].target = "
                      "deployments/nimbus-atelier", said)
        self.assertIn("vendors/nimbus-holding country = US", said)
        self.assertIn("| applications/copy-writer |", self.run_cli("attest", "US", "-o", "markdown", code=3))
        self.run_cli("attest", "nimbus-holding", code=3)
        self.run_cli("attest", "vendors/nobody", code=4)

    def test_what_is_missing_stands_in_the_way_and_can_be_filled_in(self):
        self.merge("kind: Application\nname: applications/new-idea\nowner: team-disputes\ntier: 2\n")
        said = self.run_cli("attest", "CN", code=8)
        self.assertIn("CANNOT_ATTEST", said)
        self.assertIn("dependencies of applications/new-idea", said)
        self.run_cli("attest", "CN", "--skip-undeclared")
        self.run_cli("attest", "CN", "--tier", "1")
        self.assertIn("name: applications/new-idea/dependencies/",
                      self.run_cli("attest", "CN", "--fill-in", code=8))
        exported = json.loads(self.run_cli("export", "models", "-o", "json"))[0]
        del exported["knownNone"]
        self.run_cli("apply", "-f", "-", stdin=json.dumps(exported))
        said = self.run_cli("attest", "CN", "--skip-undeclared", code=8)
        self.assertIn("models/atelier-large", said)
        self.assertIn("4 of 4 open", said)
        self.assertIn("name: models/atelier-large",
                      self.run_cli("attest", "CN", "--skip-undeclared", "--fill-in", code=8))


if __name__ == "__main__":
    unittest.main()
