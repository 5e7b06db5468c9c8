"""The chart's database settings reach a real PostgreSQL that speaks TLS, and go no further than its certificate allows."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from installation import HELM, PASSWORD, POSTGRES, Postgres, rendered_chart
from processes import BIN, ROOT


def certificate(folder, name, issuer=None):
    """folder/name.crt and .key: an authority, or a certificate for localhost by `issuer`."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{folder}/{name}.key",
               "-out", f"{folder}/{name}.crt"]
    if issuer:
        command += ["-CA", f"{folder}/{issuer}.crt", "-CAkey", f"{folder}/{issuer}.key", "-addext", "subjectAltName=DNS:localhost",
                    "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command, check=True, capture_output=True)


def missing():
    if POSTGRES is None:
        return "PostgreSQL is not installed (deploy/packages.txt, section test)"
    if not HELM.exists():
        return "helm is not there: run tests/install_node_packages"
    if os.geteuid() != 0:
        return "starting PostgreSQL as its own user needs root"
    return None


@unittest.skipIf(missing(), missing())
class ChartDatabase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="linchpin-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)
        certificate(self.folder, "authority")
        certificate(self.folder, "other")
        certificate(self.folder, "server", issuer="authority")
        shutil.chown(self.folder / "server.key", "postgres")
        self.postgres = Postgres(self.folder, "ssl=on", f"ssl_cert_file={self.folder}/server.crt", f"ssl_key_file={self.folder}/server.key")
        self.addCleanup(self.postgres.stop)
        (self.folder / "password").write_text(PASSWORD)
        documents = rendered_chart(self.folder, "-f", ROOT / "charts/linchpin/ci/production-values.yaml", "--set",
                                   f"database.host=localhost,database.port={self.postgres.port}")
        [job] = [d for d in documents if d["kind"] == "Job"]
        self.container = job["spec"]["template"]["spec"]["containers"][0]

    def migrate(self, authority, host="localhost"):
        """Runs the migration Job's command with its environment, the secrets' files where they are here."""
        environment = {v["name"]: v.get("value", "linchpin") for v in self.container["env"]}
        environment["LINCHPIN_STORE"] = environment["LINCHPIN_STORE"].replace(
            "/etc/linchpin/database-ca/ca.crt", f"{self.folder}/{authority}.crt").replace("host=localhost", f"host={host}")
        environment["LINCHPIN_STORE_PASSWORD_FILE"] = str(self.folder / "password")
        run = subprocess.Popen([BIN / "linchpind", *self.container["args"]], env={"PATH": os.environ["PATH"], **environment},
                               text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            return run.communicate(timeout=10)[0], run.returncode
        except subprocess.TimeoutExpired:
            run.kill()
            return run.communicate()[0], None

    def test_its_own_authority_is_believed_another_is_not_and_a_wrong_name_is_not(self):
        output, code = self.migrate("authority")
        self.assertEqual(code, 0, output)
        for authority, host, why in (("other", "localhost", "certificate verify failed"), ("authority", "127.0.0.1", "does not match host name")):
            output, code = self.migrate(authority, host)
            self.assertNotEqual(code, 0, output)
            self.assertIn(why, output)


if __name__ == "__main__":
    unittest.main()
