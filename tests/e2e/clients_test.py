"""The example clients in Python and Node, run against a live server with a sample inventory."""

import os
import shutil
import subprocess
import sys
import unittest

from processes import ROOT, Linchpind, Scratch


def check_answers(case, output):
    case.assertRegex(output, r"vendors: [1-9]\d*\n")
    case.assertRegex(output, r"resources in the snapshot: [1-9]\d* - resume token: yes\n")
    case.assertRegex(output, r"impaired: applications/\S+ level at least \d+ %\n")
    case.assertRegex(output, r"impaired consumers: \d+ proven, \d+ likely\n")
    case.assertIn("error: NOT_FOUND RESOURCE_NOT_FOUND vendors/nobody", output)


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = Scratch()
        cls.folder = cls.scratch.__enter__()
        cls.addClassCleanup(cls.scratch.__exit__)
        cls.server = Linchpind(cls.folder)
        cls.addClassCleanup(cls.server.stop)
        cls.server.linchpin("apply", "-f", ROOT / "deploy/samples")

    def run_example(self, command, env=None):
        run = subprocess.run(command, text=True, capture_output=True, timeout=60, env={**os.environ, **(env or {})})
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return run.stdout

    def test_python(self):
        stubs = self.folder / "stubs"
        stubs.mkdir()
        protos = [str(p.relative_to(ROOT / "proto")) for area in ("google", "linchpin")
                  for p in (ROOT / "proto" / area).rglob("*.proto")]
        plugin = shutil.which("grpc_python_plugin")
        subprocess.run(["protoc", "-I", str(ROOT / "proto"), f"--python_out={stubs}", f"--grpc_out={stubs}",
                        f"--plugin=protoc-gen-grpc={plugin}", *protos], check=True)
        output = self.run_example(["/usr/bin/python3", str(ROOT / "docs/examples/python/example.py"), self.server.endpoint],
                                  {"PYTHONPATH": str(stubs)})
        check_answers(self, output)

    def test_node(self):
        # Packages are found by folder; the example lies outside tests/, where they are installed.
        shutil.copytree(ROOT / "docs/examples/node", self.folder / "checkout/docs/examples/node")
        os.symlink(ROOT / "proto", self.folder / "checkout/proto")
        os.symlink(ROOT / "tests/node_modules", self.folder / "checkout/node_modules")
        output = self.run_example(["node", str(self.folder / "checkout/docs/examples/node/example.mjs"), self.server.endpoint])
        check_answers(self, output)


if __name__ == "__main__":
    sys.exit(unittest.main())
