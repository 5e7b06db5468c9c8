"""The command line against a real server: whole states as files, imports, questions, exit codes."""

import json
import re
import subprocess
import unittest

from processes import BIN, ROOT, Linchpind, Scratch

SAMPLES = ROOT / "deploy" / "samples"
CONFIGS = sorted((ROOT / "tests" / "data" / "litellm").glob("*.yaml"))


class CommandLine(unittest.TestCase):
    def setUp(self):
        scratch = Scratch()
        self.folder = scratch.__enter__()
        self.addCleanup(scratch.__exit__)
        self.server = Linchpind(self.folder, "--drain-delay-seconds", "0")
        self.addCleanup(self.server.stop)

    def run_linchpin(self, *arguments, **keywords):
        return self.server.linchpin(*arguments, **keywords)

    def test_samples_are_applied_once_exported_and_applied_without_change(self):
        first = self.run_linchpin("apply", "-f", SAMPLES)
        self.assertIn("vendors/openai created", first)
        self.assertNotIn("unchanged", first)
        second = self.run_linchpin("apply", "-f", SAMPLES)
        self.assertEqual({line.split()[1] for line in second.splitlines()}, {"unchanged"})
        self.assertEqual(self.run_linchpin("diff", "-f", SAMPLES), "")
        whole = self.folder / "whole.yaml"
        self.run_linchpin("export", "-f", whole)
        third = self.run_linchpin("apply", "-f", whole)
        self.assertEqual({line.split()[1] for line in third.splitlines()}, {"unchanged"})
        self.assertEqual(len(third.splitlines()), len(first.splitlines()))
        # Lists in JSON are read back, too.
        vendors = self.run_linchpin("list", "vendors", "-o", "json")
        self.assertEqual(len(json.loads(vendors)["vendors"]), len(self.run_linchpin("list", "vendors", "-o", "name").splitlines()))
        self.assertNotIn("updated", self.run_linchpin("apply", "-f", "-", stdin=vendors))

    def test_diff_shows_a_change_and_delete_takes_all_back(self):
        self.run_linchpin("apply", "-f", SAMPLES)
        changed = self.folder / "changed.yaml"
        changed.write_text("apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/openai\ncountry: CA\n")
        diff = self.run_linchpin("diff", "-f", changed, check=False)
        self.assertEqual(diff.returncode, 1)
        self.assertIn("-country: US\n", diff.stdout)
        self.assertIn("+country: CA\n", diff.stdout)
        self.assertIn("vendors/openai", self.run_linchpin("delete", "vendors/openai", check=False).stderr)
        self.run_linchpin("delete", "-f", SAMPLES)
        self.assertEqual(self.run_linchpin("list", "vendors", "-o", "name"), "")

    def test_real_configurations_are_imported_whole_and_again_without_change(self):
        first = self.run_linchpin("import", "litellm", *CONFIGS)
        counts = [int(word) for word in first.splitlines()[0].replace(";", " ").split() if word.isdigit()]
        files, entries, deployments, duplicates, malformed = counts[:5]
        self.assertEqual(files, len(CONFIGS))
        self.assertEqual(entries, deployments + duplicates + malformed)
        self.assertEqual(len(self.run_linchpin("list", "deployments", "-o", "name", "--limit", "0").splitlines()), deployments)
        second = self.run_linchpin("import", "litellm", *CONFIGS)
        self.assertIn("\nInventory: 0 created, 0 updated", second)

    def test_what_an_import_asks_can_be_filled_in_and_is_not_asked_again(self):
        config = self.folder / "gw.yaml"
        config.write_text("model_list:\n  - {model_name: chat, litellm_params: {model: hosted_vllm/our-own-7b, api_base: os.environ/GPU}}\n")
        facts = self.folder / "facts.yaml"
        cellar = "---\napiVersion: linchpin/v1\nkind: Host\nname: hosts/cellar\n"
        answers = {"host": "hosts/cellar", "developer": "vendors/mistral", "weights": "OPEN",
                   "originCountry": "FR", "requiresActivation": "false", "country": "FR"}
        asked = []
        for _ in range(10):
            report = self.run_linchpin("import", "litellm", config)
            block = self.run_linchpin("question", "list", "-o", "yaml").partition("# Fill in what you know")[2]
            if "name:" not in block:
                break
            facts.write_text("#" + block)
            blank = self.run_linchpin("apply", "--merge", "-f", facts, check=False)
            self.assertIn("has no value; give one, or leave the line out if it is unknown", blank.stderr)
            documents = []
            for document in ("#" + block).split("---\n"):
                fields = re.findall(r"^(\w+):  #", document, re.MULTILINE)
                asked += [(re.search(r"^name: (.*)$", document, re.MULTILINE)[1], field) for field in fields]
                none = [field for field in fields if field not in answers]
                for field in fields:
                    document = document.replace(f"\n{field}:", f"\n{field}: {answers[field]}" if field in answers else "\n#")
                documents.append(document + (f"knownNone: [{', '.join(none)}]\n" if none else ""))
            facts.write_text("---\n".join(documents) + (cellar if "host: hosts/cellar" in "".join(documents) else ""))
            self.run_linchpin("apply", "--merge", "-f", facts)
        self.assertEqual(len(asked), len(set(asked)), asked)
        self.assertIn(("hosts/cellar", "country"), asked)
        self.assertIn("Inventory: 0 created, 0 updated", report)
        deployment = self.run_linchpin("get", "deployments/gw-hosted-vllm-our-own-7b")
        for kept in ("host: hosts/cellar\n", "linchpin.dev/gateway: gw\n", "linchpin.dev/imported: ", "source: INFERRED\n"):
            self.assertIn(kept, deployment)
        model = self.run_linchpin("get", "models/gw-our-own-7b")
        for answer in ("developer: vendors/mistral\n", "weights: OPEN\n", "knownNone: [derivations]\n"):
            self.assertIn(answer, model)
        proposed = json.loads(self.run_linchpin("import", "litellm", config, "-o", "json"))
        self.assertTrue(proposed["asks"], "what the file alone does not say")

    def test_a_second_import_keeps_hand_edits_and_lists_what_is_gone(self):
        entry = "  - {model_name: %s, litellm_params: {model: azure/%s}}\n"
        config = self.folder / "gw.yaml"
        config.write_text("model_list:\n" + entry % ("chat", "gpt-4o") + entry % ("old", "gpt-4") +
                          "router_settings: {fallbacks: [{chat: [old]}]}\n")
        self.run_linchpin("import", "litellm", config)
        exported = self.folder / "exported.yaml"
        self.run_linchpin("export", "-f", exported)
        exported.write_text(exported.read_text().replace("model: models/gpt-4o\n", "model: models/gpt-4\n"))
        self.run_linchpin("apply", "-f", exported)
        config.write_text("model_list:\n" + entry % ("chat", "gpt-4o"))
        self.assertIn("(2); they would be removed\n", self.run_linchpin("import", "litellm", config, "--prune", "--dry-run"))
        for _ in range(2):
            second = self.run_linchpin("import", "litellm", config)
            self.assertIn("deployments/gw-azure-gpt-4o: model is models/gpt-4, the file says models/gpt-4o\n", second)
            self.assertIn("No longer named by the files (2); --prune removes them\n  deployments/gw-azure-gpt-4\n  routes/gw-old\n", second)
        self.assertIn("0 created, 0 updated", second)
        mine = self.folder / "mine.yaml"
        mine.write_text("apiVersion: linchpin/v1\nkind: Application\nname: applications/mine\n---\napiVersion: linchpin/v1\nkind: Dependency\n"
                        "name: applications/mine/dependencies/x\nalternatives: [{target: deployments/gw-azure-gpt-4}]\n")
        self.run_linchpin("apply", "-f", mine)
        for arguments, word in ((["--dry-run"], "would be"), ([], "was")):
            refused = self.run_linchpin("import", "litellm", config, "--prune", *arguments, check=False)
            self.assertEqual(refused.returncode, 6)
            self.assertIn(f"; the removal {word} refused\n  deployments/gw-azure-gpt-4: referred to by applications/mine/dependencies/x\n",
                          refused.stdout)
        self.run_linchpin("delete", "-f", mine)
        third = self.run_linchpin("import", "litellm", config, "--prune", "--overwrite")
        self.assertIn("2 deleted", third)
        self.assertIn("model: models/gpt-4o\n", self.run_linchpin("get", "deployments/gw-azure-gpt-4o", "-o", "yaml"))
        self.assertEqual(self.run_linchpin("list", "routes", "-o", "name"), "routes/gw-chat\n")

    def test_questions_are_answered_with_proof(self):
        self.run_linchpin("apply", "-f", SAMPLES)
        ban = self.run_linchpin("risk", "simulate", "--weights-ban", "CN")
        self.assertIn("If weights from CN are banned", ban)
        self.assertIn("it serves models/deepseek-r1, developed by vendors/deepseek (of CN)", ban)
        impact = json.loads(self.run_linchpin("risk", "simulate", "--exit", "openai", "-o", "json"))
        shown = self.run_linchpin("risk", "simulate", "--exit", "openai", "-o", "name").split()
        self.assertEqual(shown, [consumer["consumer"] for consumer in impact["consumers"]])
        self.assertIn("weights:CN", self.run_linchpin("risk", "sweep", "--class", "weights", "-o", "name").split())
        overview = self.run_linchpin("overview", "--home", "US")
        for expected in ("operator-group", "Foreign to US", "open findings"):
            self.assertIn(expected, overview)
        finding = self.run_linchpin("finding", "list", "-o", "name").split()[0]
        self.assertIn("What to do:", self.run_linchpin("finding", "show", finding.split("/")[1][:16]))
        self.assertEqual(self.run_linchpin("policy", "check", "--fail-on", "high", check=False).returncode, 3)

    def test_the_page_on_knowledge_is_applied_exported_and_answered(self):
        page = (ROOT / "docs" / "concepts" / "knowledge.md").read_text()
        documents = "---\n".join(re.findall(r"```yaml\n(.*?)```", page, re.S))
        self.assertIn("deployments/gateway-claude created", self.run_linchpin("apply", "--merge", "-f", "-", stdin=documents))
        route = ("apiVersion: linchpin/v1\nkind: Route\nname: routes/chat\ngateway: gw\n"
                 "alternatives: [{target: deployments/gateway-claude}]\n---\n"
                 "apiVersion: linchpin/v1\nkind: Application\nname: applications/a\n---\n"
                 "apiVersion: linchpin/v1\nkind: Dependency\nname: applications/a/dependencies/d\n"
                 "alternatives: [{target: routes/chat}]\n")
        self.run_linchpin("apply", "-f", "-", stdin=route)
        whole = self.folder / "whole.yaml"
        self.run_linchpin("export", "-f", whole)
        self.assertEqual({line.split()[1] for line in self.run_linchpin("apply", "-f", whole).splitlines()}, {"unchanged"})
        self.assertEqual(self.run_linchpin("list", "routes", "--only", "target=deployments/gateway-claude", "-o", "name"), "routes/chat\n")
        refused = self.run_linchpin("delete", "route", "chat", check=False)
        self.assertIn("STILL_REFERENCED", refused.stderr)
        # An answer takes the place of what was open.
        answer = "apiVersion: linchpin/v1\nkind: Deployment\nname: deployments/gateway-claude\nhost: hosts/aws-us-east-1\n"
        self.run_linchpin("apply", "--merge", "-f", "-", stdin=answer)
        self.assertNotIn("host.", self.run_linchpin("get", "deployments/gateway-claude"))

    def test_filters_find_what_is_there(self):
        self.run_linchpin("apply", "-f", SAMPLES)
        self.assertIn("models/deepseek-r1\n", self.run_linchpin("list", "models", "--only", "originCountry=CN", "-o", "name"))
        of_policy = self.run_linchpin("finding", "list", "--policy", "fallback", "-o", "name")
        self.assertNotEqual(of_policy, "")
        self.assertEqual(of_policy, self.run_linchpin("finding", "list", "--policy", "policies/fallback", "-o", "name"))
        self.assertEqual(self.run_linchpin("list", "deployments", "--only", "operator=microsoft", "-o", "name"),
                         self.run_linchpin("list", "deployments", "--only", "operator=vendors/microsoft", "-o", "name"))
        self.assertIn("Foreign to eea (30 countries)", self.run_linchpin("risk", "concentration", "--home", "eea"))
        self.assertEqual(len(json.loads(self.run_linchpin("export", "-o", "json"))),
                         len(self.run_linchpin("export", "-o", "jsonl").splitlines()))

    def test_a_rehearsal_beyond_one_batch_is_as_the_real_run(self):
        path = self.folder / "large.yaml"
        path.write_text("".join(
            f"---\napiVersion: linchpin/v1\nkind: Vendor\nname: vendors/v{i}\n"
            f"---\napiVersion: linchpin/v1\nkind: Model\nname: models/m{i}\ndeveloper: vendors/v{i}\n" for i in range(5100)))
        rehearsed = self.run_linchpin("apply", "-f", path, "--dry-run")
        self.assertEqual(self.run_linchpin("list", "vendors", "-o", "name"), "")
        self.assertEqual(sorted(self.run_linchpin("apply", "-f", path).splitlines()), sorted(rehearsed.splitlines()))

    def test_exit_codes_tell_what_happened(self):
        for code, arguments in ((2, ["nonsense"]), (2, ["overview", "-o", "csv"]), (2, ["list", "vendors", "--only", "country=zz"]),
                                (4, ["finding", "list", "--policy", "none"]), (4, ["list", "models", "--only", "developer=none"]),
                                (2, ["delete", "vendors"]), (4, ["get", "vendors/none"]), (4, ["apply", "-f", "none.yaml"]),
                                (4, ["risk", "simulate", "--exit", "vendors/none"]), (7, ["list", "vendors", "--endpoint", "127.0.0.1:1"]),
                                (1, ["overview", "--min-revision", "99", "--timeout", "1s"])):
            run = self.run_linchpin(*arguments, check=False)
            self.assertEqual(run.returncode, code, f"{arguments}: {run.stderr}")
            self.assertTrue(run.stderr.startswith("Error: "), run.stderr)
            self.assertEqual(run.stdout, "")


if __name__ == "__main__":
    unittest.main()
