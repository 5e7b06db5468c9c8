"""A page whose reader runs linchpind, Prometheus and Alertmanager on their usual ports, as the repository configures them."""

import re
import unittest

from alert_path_test import without_waits
from played_page import Page
from processes import ROOT, Scratch, free_port

SHIPPED = ROOT / "deploy/prometheus"


def quicken(text):
    text = without_waits(text)
    text = re.sub(r"(scrape_interval|evaluation_interval): \w+", r"\1: 200ms", text)
    return re.sub(r"global:\n", "global:\n  scrape_timeout: 200ms\n", text)


class MonitoredPage(unittest.TestCase):
    maxDiff = None  # A page that differs is read line by line.

    def setUp(self):
        scratch = Scratch()
        self.folder = scratch.__enter__()
        self.addCleanup(scratch.__exit__)
        self.ports = {usual: str(free_port()) for usual in ("9090", "9093", "9464")}

    def play(self, page, stand_ins=None):
        """Plays the page with free ports in place of the usual ones; returns how many commands were run."""
        repository = self.folder / "repository"
        self.lay_out(repository / "deploy/prometheus")
        home = self.folder / "reader"
        home.mkdir()
        api = f"127.0.0.1:{free_port()}"
        environment = {
            "LINCHPIN": str(repository), "LINCHPIN_ENDPOINT": api, "LINCHPIN_LISTEN": api, "LINCHPIN_HEALTH_LISTEN": "127.0.0.1:0",
            "LINCHPIN_METRICS_LISTEN": f"127.0.0.1:{self.ports['9464']}", "LINCHPIN_DRAIN_DELAY_SECONDS": "0"}
        return Page(self, page, home, environment, {
            "http://localhost:9093": f"http://localhost:{self.ports['9093']}",
            "prometheus-alertmanager ": f"prometheus-alertmanager --web.listen-address=127.0.0.1:{self.ports['9093']} ",
            "prometheus --config": f"prometheus --web.listen-address=127.0.0.1:{self.ports['9090']} --rules.alert.resend-delay=1s --config",
            **(stand_ins or {})}).play()

    def lay_out(self, folder):
        folder.mkdir(parents=True)
        for name in ("prometheus.yaml", "alertmanager.yaml", "linchpin.limits.yaml", "linchpin.rules.yaml"):
            text = (SHIPPED / name).read_text()
            if name == "alertmanager.yaml":  # As soon as it hears of it.
                text = text.replace("route:\n", "route:\n  group_wait: 0s\n  group_interval: 1s\n", 1)
            else:
                text = quicken(text)
            for usual, free in self.ports.items():
                text = text.replace(f"localhost:{usual}", f"localhost:{free}")
            (folder / name).write_text(text)
