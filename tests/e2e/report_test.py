"""The report of the samples, and of names that would break it, opened in a real browser."""

import pathlib
import shutil
import subprocess
import unittest

from processes import ROOT, Linchpind, Scratch

HOSTILE = """
apiVersion: linchpin/v1
kind: Vendor
name: vendors/hostile
displayName: "<script>alert(1)</script> & \\"quoted\\" 'so' \\u202eright to left 🚀"
country: NO
knownNone: [parent]
---
apiVersion: linchpin/v1
kind: Deployment
name: deployments/hostile-with-a-name-as-long-as-names-may-be-which-is-sixty
hostingMode: THIRD_PARTY_HOSTED
operator: vendors/hostile
---
apiVersion: linchpin/v1
kind: Application
name: applications/hostile-with-a-name-as-long-as-names-may-be-which-is-sixty
tier: 1
---
apiVersion: linchpin/v1
kind: Dependency
name: applications/hostile-with-a-name-as-long-as-names-may-be-which-is-sixty/dependencies/chat
alternatives: [{target: deployments/hostile-with-a-name-as-long-as-names-may-be-which-is-sixty}]
"""


@unittest.skipUnless(shutil.which("chromium") and (ROOT / "tests/node_modules/playwright-core").is_dir(),
                     "chromium or tests/node_modules is missing; run deploy/install_packages test, tests/install_node_packages")
class Report(unittest.TestCase):
    def faults(self, report):
        run = subprocess.run(["node", "report_page.mjs", report], cwd=ROOT / "tests/e2e", text=True, timeout=120,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def test_the_page_reads_well_and_needs_nothing_else(self):
        with Scratch() as folder, Linchpind(folder, "--drain-delay-seconds", "0", "--home", "US") as server:
            server.linchpin("apply", "-f", ROOT / "deploy/samples")
            (folder / "hostile.yaml").write_text(HOSTILE)
            server.linchpin("apply", "-f", folder / "hostile.yaml")
            report = pathlib.Path(folder) / "report.html"
            said = server.linchpin("report", "--home", "US", "-f", report)
            page = report.read_text()
            self.assertRegex(said, r"\d+ of \d+ applications and \d+ of \d+ business services stop")
            self.assertIn(said.splitlines()[0].replace("'", "&#39;"), page)
            self.assertLess(len(page), 300_000)
            for part in ("Risk score", "The worst events", "The best decisions", "Concentration", "Policy findings", "Quality of the facts"):
                self.assertIn(part, page)
            self.assertEqual(self.faults(report), "")
            self.assertEqual(page, server.linchpin("report", "--home", "US"))

    def test_an_empty_inventory_is_told(self):
        with Scratch() as folder, Linchpind(folder, "--drain-delay-seconds", "0") as server:
            with self.assertRaisesRegex(AssertionError, "holds no application yet"):
                server.linchpin("report")


if __name__ == "__main__":
    unittest.main()
