"""From an inventory change to a page: linchpind, the real Prometheus and the real Alertmanager, with the shipped rules.

One vendor is made to dominate through the API; the alert arrives at a webhook; the cause is undone; it resolves.
"""

import http.server
import json
import re
import signal
import threading
import unittest

from processes import ROOT, Linchpind, Process, Scratch, fetch, free_port, wait_until

VENDORS = """
apiVersion: linchpin/v1
kind: Vendor
name: vendors/big
country: US
knownNone: [parent]
---
apiVersion: linchpin/v1
kind: Vendor
name: vendors/small
country: FR
knownNone: [parent]
---
apiVersion: linchpin/v1
kind: Deployment
name: deployments/at-big
hostingMode: THIRD_PARTY_HOSTED
operator: vendors/big
---
apiVersion: linchpin/v1
kind: Deployment
name: deployments/at-small
hostingMode: THIRD_PARTY_HOSTED
operator: vendors/small
"""


def applications(targets):
    """Applications app-0, app-1 ... of which each needs the deployment named."""
    documents = []
    for number, target in enumerate(targets):
        documents.append(f"""
apiVersion: linchpin/v1
kind: Application
name: applications/app-{number}
---
apiVersion: linchpin/v1
kind: Dependency
name: applications/app-{number}/dependencies/chat
alternatives: [{{ target: deployments/{target} }}]
""")
    return "---".join(documents)


class Webhook:
    """Receives what Alertmanager sends."""

    def __init__(self):
        self.alerts = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.alerts.extend(body["alerts"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *unused):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def saw(self, name, status):
        return [a for a in self.alerts if a["labels"]["alertname"] == name and a["status"] == status]


def without_waits(rules):
    """The shipped waits are minutes; everything else is the shipped text."""
    return re.sub(r"for: \w+", "for: 0s", rules)


def write_configuration(folder, server, alertmanager_port, webhook):
    (folder / "limits.yaml").write_text((ROOT / "deploy/prometheus/linchpin.limits.yaml").read_text())
    (folder / "rules.yaml").write_text(without_waits((ROOT / "deploy/prometheus/linchpin.rules.yaml").read_text()))
    (folder / "prometheus.yaml").write_text(f"""
global: {{ scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms }}
rule_files: [limits.yaml, rules.yaml]
alerting: {{ alertmanagers: [{{ static_configs: [{{ targets: ["127.0.0.1:{alertmanager_port}"] }}] }}] }}
scrape_configs: [{{ job_name: linchpin, static_configs: [{{ targets: ["{server.metrics}"] }}] }}]
""")
    (folder / "alertmanager.yaml").write_text(f"""
route: {{ receiver: hook, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }}
receivers: [{{ name: hook, webhook_configs: [{{ url: "{webhook.url}", send_resolved: true }}] }}]
""")


class AlertPath(unittest.TestCase):
    def setUp(self):
        scratch = Scratch()
        self.folder = scratch.__enter__()
        self.addCleanup(scratch.__exit__)
        self.webhook = Webhook()
        self.server = Linchpind(self.folder, "--drain-delay-seconds", "0")
        self.addCleanup(self.server.stop)
        self.server.linchpin("apply", "-f", "-", stdin=VENDORS + "---" + applications(["at-big"] * 4))
        port, manager_port = free_port(), free_port()
        write_configuration(self.folder, self.server, manager_port, self.webhook)
        self.start("alertmanager", "prometheus-alertmanager", "--config.file=alertmanager.yaml", f"--storage.path={self.folder}/am",
                   f"--web.listen-address=127.0.0.1:{manager_port}", "--cluster.listen-address=")
        # What Prometheus cannot deliver at once it sends again after a delay only.
        wait_until(lambda: fetch(f"http://127.0.0.1:{manager_port}/-/ready"), "Alertmanager is ready")
        self.start("prometheus", "prometheus", "--config.file=prometheus.yaml", f"--storage.tsdb.path={self.folder}/tsdb",
                   f"--web.listen-address=127.0.0.1:{port}", "--rules.alert.resend-delay=1s")

    def start(self, name, *command):
        self.addCleanup(Process(self.folder, name, command).stop)

    def arrives(self, alert, status="firing", seconds=120):
        return wait_until(lambda: self.webhook.saw(alert, status), f"{alert} {status}", seconds)

    def down(self):
        """Pages for a process that is down; those without one are from before Prometheus knew any target."""
        return [alert for alert in self.webhook.saw("LinchpinDown", "firing") if "instance" in alert["labels"]]

    def test_a_dominating_vendor_pages_and_resolves(self):
        fired = self.arrives("LinchpinConcentrationHigh")
        self.assertEqual(fired[0]["labels"]["severity"], "warning")
        self.assertEqual(fired[0]["labels"]["dimension"], "OPERATOR_GROUP")
        self.assertIn("100%", fired[0]["annotations"]["description"])
        self.arrives("LinchpinWatchdog")
        self.assertFalse(self.down())

        self.server.linchpin("apply", "-f", "-", stdin=applications(["at-big", "at-small"] * 2))
        self.arrives("LinchpinConcentrationHigh", "resolved")

    def test_a_server_that_dies_pages_and_what_it_said_stands(self):
        self.arrives("LinchpinConcentrationHigh")
        self.server.stop(signal.SIGKILL)
        wait_until(self.down, "the page arrives", 120)
        self.assertFalse(self.webhook.saw("LinchpinConcentrationHigh", "resolved"))


if __name__ == "__main__":
    unittest.main()
