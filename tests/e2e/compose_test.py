"""deploy/compose/compose.yaml is consistent: linchpind accepts the settings of each service, and what one service names is there."""

import os
import re
import subprocess
import unittest

import yaml

from processes import BIN, ROOT, Scratch

COMPOSE = yaml.safe_load((ROOT / "deploy/compose/compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "linchpin"}
SETTINGS = set(re.findall(r"LINCHPIN_[A-Z_]+", subprocess.run([BIN / "linchpind", "settings"], capture_output=True, text=True, check=True).stdout))


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text).group(1))


class Compose(unittest.TestCase):
    def environment(self, folder, service):
        password = folder / "password"
        password.write_text("secret")
        return {"PATH": os.environ["PATH"], **service["environment"], "LINCHPIN_STORE_PASSWORD_FILE": str(password)}

    def test_the_three_services_and_the_migration_are_there(self):
        self.assertEqual(set(OURS), {"migrate", "inventory", "policy", "risk"})
        targets = {name: service["environment"]["LINCHPIN_TARGET"] for name, service in OURS.items()}
        self.assertEqual(targets, {"migrate": "all", "inventory": "inventory", "policy": "policy", "risk": "risk"})

    def test_linchpind_accepts_the_settings(self):
        with Scratch() as folder:
            for name, service in OURS.items():
                for variable in service["environment"]:
                    self.assertIn(variable, SETTINGS, name)
                # Settings are checked before anything is opened: exit code 2 is a wrong one, 1 the address that nobody has.
                run = subprocess.run([BIN / "linchpind", "--health-listen", "203.0.113.1:1"], text=True, timeout=60,
                                     env=self.environment(folder, service), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                self.assertEqual(run.returncode, 1, f"{name}: {run.stdout}")
                self.assertIn("cannot listen on 203.0.113.1:1", run.stdout, name)

    def test_followers_call_the_port_on_which_inventory_listens(self):
        listen = SERVICES["inventory"]["environment"]["LINCHPIN_LISTEN"].rsplit(":", 1)[1]
        for name in ("policy", "risk"):
            self.assertEqual(SERVICES[name]["environment"]["LINCHPIN_INVENTORY_ADDRESS"], f"inventory:{listen}")

    def test_published_ports_are_on_loopback_differ_and_lead_to_listeners(self):
        published = []
        for name, service in OURS.items():
            environment = service["environment"]
            inside = {environment[f"LINCHPIN_{which}LISTEN"].rsplit(":", 1)[1] for which in ("", "HEALTH_", "METRICS_")}
            for port in service.get("ports", []):
                address, outer, inner = port.split(":")
                self.assertEqual(address, "127.0.0.1")
                self.assertIn(inner, inside, name)
                published.append(outer)
        self.assertEqual(len(published), len(set(published)))
        self.assertNotIn("ports", SERVICES["database"])

    def test_what_is_named_exists(self):
        for name, service in SERVICES.items():
            self.assertLessEqual(set(service.get("depends_on", {})), set(SERVICES), name)
            self.assertLessEqual(set(service.get("secrets", [])), set(COMPOSE["secrets"]), name)
            for volume in service.get("volumes", []):
                self.assertIn(volume.split(":")[0], COMPOSE["volumes"], name)
            build = service.get("build")
            if build:
                self.assertTrue((ROOT / "deploy/compose" / build["context"] / build["dockerfile"]).is_file(), name)
        self.assertIn("host=database ", OURS["inventory"]["environment"]["LINCHPIN_STORE"])
        self.assertEqual(SERVICES["database"]["environment"]["POSTGRES_DB"], "linchpin")

    def test_services_stop_by_themselves_before_they_are_killed(self):
        defaults = {name: float(value) for name, value in re.findall(
            r"`(drain-\w+-seconds)` \| seconds \| `(\d+)`", (ROOT / "docs/operating/configuration.md").read_text())}
        self.assertEqual(len(defaults), 2)
        end = re.search(r"kEndLimit = absl::Seconds\((\d+)\)", (ROOT / "services/server/exit_by.h").read_text())
        latest = sum(defaults.values()) + float(end.group(1))
        for name, service in OURS.items():
            self.assertGreater(seconds(service["stop_grace_period"]), latest, name)
        unit = (ROOT / "deploy/systemd/linchpind@.service").read_text()
        self.assertGreater(float(re.search(r"TimeoutStopSec=(\d+)", unit).group(1)), latest)


if __name__ == "__main__":
    unittest.main()
