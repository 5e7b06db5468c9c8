"""deploy/prometheus/alertmanager.yaml in the real Alertmanager: what is down silences the lag of the same process, and nothing else."""

import json
import unittest
import urllib.request

from processes import ROOT, Process, Scratch, fetch, free_port, wait_until


def alert(name, severity, **labels):
    return {"labels": {"alertname": name, "severity": severity, "job": "linchpin", **labels}}


class Inhibition(unittest.TestCase):
    def test_what_is_down_silences_its_own_lag_alone(self):
        port = free_port()
        with Scratch() as folder, Process(folder, "alertmanager", [
                "prometheus-alertmanager", f"--config.file={ROOT}/deploy/prometheus/alertmanager.yaml", f"--storage.path={folder}/am",
                f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]):
            base = f"http://127.0.0.1:{port}"
            wait_until(lambda: fetch(f"{base}/-/ready"), "Alertmanager is ready")
            alerts = [alert("LinchpinDown", "critical", namespace="ai", instance="risk-1"),
                      alert("LinchpinReplicaLagging", "warning", namespace="ai", instance="risk-1"),
                      alert("LinchpinReplicaLagging", "warning", namespace="ai", instance="policy-1"),
                      alert("LinchpinReplicaLagging", "warning", namespace="lab", instance="risk-1"),
                      alert("LinchpinEvaluationStale", "warning", namespace="ai")]
            request = urllib.request.Request(f"{base}/api/v2/alerts", json.dumps(alerts).encode(), {"Content-Type": "application/json"})
            urllib.request.urlopen(request, timeout=10).close()

            def silenced():
                return sorted((a["labels"]["alertname"], a["labels"].get("namespace"), a["labels"].get("instance"))
                              for a in json.loads(fetch(f"{base}/api/v2/alerts")) if a["status"]["inhibitedBy"])
            # Silencing is decided when the first notification is due.
            wait_until(silenced, "something is silenced", 120)
            self.assertEqual(silenced(), [("LinchpinReplicaLagging", "ai", "risk-1")])


if __name__ == "__main__":
    unittest.main()
