"""Hostile and broken files, given to `apply` and `import` as a user would: one clear error that names the place, nothing half
written, the server unharmed."""

import resource
import subprocess
import unittest

from processes import BIN, Linchpind, Scratch

HEAD = "apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/{}\n"
GOOD = HEAD.format("good") + "country: NO\n"

# What is wrong, the file, what the error must say.
APPLY = [
    ("an unknown field", HEAD.format("a") + "countri: NO\n", ":4:", "country"),
    ("a wrong type", HEAD.format("a") + "roles: DEVELOPER\n", ":4:", "roles"),
    ("a wrong enum value", HEAD.format("a") + "roles: [DEVELOPR]\n", ":4:", "DEVELOPER"),
    ("a duplicate key", HEAD.format("a") + "country: NO\ncountry: SE\n", ":5:", "country"),
    ("an unknown kind", "apiVersion: linchpin/v1\nkind: Vendr\nname: vendors/a\n", ":2:", "Vendor"),
    ("an unknown version", "apiVersion: linchpin/v9\nkind: Vendor\nname: vendors/a\n", ":1:", "linchpin/v1"),
    ("a wrong name", HEAD.format("A_B"), ":3:", "name"),
    ("no country", HEAD.format("a") + "country: XX\n", ":4:", "XX"),
    ("wrong encoding", (HEAD + "displayName: ").format("a").encode() + b"\xff\xfe\n", ":4:", "UTF-8"),
    ("an alias bomb", HEAD.format("a") + "labels: &a {x: y}\nannotations: *a\n", ":4:", "anchor"),
    ("10,000 levels of flow", HEAD.format("a") + "labels: " + "[" * 10000 + "]" * 10000 + "\n", ":4:", "deep"),
    ("10,000 levels of blocks", HEAD.format("a") + "labels:\n" + "".join(" " * i + "- \n" for i in range(1, 2000)), ":", "deep"),
    ("10,000 levels of JSON", '{"apiVersion":"linchpin/v1","kind":"Vendor","labels":' + '{"a":' * 10000 + "1" + "}" * 10001, ":1:", "deep"),
    ("a reference to nothing", HEAD.format("a") + "parent: vendors/nobody\n", ":", "vendors/nobody"),
    ("a cycle of parents", HEAD.format("a") + "parent: vendors/b\n---\n" + HEAD.format("b") + "parent: vendors/a\n", "", "vendors/a -> vendors/b -> vendors/a"),
    ("not YAML", "a: b: c: [\n", ":1:", ""),
]

LITELLM = [
    ("a list where a map belongs", "- model_list\n", ":1:"),
    ("a model list that is none", "model_list: 5\n", ":1:"),
    ("wrong encoding", b"model_list:\n  - model_name: \xff\n", ":2:"),
    ("10,000 levels", "model_list: " + "[" * 10000 + "]" * 10000, ":1:"),
    ("two configurations", "model_list: []\n---\nmodel_list: []\n", ":3:"),
]

MEMORY_BYTES = 2 * 1024 ** 3


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = Scratch()
        cls.folder = scratch.__enter__()
        cls.addClassCleanup(scratch.__exit__)
        cls.server = Linchpind(cls.folder, "--drain-delay-seconds", "0")
        cls.addClassCleanup(cls.server.stop)

    def write(self, content, name="input.yaml"):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def assert_unharmed(self):
        self.assertTrue(self.server.running())
        self.assertEqual(self.server.linchpin("list", "vendors", "-o", "name").strip(), "")

    def test_apply_names_the_place_and_writes_nothing(self):
        for what, content, place, words in APPLY:
            with self.subTest(what):
                good = GOOD.encode() + b"---\n"
                lines = good.count(b"\n")
                data = content if isinstance(content, bytes) else content.encode()
                path = self.write(data)
                run = self.server.linchpin("apply", "-f", path, check=False)
                # 6: the server refused it in view of what else there is.
                self.assertIn(run.returncode, (1, 6), run.stdout + run.stderr)
                self.assertIn(f"input.yaml{place}" if place else "Error", run.stderr)
                self.assertIn(words.lower(), run.stderr.lower())
                self.assertLess(len(run.stderr), 4000)
                self.assert_unharmed()
                # Behind a good document the error is the same, and the good one is not written either.
                if not data.startswith(b"{"):
                    run = self.server.linchpin("apply", "-f", self.write(good + data), check=False)
                    self.assertIn(run.returncode, (1, 6), f"{what} after {lines} good lines")
                    self.assert_unharmed()

    def test_import_names_the_place_and_writes_nothing(self):
        for what, content, place in LITELLM:
            with self.subTest(what):
                run = self.server.linchpin("import", "litellm", self.write(content), check=False)
                self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
                self.assertIn(f"input.yaml{place}", run.stderr)
                self.assertLess(len(run.stderr), 4000)
                self.assert_unharmed()

    def test_a_file_of_100_megabytes_is_refused_or_read_in_bounded_memory(self):
        path = self.folder / "huge.yaml"
        with open(path, "wb") as out:
            out.write(HEAD.format("a").encode() + b"description: ")
            for _ in range(100):
                out.write(b"x" * 1024 * 1024)
        for command in (["apply", "-f"], ["import", "litellm"]):
            with self.subTest(command[0]):
                run = subprocess.run(
                    [BIN / "linchpin", *command, path, "--endpoint", self.server.endpoint], capture_output=True, text=True,
                    timeout=120, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES)))
                self.assertEqual(run.returncode, 1, run.stdout[-500:] + run.stderr[-500:])
                self.assertIn("huge.yaml", run.stderr)
                self.assertLess(len(run.stderr), 4000)
                self.assert_unharmed()


if __name__ == "__main__":
    unittest.main()
