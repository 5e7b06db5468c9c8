"""An inventory that takes changes only with the token of a check: inventory, policy and risk in processes of their own, and the
command line as people use it. Two changes that pass alone and break a limit together cannot both land."""

import hashlib
import json
import os
import re
import sqlite3
import subprocess
import time
import unittest

from processes import BIN, Process, Scratch, fetch, wait_until

KEY = "k" * 40
OTHER_KEY = "o" * 40
DENIED, NOT_FOUND, REFUSED, CONFLICT, AWAY = 3, 4, 5, 6, 7

# Two applications on each of two operators.
BASE = """
apiVersion: linchpin/v1
kind: Vendor
name: vendors/acme
country: US
---
apiVersion: linchpin/v1
kind: Vendor
name: vendors/borealis
country: FR
---
apiVersion: linchpin/v1
kind: Model
name: models/one
developer: vendors/acme
---
apiVersion: linchpin/v1
kind: Deployment
name: deployments/acme
model: models/one
operator: vendors/acme
---
apiVersion: linchpin/v1
kind: Deployment
name: deployments/borealis
model: models/one
operator: vendors/borealis
"""

# No operator may carry more than 62% of the applications: three of five may, four of six may not.
POLICY = """
apiVersion: linchpin/v1
kind: Policy
name: policies/share
rules:
- id: operator
  title: Too much at one operator
  severity: HIGH
  concentration: {groupBy: OPERATOR, basis: APPLICATIONS, metric: SHARE, limit: 0.62, minPopulation: 1}
---
apiVersion: linchpin/v1
kind: Assignment
name: assignments/share
policy: policies/share
mode: ENFORCE
"""


def application(name, deployment):
    return f"""---
apiVersion: linchpin/v1
kind: Application
name: applications/{name}
tier: 1
---
apiVersion: linchpin/v1
kind: Dependency
name: applications/{name}/dependencies/chat
alternatives: [{{target: deployments/{deployment}}}]
"""


class Service(Process):
    """One linchpind of one target, ready when the constructor returns. A restart keeps the port."""

    def __init__(self, folder, target, *flags, port=0, name=None):
        super().__init__(folder, name or target, [
            BIN / "linchpind", "--target", target, "--store", f"sqlite:{folder}/{target}", "--listen", f"127.0.0.1:{port}",
            "--health-listen", "", "--metrics-listen", "127.0.0.1:0", "--drain-delay-seconds", "0", *flags])
        ready = wait_until(self._ready, f"{target} is ready")
        self.port = ready["port"]
        self.endpoint = f"127.0.0.1:{self.port}"
        self.metrics = f"127.0.0.1:{ready['metrics_port']}"

    def _ready(self):
        if not self.running():
            raise AssertionError(f"linchpind ended:\n{self.log()}")
        lines = [line for line in self.log().splitlines() if re.search(r'"msg": ?"ready"', line)]
        return json.loads(lines[0]) if lines else None


