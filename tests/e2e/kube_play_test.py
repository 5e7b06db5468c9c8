"""The pod that the chart renders for one process on PostgreSQL, played by podman beside a real PostgreSQL, answers a call.

What podman is not Kubernetes in is adapted, and nothing else: the pod is on the host's network (loopback, free ports), secrets are
mounted from a folder, annotations are left out, and probes by gRPC are left to the test.
"""

import base64
import json
import os
import shutil
import subprocess
import unittest

import yaml

from installation import HELM, PASSWORD, POSTGRES, Postgres, rendered_chart
from processes import BIN, ROOT, Scratch, wait_until

CONTAINERS = """[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


def missing():
    """Why this machine cannot play a pod; nothing if it can."""
    if os.geteuid() != 0:
        return "playing a pod without root is not tried"
    for tool in ("podman", "buildah", "runc", "catatonit"):
        if not shutil.which(tool):
            return f"{tool} is not installed (deploy/packages.txt, section image)"
    if POSTGRES is None:
        return "PostgreSQL is not installed (deploy/packages.txt, section test)"
    if not HELM.exists():
        return "helm is not there: run tests/install_node_packages"
    return None


class Podman:
    """An image store of its own, gone at the end."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "containers.conf").write_text(CONTAINERS)
        self.environment = {**os.environ, "CONTAINERS_CONF": str(folder / "containers.conf")}
        self.store = ["--root", str(folder / "storage"), "--runroot", str(folder / "run")]

    def run(self, *arguments, program="podman", check=True, **keywords):
        run = subprocess.run([program, *self.store, *map(str, arguments)], env=self.environment, text=True, timeout=300,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **keywords)
        if check and run.returncode != 0:
            raise AssertionError(f"{program} {arguments}: {run.stdout[-2000:]}")
        return run

    def close(self):
        for arguments in (["pod", "rm", "-af", "-t", "1"], ["rm", "-af"], ["rmi", "-af"]):
            self.run(*arguments, check=False)
        subprocess.run(["umount", "-R", self.folder / "storage"], check=False, stderr=subprocess.DEVNULL)


def rendered_pod(folder, port):
    """The Deployment's pod, as the chart renders it."""
    values = ("allowInsecureListen=true,migrations.mode=initContainer,image.repository=localhost/linchpin,image.tag=test,"
              f"database.host=127.0.0.1,database.port={port},database.sslMode=disable,database.existingSecret=linchpin-database")
    documents = rendered_chart(folder, "--set", values)
    [deployment] = [d for d in documents if d["kind"] == "Deployment"]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {**deployment["spec"]["template"]["metadata"], "name": "linchpin"},
            "spec": deployment["spec"]["template"]["spec"]}


def adapted(pod, folder):
    """The pod for podman."""
    # podman allows 63 characters, as for a label; the checksum of the settings has 64.
    # And it fails to remove an init container that has not quite ended, unless that is one to be kept.
    pod["metadata"]["annotations"] = {"io.podman.annotations.init.container.type": "always"}
    spec = pod["spec"]
    spec["hostNetwork"] = True
    for volume in spec["volumes"]:
        secret = volume.pop("secret", None)
        if secret:
            volume["hostPath"] = {"path": str(folder / secret["secretName"]), "type": "Directory"}
    for container in [*spec["initContainers"], *spec["containers"]]:
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            container.pop(probe, None)
        container.pop("ports", None)
        for variable in container["env"]:
            if variable["name"].endswith("LISTEN") and ":" in variable.get("value", ""):
                variable["value"] = "127.0.0.1:0"
    return pod


@unittest.skipIf(missing(), missing())
class KubePlay(unittest.TestCase):
    def setUp(self):
        scratch = Scratch()
        self.folder = scratch.__enter__()
        self.addCleanup(scratch.__exit__)
        self.folder.chmod(0o755)
        self.podman = Podman(self.folder)
        self.addCleanup(self.podman.close)
        if self.podman.run("info", check=False).returncode != 0:
            self.skipTest("podman does not work on this machine")

    def test_the_rendered_pod_answers(self):
        subprocess.run([ROOT / "deploy/collect_runtime", BIN, self.folder / "context/runtime"], check=True)
        self.podman.run("bud", "--isolation=chroot", "--network=host", "-t", "localhost/linchpin:test", "-f", ROOT / "deploy/Containerfile",
                        "--build-context", f"build={self.folder}/context", ROOT, program="buildah")
        secret = self.folder / "linchpin-database"
        secret.mkdir()
        (secret / "password").write_text(PASSWORD)
        postgres = Postgres(self.folder)
        self.addCleanup(postgres.stop)
        # As podman keeps the data of a Kubernetes secret: a JSON object of base64.
        (self.folder / "secret.json").write_text(json.dumps({"username": base64.b64encode(b"linchpin").decode()}))
        self.podman.run("secret", "create", "linchpin-database", self.folder / "secret.json")
        pod = adapted(rendered_pod(self.folder, postgres.port), self.folder)
        (self.folder / "pod.yaml").write_text(yaml.safe_dump(pod))
        empty = self.folder / "empty"
        empty.mkdir()
        played = self.podman.run("kube", "play", "--network=host", self.folder / "pod.yaml", cwd=empty, check=False)
        self.assertEqual(played.returncode, 0, played.stdout)

        def ready():
            for line in self.podman.run("logs", "linchpin-linchpind").stdout.splitlines():
                if '"msg":"ready"' in line:
                    return json.loads(line)
            return None
        endpoint = f"127.0.0.1:{wait_until(ready, 'the pod is ready')['port']}"
        call = {"text": True, "capture_output": True, "env": {**os.environ, "LINCHPIN_ENDPOINT": endpoint, "NO_COLOR": "1"}}
        applied = subprocess.run([BIN / "linchpin", "apply", "-f", ROOT / "deploy/samples"], **call)
        self.assertEqual(applied.returncode, 0, applied.stderr)
        self.assertIn("operator-group", subprocess.run([BIN / "linchpin", "overview"], **call).stdout)


if __name__ == "__main__":
    unittest.main()
