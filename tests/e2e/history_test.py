"""The past against a real server: what was changed, what differs, how it was, in one process and in three."""

import json
import time
import unittest
from datetime import datetime, timezone

from processes import ROOT, Linchpind, Scratch, wait_until

SAMPLES = ROOT / "deploy" / "samples"
VENDOR = "apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/openai\ncountry: {}\n"


def now():
    return datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


class History(unittest.TestCase):
    def setUp(self):
        scratch = Scratch()
        self.folder = scratch.__enter__()
        self.addCleanup(scratch.__exit__)

    def start(self, *flags, name="server"):
        folder = self.folder / name
        folder.mkdir()
        server = Linchpind(folder, "--drain-delay-seconds", "0", *flags)
        self.addCleanup(server.stop)
        return server

    def merge(self, server, text):
        server.linchpin("apply", "--merge", "-f", "-", stdin=text)

    def revision(self, server):
        return json.loads(server.linchpin("log", "--limit", "1", "-o", "json"))["revisions"][0]["revision"]

    def concentration(self, server, *flags):
        """The revision and the figures."""
        answer = json.loads(server.linchpin("risk", "concentration", "--home", "US", "-o", "json", *flags))
        return answer.pop("inventory")["revision"], answer

    def test_a_change_is_logged_differs_and_can_be_looked_behind(self):
        server = self.start("--home", "US")
        server.linchpin("apply", "-f", SAMPLES)
        before, then = self.revision(server), now()
        present = self.concentration(server)
        time.sleep(0.01)
        self.merge(server, VENDOR.format("CN"))
        log = server.linchpin("log", "vendors/openai", "--limit", "1")
        self.assertIn("  ~ vendors/openai\n      country: US -> CN\n", log)
        self.assertIn("anonymous  BatchWrite", log)
        for point in (before, then):
            diff = server.linchpin("diff", "--from", point, check=False)
            self.assertEqual(diff.returncode, 1, diff.stderr)
            # The evidence of the old value goes with it.
            self.assertTrue(diff.stdout.startswith("  ~ vendors/openai\n      country: US -> CN\n"), diff.stdout)
            self.assertIn("country: US", server.linchpin("get", "vendors/openai", "--as-of", point))
            self.assertEqual(self.concentration(server, "--as-of", point), present)
        self.assertNotEqual(self.concentration(server), present)
        self.assertIn("country: CN", server.linchpin("get", "vendors/openai"))
        # The past, exported, is what was: applied, it undoes the change.
        exported = self.folder / "then.yaml"
        server.linchpin("export", "--as-of", before, "-f", exported)
        self.assertIn("vendors/openai updated", server.linchpin("apply", "-f", exported))
        self.assertEqual(server.linchpin("diff", "--from", before), "")

    def test_errors_say_what_can_be_read(self):
        server = self.start()
        self.merge(server, VENDOR.format("US"))
        for as_of, code, text in (("99", 1, "the newest is 1"), ("2001-01-01", 1, "is before the first revision"),
                                  ("whenever", 2, "how long ago (7d)")):
            run = server.linchpin("get", "vendors/openai", "--as-of", as_of, check=False)
            self.assertEqual(run.returncode, code, run.stderr)
            self.assertIn(text, run.stderr)

    def test_findings_are_new_and_resolved_since(self):
        server = self.start("--home", "US")
        server.linchpin("apply", "-f", SAMPLES)
        server.linchpin("finding", "list", "-o", "name")
        then = now()
        before = json.loads(server.linchpin("finding", "list", "-o", "json"))["findings"]
        subjects = {f["subject"] for f in before if f["subject"].startswith("applications/")}
        # The first that nothing refers to.
        subject = next(s for s in sorted(subjects) if server.linchpin(
            "delete", s.split("/dependencies/")[0], "--force", check=False).returncode == 0)
        def resolved():
            changes = [json.loads(line) for line in
                       server.linchpin("finding", "list", "--since", then, "-o", "jsonl").splitlines()]
            return {c["finding"]["subject"] for c in changes if c["change"] == "resolved"}

        wait_until(lambda: subject in resolved(), "policies have followed the deletion")
        self.assertEqual({f["name"] for f in json.loads(server.linchpin("finding", "list", "--as-of", then, "-o", "json"))["findings"]},
                         {f["name"] for f in before})

    def test_a_page_about_anything(self):
        server = self.start("--home", "US")
        server.linchpin("apply", "-f", SAMPLES)
        for kind in ("vendors", "hosts", "licences", "models", "deployments", "routes", "applications", "businessServices"):
            names = server.linchpin("list", kind, "-o", "name").split()
            for name in names[:2]:
                page = server.linchpin("describe", name)
                self.assertIn(name, page.splitlines()[0])
                self.assertIn("Needed by", page)
                self.assertIn("Last changes", page)
        dependency = server.linchpin("list", "dependencies", "--parent", "applications/-", "-o", "name").split()[0]
        self.assertIn("alternatives", server.linchpin("describe", dependency))
        self.assertIn("Findings", server.linchpin("describe", "assignments/concentration"))

    def test_services_apart_answer_from_the_past_of_the_inventory(self):
        inventory = self.start("--target", "inventory", name="inventory")
        risk = self.start("--target", "risk", "--inventory-address", inventory.endpoint, name="risk")
        inventory.linchpin("apply", "-f", SAMPLES / "catalogue.yaml", "-f", SAMPLES / "us-closed.yaml")
        before = self.revision(inventory)
        present = wait_until(lambda: self.at(risk, before), "risk has the samples")
        self.merge(inventory, VENDOR.format("CN"))
        self.assertEqual(self.concentration(risk, "--as-of", before), present)

    def at(self, server, revision):
        run = server.linchpin("risk", "concentration", "--home", "US", "-o", "json", check=False)
        if run.returncode != 0 or json.loads(run.stdout)["inventory"]["revision"] != revision:
            return None
        return self.concentration(server)


if __name__ == "__main__":
    unittest.main()