class Admission(unittest.TestCase):
    MODE = "enforce"
    revision = 0  # The newest one that a command told.

    def setUp(self):
        scratch = Scratch()
        self.folder = scratch.__enter__()
        self.addCleanup(scratch.__exit__)
        self.keys = self.folder / "keys"
        self.keys.write_text(KEY + "\n")
        self.inventory = self.serve("inventory", "--admission", self.MODE, "--admission-keys-file", self.keys, *self.tokens())
        self.policy = self.serve_policy(self.keys)

    def tokens(self):
        """Flags by which the inventory asks who calls."""
        return ()

    def serve(self, target, *flags, **options):
        service = Service(self.folder, target, *flags, **options)
        self.addCleanup(service.stop)
        return service

    def serve_policy(self, keys, *flags, port=0, name=None):
        return self.serve("policy", "--inventory-address", self.inventory.endpoint, "--admission-keys-file", keys, *flags,
                          port=port, name=name)

    def start(self, *arguments):
        return subprocess.Popen(
            [str(BIN / "linchpin"), *arguments], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={
                **os.environ, "NO_COLOR": "1", "LINCHPIN_ENDPOINT": self.inventory.endpoint,
                "LINCHPIN_POLICY_ENDPOINT": self.policy.endpoint,
                "LINCHPIN_RISK_ENDPOINT": self.risk.endpoint if hasattr(self, "risk") else ""})

    def run_it(self, *arguments, text=None):
        process = self.start(*arguments)
        out, err = process.communicate(text, timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def apply(self, text, *flags, code=0):
        done = self.run_it("apply", "-f", "-", *flags, text=text)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        told = re.search(r"inventory at revision (\d+)", done.stderr)
        self.revision = int(told[1]) if told else self.revision
        return done

    def check(self, text):
        """The answer of CheckChange, once the policy service has all that this test wrote."""
        def answer():
            done = self.run_it("check", "-f", "-", "-o", "json", text=text)
            change = json.loads(done.stdout)["change"] if done.returncode in (0, DENIED) else None
            return change if change and int(change["inventory"]["revision"]) >= self.revision else None
        return wait_until(answer, "the change is checked")

    def fill(self):
        """What stands there at first: half of the applications at each operator."""
        text = BASE + "".join(application(name, where) for name, where in
                              (("a", "acme"), ("b", "acme"), ("c", "borealis"), ("d", "borealis")))
        self.apply(text)
        self.apply(POLICY)

    def exists(self, name):
        done = self.run_it("get", name)
        self.assertIn(done.returncode, (0, NOT_FOUND), done.stderr)
        return done.returncode == 0

    def count(self, outcome, made="true"):
        found = re.search(rf'linchpin_inventory_admissions_total\{{made="{made}",outcome="{outcome}"\}} (\d+)',
                          fetch(f"http://{self.inventory.metrics}/metrics"))
        return int(found[1]) if found else None


class Enforced(Admission):
    def setUp(self):
        super().setUp()
        self.risk = self.serve("risk", "--inventory-address", self.inventory.endpoint)

    def test_two_changes_that_pass_alone_cannot_both_land(self):
        self.fill()
        e, f = application("e", "acme"), application("f", "acme")
        checked = [self.check(text) for text in (e, f)]
        self.assertEqual([answer["verdict"] for answer in checked], ["VERDICT_PASS"] * 2)
        self.assertEqual(checked[0]["inventory"]["revision"], checked[1]["inventory"]["revision"])
        self.apply(e, "--check-token", checked[0]["checkToken"])
        moved = self.apply(f, "--check-token", checked[1]["checkToken"], code=CONFLICT)
        self.assertIn("REVISION_MISMATCH", moved.stderr)
        denied = self.apply(f, code=DENIED)  # Checked anew, beside the first.
        self.assertIn("share is 66.7%, the limit 62.0%", denied.stderr + denied.stdout)
        self.assertIn("nothing was written (CHECK_DENIED)", denied.stderr)
        self.assertTrue(self.exists("applications/e"))
        self.assertFalse(self.exists("applications/f"))
        self.assertEqual(self.count("moved", "false"), 1)
        self.assertGreaterEqual(self.count("admitted"), 2)

    def test_nor_can_they_when_they_race(self):
        self.fill()
        processes = [self.start("apply", "-f", "-") for _ in range(4)]
        for name, process in zip("efgh", processes):
            process.stdin.write(application(name, "acme"))
            process.stdin.close()
            process.stdin = None
        ended = [(process.communicate(timeout=120), process.returncode) for process in processes]
        self.assertEqual(sorted(code for _, code in ended), [0, DENIED, DENIED, DENIED], ended)
        self.assertEqual(sum(self.exists(f"applications/{name}") for name in "efgh"), 1)

    def test_a_token_is_good_for_its_change_unchanged_and_in_its_time(self):
        self.fill()
        e = application("e", "acme")
        token = self.check(e)["checkToken"]
        other = self.apply(application("f", "borealis"), "--check-token", token, code=CONFLICT)
        self.assertIn("CHECK_OF_ANOTHER_CHANGE", other.stderr)
        bit = token[:40] + ("A" if token[40] != "A" else "B") + token[41:]
        self.assertIn("CHECK_TOKEN_INVALID", self.apply(e, "--check-token", bit, code=CONFLICT).stderr)
        self.policy.stop()
        self.policy = self.serve_policy(self.keys, "--check-token-seconds", "1", port=self.policy.port, name="short")
        answer = self.check(e)
        ends = time.mktime(time.strptime(answer["checkTokenExpireTime"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
        wait_until(lambda: time.time() > ends, "the token has expired")
        self.assertIn("CHECK_TOKEN_EXPIRED", self.apply(e, "--check-token", answer["checkToken"], code=CONFLICT).stderr)
        self.assertFalse(self.exists("applications/e"))
        self.assertEqual(self.count("expired", "false"), 1)

    def test_keys_are_changed_without_a_gap(self):
        self.fill()
        others = self.folder / "other-keys"
        others.write_text(OTHER_KEY + "\n")
        self.policy.stop()
        self.policy = self.serve_policy(others, port=self.policy.port, name="other")
        e = application("e", "acme")
        refused = self.apply(e, code=CONFLICT)
        self.assertIn("signed with another key", refused.stderr)
        self.assertEqual(self.count("invalid", "false"), 1)
        self.keys.write_text(KEY + "\n" + OTHER_KEY + "\n")
        wait_until(lambda: "admission keys reloaded" in self.inventory.log(), "the keys are reloaded")
        self.apply(e)

    def test_without_policy_nothing_lands_and_that_is_said(self):
        self.fill()
        self.policy.stop()
        done = self.apply(application("e", "borealis"), code=AWAY)
        self.assertIn("the policy service, which checks, does not answer", done.stderr)
        self.assertIn("nothing was written", done.stderr)
        self.assertFalse(self.exists("applications/e"))
        self.apply(application("a", "acme"))  # It stands already: there is nothing to check.

    def test_a_deletion_is_checked_like_any_other_change(self):
        self.fill()
        done = self.run_it("delete", "applications/c", "--force")  # Two of three at one operator.
        self.assertEqual(done.returncode, DENIED, done.stderr)
        self.assertTrue(self.exists("applications/c"))
        self.assertEqual(self.run_it("delete", "applications/a", "--force").returncode, DENIED)  # One of three is well, two are not.
        self.apply(application("e", "borealis"))
        self.assertEqual(self.run_it("delete", "applications/c", "--force").returncode, 0)
        self.assertFalse(self.exists("applications/c"))


class Overridden(Admission):
    def tokens(self):
        tokens = self.folder / "tokens.yaml"
        lines = [f"  - {{name: {name}, role: {role}, sha256: {hashlib.sha256(name.encode()).hexdigest()}}}"
                 for name, role in (("alice", "admin"), ("bob", "editor"), ("policy", "viewer"))]
        tokens.write_text("tokens:\n" + "\n".join(lines) + "\n")
        for name in ("alice", "bob", "policy"):
            (self.folder / f"{name}.token").write_text(name)
        return "--auth-tokens-file", tokens

    def serve_policy(self, keys, *flags, **options):
        return super().serve_policy(keys, "--token-file", self.folder / "policy.token", *flags, **options)

    def test_an_admin_may_and_must_say_why(self):
        vendor = "apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/acme\n"
        refused = self.apply(vendor, "--token-file", self.folder / "bob.token", "--override-check", "please", code=REFUSED)
        self.assertIn("to write without a check needs the role admin", refused.stderr)
        done = self.apply(vendor, "--token-file", self.folder / "alice.token", "--override-check", "incident 4711")
        self.assertIn("written without a check; the audit names you and the reason", done.stderr)
        self.assertEqual(self.count("overridden"), 1)
        self.inventory.stop()
        with sqlite3.connect(self.folder / "inventory" / "inventory.db") as store:
            rows = store.execute("select principal, reason, target from audit order by number").fetchall()
        self.assertEqual([row[:2] for row in rows], [("bob", "ROLE_TOO_LOW"), ("alice", "")])
        self.assertEqual(rows[1][2], "1 operations; check overridden (CHECK_REQUIRED): incident 4711")


class Warned(Admission):
    MODE = "warn"

    def test_a_change_without_a_check_lands_and_that_is_said(self):
        vendor = "apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/acme\n"
        self.policy.stop()
        done = self.apply(vendor)
        self.assertIn("written without a valid check (missing)", done.stderr)
        self.assertEqual(self.count("missing"), 1)
        self.assertIn("a change was made without the check that is asked for", self.inventory.log())
        self.assertEqual(self.count("missing", "false"), 0)


if __name__ == "__main__":
    unittest.main()
