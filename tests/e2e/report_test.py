"""The report of the samples, and of names that would break it, opened in a real browser."""

import os
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
        with Scratch() as folder, Linchpind(folder, "--drain-delay-seconds", "0", "--home", "US", "--currency", "EUR") as server:
            server.linchpin("apply", "-f", ROOT / "deploy/samples")
            (folder / "hostile.yaml").write_text(HOSTILE)
            server.linchpin("apply", "-f", folder / "hostile.yaml")
            report = pathlib.Path(folder) / "report.html"
            said = server.linchpin("report", "--home", "US", "-f", report)
            page = report.read_text()
            self.assertRegex(said, r"On \d{4}-\d\d-\d\d: if .* of \d+ applications and .* of \d+ business services stop within 7d")
            self.assertIn(said.splitlines()[0].replace("'", "&#39;"), page)
            self.assertLess(len(page), 300_000)
            for part in ("The best decisions", "The worst events", "Scenarios", "Risk score", "What a year may cost", "Concentration",
                         "Policy findings", "Quality of the facts"):
                self.assertIn(f"<h2>{part}</h2>", page)
            self.assertNotIn("\u202e", page)
            self.assertEqual(self.faults(report), "")
            self.assertEqual(page, server.linchpin("report", "--home", "US"))

    def test_the_picture_of_the_docs_is_one_of_the_samples(self):
        """Its look is checked above; LINCHPIN_REPORT_PICTURE=1 takes it anew."""
        picture = ROOT / "docs/concepts/report.png"
        if os.environ.get("LINCHPIN_REPORT_PICTURE"):
            with Scratch() as folder, Linchpind(folder, "--drain-delay-seconds", "0", "--home", "US", "--currency", "EUR") as server:
                server.linchpin("apply", "-f", ROOT / "deploy/samples")
                server.linchpin("report", "--home", "US", "-f", folder / "report.html", "-q")
                subprocess.run(["node", "report_page.mjs", folder / "report.html", folder], cwd=ROOT / "tests/e2e", check=True, timeout=120)
                shutil.copyfile(folder / "first.png", picture)
        self.assertEqual(picture.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        self.assertLess(picture.stat().st_size, 250_000)

    def test_gateways_of_hundreds_of_consumers_fit_the_page(self):
        with Scratch() as folder, Linchpind(folder, "--drain-delay-seconds", "0") as server:
            for file in sorted((ROOT / "tests/data/litellm").glob("*.yaml")):
                server.linchpin("import", "litellm", file, "--gateway", file.stem, check=False)
            report = pathlib.Path(folder) / "report.html"
            server.linchpin("report", "-f", report, "-q")
            self.assertRegex(report.read_text(), r"12 of \d{2,} applications, those that lose most")
            self.assertEqual(self.faults(report), "")

    def test_it_counts_the_critical_functions_alone(self):
        with Scratch() as folder, Linchpind(folder, "--drain-delay-seconds", "0") as server:
            server.linchpin("apply", "-f", ROOT / "deploy/samples")
            page = server.linchpin("report", "--critical", "--home", "US")
            self.assertIn("Counted: critical function: ", page)
            with self.assertRaisesRegex(AssertionError, "NOTHING_SELECTED"):
                server.linchpin("report", "--owner", "nobody")

    def test_it_is_printed_to_pdf(self):
        with Scratch() as folder, Linchpind(folder, "--drain-delay-seconds", "0") as server:
            server.linchpin("apply", "-f", ROOT / "deploy/samples")
            report = pathlib.Path(folder) / "report.pdf"
            server.linchpin("report", "-o", "pdf", "-f", report)
            self.assertEqual(report.read_bytes()[:5], b"%PDF-")
            self.assertGreater(report.stat().st_size, 20_000)

    def test_an_empty_inventory_is_told(self):
        with Scratch() as folder, Linchpind(folder, "--drain-delay-seconds", "0") as server:
            with self.assertRaisesRegex(AssertionError, "holds no application yet"):
                server.linchpin("report")


if __name__ == "__main__":
    unittest.main()
