"""A risk that somebody accepts, from outside: the command line with a token for each person, the real Prometheus and
Alertmanager with the shipped rules, and the real clock. docs/concepts/waivers.md tells the same story.
"""

import datetime
import hashlib
import os
import subprocess
import unittest

from alert_path_test import Webhook, write_configuration
from processes import BIN, Linchpind, Process, Scratch, fetch, free_port, wait_until

DOCUMENTS = """
apiVersion: linchpin/v1
kind: Model
name: models/m
originCountry: US
knownNone: [derivations]
---
apiVersion: linchpin/v1
kind: Deployment
name: deployments/d
model: models/m
---
apiVersion: linchpin/v1
kind: Application
name: applications/claims
owner: team-claims
---
apiVersion: linchpin/v1
kind: Dependency
name: applications/claims/dependencies/chat
alternatives: [{target: deployments/d}]
---
apiVersion: linchpin/v1
kind: Policy
name: policies/sovereignty
rules: [{id: origin, severity: CRITICAL, lineage: {allowed: [FR]}}]
---
apiVersion: linchpin/v1
kind: Assignment
name: assignments/bank
policy: policies/sovereignty
"""
ALERT = "LinchpinCriticalFindingOpen"
PEOPLE = {"root": "admin", "ann": "editor", "bob": "approver", "cid": "approver"}
# Long enough for two approvals on a busy machine.
WAIVED_SECONDS = 45


class Waiver(unittest.TestCase):
    def setUp(self):
        scratch = Scratch()
        self.folder = scratch.__enter__()
        self.addCleanup(scratch.__exit__)
        tokens = self.folder / "tokens.yaml"
        tokens.write_text("tokens:\n" + "".join(
            f"- {{name: {name}, role: {role}, sha256: {hashlib.sha256(name.encode()).hexdigest()}}}\n"
            for name, role in PEOPLE.items()))
        for name in PEOPLE:
            (self.folder / f"{name}.token").write_text(name)
        self.server = Linchpind(self.folder, "--drain-delay-seconds", "0", "--auth-tokens-file", tokens)
        self.addCleanup(self.server.stop)
        self.run_as("root", "apply", "-f", "-", stdin=DOCUMENTS)

    def run_as(self, who, *arguments, stdin=None, code=0):
        run = subprocess.run(
            [str(BIN / "linchpin"), *map(str, arguments)], text=True, input=stdin, capture_output=True, timeout=120,
            env={**os.environ, "LINCHPIN_ENDPOINT": self.server.endpoint, "NO_COLOR": "1",
                 "LINCHPIN_TOKEN_FILE": str(self.folder / f"{who}.token")})
        self.assertEqual(run.returncode, code, f"{who}: linchpin {arguments}:\n{run.stdout}{run.stderr}")
        return run.stdout + run.stderr

    def start_monitoring(self):
        webhook = Webhook()
        port, manager_port = free_port(), free_port()
        write_configuration(self.folder, self.server, manager_port, webhook)
        self.start("alertmanager", "prometheus-alertmanager", "--config.file=alertmanager.yaml",
                   f"--storage.path={self.folder}/am", f"--web.listen-address=127.0.0.1:{manager_port}",
                   "--cluster.listen-address=")
        wait_until(lambda: fetch(f"http://127.0.0.1:{manager_port}/-/ready"), "Alertmanager is ready")
        self.start("prometheus", "prometheus", "--config.file=prometheus.yaml", f"--storage.tsdb.path={self.folder}/tsdb",
                   f"--web.listen-address=127.0.0.1:{port}", "--rules.alert.resend-delay=1s")
        return webhook

    def start(self, name, *command):
        self.addCleanup(Process(self.folder, name, command).stop)

    def request(self, *arguments, code=0):
        return self.run_as("ann", "waiver", "request", "claims-origin", "--assignment", "bank", "--rule", "origin",
                           "--owner", "risk", "--reason", "a European model replaces it in May, see RISK-7",
                           *arguments, code=code)

    def test_the_alert_is_silent_while_two_others_accept_and_comes_back_by_the_clock(self):
        webhook = self.start_monitoring()
        wait_until(lambda: webhook.saw(ALERT, "firing"), "the alert fires", 120)
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=WAIVED_SECONDS)
        end = end.replace(microsecond=0)  # As the command line is told it.
        asked = self.request("--until", end.isoformat(timespec="seconds"))
        self.assertIn("waits for 2 approvals of people other than ann", asked)
        refused = self.run_as("bob", "waiver", "approve", "claims-origin", "--dry-run")
        self.assertIn("waits for 1 approval", refused)
        self.run_as("bob", "waiver", "approve", "claims-origin", "--note", "seen the plan")
        self.assertFalse(webhook.saw(ALERT, "resolved"), "one person has approved")
        self.assertIn("covers 1 finding", self.run_as("cid", "waiver", "approve", "claims-origin"))
        wait_until(lambda: webhook.saw(ALERT, "resolved"), "the alert is silent", 60)
        self.assertLess(datetime.datetime.now(datetime.timezone.utc), end, "it was silent before its end")
        fired = len(webhook.saw(ALERT, "firing"))
        listed = self.run_as("ann", "finding", "list")
        self.assertIn("1 more is waived", listed)
        self.assertIn("claims-origin  active", self.run_as("ann", "waiver", "list"))
        wait_until(lambda: len(webhook.saw(ALERT, "firing")) > fired, "the alert is back", 120)
        self.assertGreaterEqual(datetime.datetime.now(datetime.timezone.utc), end)
        identifier = self.run_as("ann", "finding", "list", "-o", "name").split("/")[1][:12]
        history = self.run_as("ann", "finding", "show", identifier)
        self.assertIn("waivers/claims-origin has expired", history)
        self.assertRegex(history, r"waived +cid +waivers/claims-origin until")
        self.assertRegex(history, r"owner +team-claims")

    def test_who_asks_cannot_approve_and_who_may_not_cannot_either(self):
        self.request("--for", "30d")
        self.assertIn("ROLE_TOO_LOW", self.run_as("ann", "waiver", "approve", "claims-origin", code=5))
        self.run_as("root", "waiver", "revoke", "claims-origin", "--note", "asked again by root")
        self.run_as("root", "waiver", "request", "again", "--assignment", "bank", "--rule", "origin", "--owner", "risk",
                    "--for", "30d", "--reason", "a European model replaces it in May")
        self.assertIn("somebody else must", self.run_as("root", "waiver", "approve", "again", code=5))

    def test_a_bad_request_says_what_to_do(self):
        self.assertIn("with its offset", self.request("--until", "2026-12-24", code=2))
        self.assertIn("with its offset", self.request("--until", "2026-12-24T00:00:00", code=2))
        self.assertIn("is in the past", self.request("--until", "2020-01-01T00:00:00Z", code=1))
        self.assertIn("too far ahead", self.request("--for", "181d", code=1))
        self.assertIn("say when it ends", self.request(code=2))
        nothing = ("waiver", "request", "w", "--owner", "risk", "--for", "1d", "--reason", "x" * 20)
        self.assertIn("names nothing", self.run_as("ann", *nothing, code=1))
        self.assertIn("matches no finding", self.request("--for", "1d", "--where", "owner=nobody"))


if __name__ == "__main__":
    unittest.main()
