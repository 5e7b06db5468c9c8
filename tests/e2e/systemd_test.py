"""deploy/systemd: the real linchpind lives under the unit's system call filter."""

import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from processes import BIN, ROOT, Linchpind

UNIT = ROOT / "deploy/systemd/linchpind@.service"
FILTER = pathlib.Path(__file__).with_name("syscall_filter.py")


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


if __name__ == "__main__":
    unittest.main()
