"""Back up while it runs, lose the data, restore, and refuse tokens of the lost future, as docs/operating/install.md says."""

import re
import shutil
import subprocess
import unittest

from processes import BIN, ROOT, Linchpind, Scratch

VENDOR = "apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/{}\n"


def shell_blocks(page):
    """The commands of a page's fenced shell blocks."""
    return re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(), re.S)


class Backup(unittest.TestCase):
    def test_a_copy_taken_while_running_restores(self):
        backup = next(b for b in shell_blocks("docs/operating/install.md") if ".backup" in b)
        statement = re.search(r"`(update store set history_id = )", (ROOT / "docs/operating/store.md").read_text()).group(1)
        with Scratch() as folder:
            (folder / "backup").mkdir()
            with Linchpind(folder, "--drain-delay-seconds", "0") as server:
                server.linchpin("apply", "-f", "-", stdin=VENDOR.format("kept"))
                # The page's own commands, in this test's folders.
                subprocess.run(backup.replace("/var/lib/linchpin/all", f"{folder}/data").replace("/backup", f"{folder}/backup"),
                               shell=True, check=True)
                server.linchpin("apply", "-f", "-", stdin=VENDOR.format("lost"))
                before = server.linchpin("export")
                self.assertIn("vendors/lost", before)
            shutil.rmtree(folder / "data")
            shutil.copytree(folder / "backup", folder / "data")
            for path in (folder / "data").glob("*.db"):
                subprocess.run(["sqlite3", path, statement + "lower(hex(randomblob(16))) where id = 1"], check=True)
            with Linchpind(folder, "--drain-delay-seconds", "0") as server:
                names = server.linchpin("list", "vendors", "-o", "name").split()
                self.assertEqual(names, ["vendors/kept"])

    def test_an_export_applies_to_an_empty_server(self):
        with Scratch() as one, Scratch() as two:
            with Linchpind(one, "--drain-delay-seconds", "0") as server:
                server.linchpin("apply", "-f", ROOT / "deploy/samples")
                exported = server.linchpin("export")
            with Linchpind(two, "--drain-delay-seconds", "0") as server:
                server.linchpin("apply", "-f", "-", stdin=exported)
                self.assertEqual(server.linchpin("export"), exported)

    def test_a_database_one_version_ahead_is_refused(self):
        with Scratch() as folder:
            migrate = [BIN / "linchpind", "migrate", "--store", f"sqlite:{folder}/data"]
            subprocess.run(migrate, check=True, capture_output=True, timeout=60)
            subprocess.run(["sqlite3", folder / "data/inventory.db",
                            "insert into migration select max(version) + 1 from migration"], check=True)
            for command in (migrate, [BIN / "linchpind", "--store", f"sqlite:{folder}/data", "--listen", "127.0.0.1:0",
                                      "--health-listen", "", "--metrics-listen", ""]):
                run = subprocess.run(command, capture_output=True, text=True, timeout=60)
                self.assertNotEqual(run.returncode, 0)
                self.assertIn("newer", run.stdout + run.stderr)

    def test_migrations_may_be_repeated(self):
        with Scratch() as folder:
            for _ in range(2):
                subprocess.run([BIN / "linchpind", "migrate", "--store", f"sqlite:{folder}/data"], check=True,
                               capture_output=True, timeout=60)


if __name__ == "__main__":
    unittest.main()
