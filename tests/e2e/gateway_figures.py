#!/usr/bin/env python3
"""What the answers decide on real gateway files, as tables in Markdown (docs/concepts/real-gateways.md).

    tests/e2e/gateway_figures.py [FOLDER]      prints both tables; each YAML file is imported into a store of its own
    tests/e2e/gateway_figures.py --hits        prints why each consumer is hit for certain or probably, for review
    tests/e2e/gateway_figures.py --open        prints what is still open, and what could point to the vendor
    tests/e2e/gateway_figures.py --check       fails where a figure is worse than the page says

FOLDER is tests/data/litellm if none is given. LINCHPIN_BIN_DIR names the folder of the programs, else build/bin.
"""

import argparse
import collections
import json
import pathlib
import re

from processes import ROOT, Linchpind, Scratch

DIMENSIONS = ["base-model-root", "host-provider", "developer", "licence"]
VENDORS = ["openai", "anthropic", "google", "meta", "alibaba"]
BANS = ["CN", "US"]
FINDINGS = ["violation", "data gap", "summary"]
PAGE = ROOT / "docs" / "concepts" / "real-gateways.md"

Event = collections.namedtuple("Event", "consumers proven likely pointed unpointed reasons open")
File = collections.namedtuple("File", "deployments weights events findings")


def names_in(value):
    """All resource names anywhere in a document, but for those that it says it has nothing to do with."""
    if isinstance(value, dict):
        return set().union(*(names_in(item) for key, item in value.items() if key != "noneOf"), set())
    if isinstance(value, list):
        return set().union(*(names_in(item) for item in value), set())
    return {value} if isinstance(value, str) and "/" in value else set()


class Inventory:
    """What an import made, to see which documents name a vendor."""

    def __init__(self, server):
        self.documents = {}
        for kind in ("vendors", "hosts", "models", "deployments", "routes"):
            answer = json.loads(server.linchpin("list", kind, "-o", "json", "--limit", "0"))
            self.documents.update({document["name"]: document for document in answer.get(kind, [])})

    def targets(self, consumer):
        return [alternative["target"] for alternative in self.documents.get(consumer, {}).get("alternatives", [])]

    def points_to(self, deployment, vendor):
        """Whether anything known of a deployment names the vendor: its own document, its model's with the lines and bases of it, its
        host's, the list of hosts of its operator, the list of upstreams of a router."""
        document = self.documents[deployment]
        named, waiting = set(), [document]
        while waiting:
            for name in names_in(waiting.pop()) - named:
                named.add(name)
                if name.startswith(("models/", "hosts/")) and name in self.documents:
                    waiting.append(self.documents[name])
        for name in list(named):
            known = self.documents.get(name, {})
            named |= names_in(known.get("servesFrom", {})) | names_in(known.get("upstreams", {}))
        return f"vendors/{vendor}" in named


def weights(server):
    """By dimension: all weight, what is neither known nor likely, and what is not known."""
    flags = [word for dimension in DIMENSIONS for word in ("--dimension", dimension)]
    answer = json.loads(server.linchpin("risk", "concentration", *flags, "-o", "json"))
    found = {}
    for figure in answer["concentrations"]:
        dimension = figure["dimension"].lower().replace("dimension_", "").replace("_", "-")
        total = float(figure.get("totalWeight", 0))
        found[dimension] = (total, total * figure.get("unknownShareRatio", 0), total * figure.get("openShareRatio", 0))
    return found


def reason_of(hit):
    """The facts by which a deployment is hit, without what tells one deployment from another; of likely ones with the reason."""
    facts = []
    for fact in hit.get("because") or hit.get("likelyBecause") or []:
        kind = fact["resource"].split("/")[0].rstrip("s")
        if (kind, fact["field"]) == ("deployment", "model") or fact["field"].endswith("base_model"):
            continue
        field = re.sub(r"\[\d+\]", "", fact["field"])
        why = [fact[key] for key in ("rule", "reason") if key in fact]
        facts.append(f"{kind} {field} = {fact.get('value', '')}" + (f" ({why[0]})" if why else ""))
    return "; ".join(facts)


def ask(server, inventory, vendor, *cutoff):
    """Which consumers an event hits: for certain, probably besides, and not excluded besides these."""
    answer = json.loads(server.linchpin("risk", "simulate", *cutoff, "-o", "json"))
    hit = {reading: set() for reading in ("best", "likely", "worst")}
    for consumer in answer.get("consumers", []):
        for reading, names in hit.items():
            if "firstImpact" in consumer.get(reading, {}):
                names.add(consumer["consumer"])
    proven, likely = hit["best"], hit["likely"] - hit["best"]
    still_open = hit["worst"] - proven - likely
    hits = {entry["deployment"]: entry for entry in answer.get("hits", [])}
    reasons = collections.Counter()
    for word, consumers in (("certain", proven), ("probable", likely)):
        for consumer in consumers:
            found = {reason_of(hits[target]) for target in inventory.targets(consumer) if target in hits and (hits[target].get("because") or hits[target].get("likelyBecause"))}
            reasons[word, " | ".join(sorted(found))] += 1
    open_at = {consumer: [target for target in inventory.targets(consumer) if target in hits] for consumer in still_open}
    pointed = {consumer for consumer, targets in open_at.items()
               if vendor and any(inventory.points_to(target, vendor) for target in targets)}
    population = int(answer.get("applicationCount", 0)) + int(answer.get("businessServiceCount", 0))
    return Event(population, len(proven), len(likely), len(pointed), len(still_open) - len(pointed), reasons,
                 [(consumer, consumer in pointed, targets) for consumer, targets in sorted(open_at.items())])


