"""Every query of the dashboards and every rule is parsed by the real Prometheus, and names only series of a live scrape."""

import collections
import json
import re
import unittest
import urllib.parse

from processes import ROOT, Linchpind, Process, Scratch, fetch, free_port, wait_until

# Series that are there only in a state that a fresh server is not in.
NOT_ALWAYS = {"linchpin_tls_reload_failed", "grpc_service:grpc_server_handled:error_ratio_rate"}


def queries():
    for path in sorted((ROOT / "deploy/grafana").glob("*.json")):
        dashboard = json.loads(path.read_text())
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                expression = target["expr"].replace("$__rate_interval", "5m")
                yield path.name, panel, re.sub(r"\$\{?(job|instance|namespace)\}?", ".*", expression)


def selectors(expression):
    return re.findall(r"\{([^}]*)\}", expression.replace("${", "$("))


class Dashboards(unittest.TestCase):
    def test_every_query_keeps_to_the_namespace_and_job_chosen(self):
        for path in sorted((ROOT / "deploy/grafana").glob("*.json")):
            for panel in json.loads(path.read_text())["panels"]:
                for target in panel.get("targets", []):
                    self.assertTrue(selectors(target["expr"]), target["expr"])
                    for selector in selectors(target["expr"]):
                        self.assertIn('namespace=~"$namespace", job=~"$job"', selector, f"{path.name}: {panel['title']}")

    def test_replicas_do_not_multiply_findings(self):
        port = free_port()
        with Scratch() as folder, Linchpind(folder, "--home", "US") as server:
            server.linchpin("apply", "-f", ROOT / "deploy/samples")
            # The same server as two replicas, as a ServiceMonitor would label them.
            targets = ", ".join(f"{{ targets: ['{server.metrics}'], labels: {{ namespace: ai, pod: {pod}, instance: {pod} }} }}" for pod in "ab")
            (folder / "prometheus.yaml").write_text(
                "global: { scrape_interval: 200ms, scrape_timeout: 200ms }\n"
                f"scrape_configs: [{{ job_name: linchpin, static_configs: [{targets}] }}]\n")
            with Process(folder, "prometheus", [
                    "prometheus", "--config.file=prometheus.yaml", f"--storage.tsdb.path={folder}/tsdb",
                    f"--web.listen-address=127.0.0.1:{port}"]):
                def ask(expression):
                    answer = fetch(f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
                    return json.loads(answer)["data"]["result"]
                wait_until(lambda: len(ask("linchpin_policy_findings > 0 and on (pod) linchpin_policy_evaluated_revision_lag == 0")) > 1, "both replicas are scraped and evaluated")
                found = json.loads(server.linchpin("finding", "list", "--limit", "0", "-o", "json"))["findings"]
                expected = collections.Counter(f["severity"].removeprefix("SEVERITY_") for f in found)
                self.assertTrue(expected)
                panels = {panel["title"]: expression for _, panel, expression in queries()}
                shown = {row["metric"]["severity"]: int(row["value"][1]) for row in ask(panels["Open findings by severity"])}
                self.assertEqual({severity: number for severity, number in shown.items() if number}, dict(expected))

    def test_the_vendor_stands_by_name_with_bounds_and_findings_by_certainty(self):
        expressions = {panel["title"]: [t["expr"] for t in panel["targets"]] for _, panel, _ in queries()}
        for title in ("Largest operators", "Largest developers", "Largest host providers"):
            self.assertEqual(len(expressions[title]), 3, title)
            for expression, bound in zip(expressions[title], ("lower", "likely", "upper")):
                self.assertIn(f'bound="{bound}"', expression)
                self.assertIn("group_left (display_name)", expression)
        for title in ("HHI by dimension", "Largest group by dimension"):
            self.assertEqual([re.search(r'bound="(\w+)"', e)[1] for e in expressions[title]], ["lower", "likely", "upper"])
        self.assertIn("sum by (certainty)", expressions["Open findings by certainty"][0])

    def test_every_panel_has_unit_and_description(self):
        for name, panel, _ in queries():
            self.assertTrue(panel["description"], f"{name}: {panel['title']}")
            self.assertTrue(panel["fieldConfig"]["defaults"]["unit"], f"{name}: {panel['title']}")

    def test_every_dashboard_has_a_fixed_uid_and_the_variables(self):
        seen = set()
        for path in (ROOT / "deploy/grafana").glob("*.json"):
            dashboard = json.loads(path.read_text())
            seen.add(dashboard["uid"])
            self.assertIn("linchpin", dashboard["tags"])
            names = {variable["name"] for variable in dashboard["templating"]["list"]}
            self.assertEqual(names, {"datasource", "namespace", "job", "instance"})
            ids = [panel["id"] for panel in dashboard["panels"]]
            self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(len(seen), 2)

    def test_every_query_is_understood_and_names_series_that_exist(self):
        port = free_port()
        with Scratch() as folder, Linchpind(folder, "--home", "US") as server:
            server.linchpin("apply", "-f", ROOT / "deploy/samples")
            (folder / "prometheus.yaml").write_text(
                "global: { scrape_interval: 200ms, scrape_timeout: 200ms }\n"
                f"scrape_configs: [{{ job_name: linchpin, static_configs: [{{ targets: ['{server.metrics}'] }}] }}]\n")
            with Process(folder, "prometheus", [
                    "prometheus", "--config.file=prometheus.yaml", f"--storage.tsdb.path={folder}/tsdb",
                    f"--web.listen-address=127.0.0.1:{port}"]):
                base = f"http://127.0.0.1:{port}/api/v1"
                wait_until(lambda: "linchpin_risk_hhi" in fetch(f"{base}/label/__name__/values"), "the first figures")
                known = set(json.loads(fetch(f"{base}/label/__name__/values"))["data"])
                for name, panel, expression in queries():
                    answer = json.loads(fetch(f"{base}/query?" + urllib.parse.urlencode({"query": expression})))
                    self.assertEqual(answer["status"], "success", f"{name}: {panel['title']}: {expression}")
                    for series in re.findall(r"\b((?:linchpin|grpc|process)_\w+)\b(?=[{\[])", expression):
                        if series not in NOT_ALWAYS:
                            self.assertIn(series, known, f"{name}: {panel['title']}")


if __name__ == "__main__":
    unittest.main()
