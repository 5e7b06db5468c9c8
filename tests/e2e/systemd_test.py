"""deploy/systemd: the real linchpind lives under the unit's system call filter, and its settings come from the files beside it."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import yaml

from processes import BIN, ROOT, Linchpind

UNIT = ROOT / "deploy/systemd/linchpind@.service"
FILTER = pathlib.Path(__file__).with_name("syscall_filter.py")
FILES = {path.stem: path for path in sorted((ROOT / "deploy/systemd").glob("*.yaml"))}


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze, which knows the groups of system calls, is not installed")
class SystemCalls(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="linchpin-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o777)
        # Where everybody may run it.
        self.program = self.folder / "linchpind"
        shutil.copy(BIN / "linchpind", self.program)

    def test_the_server_starts_serves_and_drains_under_the_filter(self):
        wrapper = [sys.executable, "-B", FILTER, UNIT, self.program]
        with Linchpind(self.folder, "--drain-delay-seconds", "0", program=wrapper) as server:
            server.linchpin("apply", "-f", ROOT / "deploy/samples")
            self.assertIn("operator-group", server.linchpin("overview", "--home", "US"))
            server.linchpin("risk", "sweep", "--class", "vendor")
            self.assertEqual(server.stop(signal.SIGTERM), 0, server.log())

    def test_the_filter_kills(self):
        unit = self.folder / "none.service"
        unit.write_text(re.sub(r"^SystemCallFilter=.*\n", "", UNIT.read_text(), flags=re.M))
        run = subprocess.run([sys.executable, "-B", FILTER, unit, self.program, "version"], capture_output=True)
        self.assertEqual(run.returncode, -signal.SIGSYS)


class Settings(unittest.TestCase):
    def test_each_instance_has_a_file_that_linchpind_accepts(self):
        self.assertEqual(set(FILES), {"all", "inventory", "policy", "risk"})
        for target, path in FILES.items():
            # Settings are checked before anything is opened: exit code 2 is a wrong one, 1 the address that nobody has.
            run = subprocess.run([BIN / "linchpind", "--target", target, "--config", path, "--health-listen", "203.0.113.1:1"],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, env={"PATH": os.environ["PATH"]})
            self.assertEqual(run.returncode, 1, f"{target}: {run.stdout}")

    def test_the_unit_sets_nothing_that_would_beat_the_file(self):
        self.assertNotRegex(UNIT.read_text(), r"(?m)^Environment=.*LINCHPIN_")

    def test_three_instances_share_no_port_and_followers_call_inventory(self):
        split = {name: yaml.safe_load(FILES[name].read_text()) for name in ("inventory", "policy", "risk")}
        ports = [settings[key] for settings in split.values() for key in ("listen", "health-listen", "metrics-listen")]
        self.assertEqual(len(ports), len(set(ports)))
        for name in ("policy", "risk"):
            self.assertEqual(split[name]["inventory-address"], split["inventory"]["listen"])

    def test_the_embedded_database_lies_in_the_folder_that_the_unit_makes(self):
        self.assertIn("StateDirectory=linchpin/%i\n", UNIT.read_text())
        self.assertEqual(yaml.safe_load(FILES["all"].read_text())["store"], "sqlite:/var/lib/linchpin/all")
        self.assertIn("/var/lib/linchpin/all/*.db", (ROOT / "docs/operating/install.md").read_text())


if __name__ == "__main__":
    unittest.main()