def applications(inventory):
    """An application for each route: rules are about applications."""
    for number, name in enumerate(sorted(name for name in inventory.documents if name.startswith("routes/"))):
        yield (f"apiVersion: linchpin/v1\nkind: Application\nname: applications/a{number}\n---\n"
               f"apiVersion: linchpin/v1\nkind: Dependency\nname: applications/a{number}/dependencies/d\n"
               f"alternatives: [{{target: {name}}}]\n")


def findings(server, inventory):
    """What the shipped packs find by type, where each route has an application. Dates of retirement are left out: they move with the day."""
    server.linchpin("apply", "-f", "-", stdin="---\n".join(applications(inventory)))
    for pack in server.linchpin("policy", "pack", "list", "-o", "name").split():
        asks_for_home = re.search(r"\bid: home\b", server.linchpin("policy", "pack", "show", pack, "-o", "yaml"))
        home = ("--home", "US") if asks_for_home else ()
        server.linchpin("policy", "pack", "install", pack, *home)
    found = json.loads(server.linchpin("finding", "list", "-o", "json", "--limit", "0")).get("findings", [])
    return collections.Counter(finding["type"] for finding in found if finding.get("rule") != "retirement")


def look_at(path):
    """All figures of one file."""
    with Scratch() as folder:
        server = Linchpind(folder, "--drain-delay-seconds", "0", "--home", "US")
        try:
            server.linchpin("import", "litellm", path)
            documents = server.linchpin("catalogue", "show", *(f"vendors/{vendor}" for vendor in VENDORS), "-o", "yaml")
            server.linchpin("apply", "--merge", "-f", "-", stdin=documents)  # A vendor that nothing points to can exit, too.
            inventory = Inventory(server)
            events = {f"exit of {vendor}": ask(server, inventory, vendor, "--exit", f"vendors/{vendor}") for vendor in VENDORS}
            events.update({f"weights ban of {country}": ask(server, inventory, "", "--weights-ban", country) for country in BANS})
            deployments = sum(name.startswith("deployments/") for name in inventory.documents)
            return File(deployments, weights(server), events, findings(server, inventory))
        finally:
            server.stop()


def percent(part, whole):
    return f"{100 * part / whole:.1f}%" if whole else "-"


class Sums:
    def __init__(self, files):
        self.files = files
        self.weights = {name: [sum(file.weights[name][place] for file in files) for place in range(3)] for name in DIMENSIONS}
        self.consumers = sum(max(event.consumers for event in file.events.values()) for file in files)
        self.events = {name: [sum(getattr(file.events[name], field) for file in files)
                              for field in ("proven", "likely", "pointed", "unpointed")] for name in files[0].events}
        self.findings = sum((file.findings for file in files), collections.Counter())

    def rows(self):
        """Row heads with the figures that the page holds in their last columns."""
        for dimension, (total, unknown, unproven) in self.weights.items():
            yield dimension, [percent(unproven, total), percent(unknown, total)]
        for event, (proven, likely, pointed, unpointed) in self.events.items():
            left = f"{unpointed} ({percent(unpointed, self.consumers)})" if event.startswith("exit") else str(unpointed)
            yield event, [str(proven), str(likely), str(pointed) if event.startswith("exit") else "-", left]
        for kind in FINDINGS:
            yield "findings: " + kind, [str(self.findings["TYPE_" + kind.replace(" ", "_").upper()])]

    def text(self):
        lines = [f"{len(self.files)} files, {sum(file.deployments for file in self.files)} deployments, {self.consumers} consumers "
                 "(routes that stand in)."]
        return "\n".join(lines + [f"| {head} | " + " | ".join(figures) + " |" for head, figures in self.rows()])

    def failures(self, page):
        for head, figures in self.rows():
            row = re.search(rf"^\| {re.escape(head)} \|(.*)\|$", page, re.MULTILINE)
            stated = [cell.strip() for cell in row.group(1).split("|")][-len(figures):] if row else []
            if stated != figures:
                yield f"{head}: the page says {stated}, the answers are {figures}"


def print_hits(paths, files):
    rows = collections.defaultdict(lambda: [0, set()])
    for path, file in zip(paths, files):
        for event, answer in file.events.items():
            for (word, reason), count in answer.reasons.items():
                row = rows[event, word, reason]
                row[0] += count
                row[1].add(path.stem)
    for (event, word, reason), (count, names) in sorted(rows.items()):
        print(f"| {event} | {word} | {count} | {', '.join(sorted(names))} | {reason} |")


def print_open(paths, files):
    for path, file in zip(paths, files):
        for event, answer in file.events.items():
            for consumer, pointed, targets in answer.open:
                print(f"{path.stem}: {event}: {consumer}{' (pointed to)' if pointed else ''}: {', '.join(targets)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=ROOT / "tests" / "data" / "litellm", type=pathlib.Path)
    for flag in ("--hits", "--open", "--check"):
        parser.add_argument(flag, action="store_true")
    arguments = parser.parse_args()
    paths = sorted(arguments.folder.glob("*.y*ml"))
    files = [look_at(path) for path in paths]
    if arguments.hits:
        print_hits(paths, files)
    if arguments.open:
        print_open(paths, files)
    sums = Sums(files)
    print(sums.text())
    failures = list(sums.failures(PAGE.read_text(encoding="utf-8"))) if arguments.check else []
    if failures:
        raise SystemExit("\n".join(failures))


if __name__ == "__main__":
    main()
