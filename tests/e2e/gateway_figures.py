#!/usr/bin/env python3
"""What the answers decide on real gateway files, as a table in Markdown.

    tests/e2e/gateway_figures.py [FOLDER]      prints the table; each YAML file is imported into a store of its own
    tests/e2e/gateway_figures.py --hits        prints each consumer that is hit for certain or probably, for review
    tests/e2e/gateway_figures.py --check       fails where a figure is worse than what is wanted

FOLDER is tests/data/litellm if none is given. LINCHPIN_BIN_DIR names the folder of the programs, else build/bin.
"""

import argparse
import collections
import json
import pathlib

from processes import ROOT, Linchpind, Scratch

DIMENSIONS = {"base-model-root": 0.20, "host-provider": 0.20, "developer": 0.10, "licence": 0.12}
VENDORS = ["openai", "anthropic", "google", "meta", "alibaba"]
BANS = ["CN", "US"]
NOT_EXCLUDED_MOST = 0.05

Reach = collections.namedtuple("Reach", "consumers proven likely open names")


def weights(server):
    """Weight by dimension: all, and what is neither proven nor likely, and what is not proven."""
    flags = [word for dimension in DIMENSIONS for word in ("--dimension", dimension)]
    answer = json.loads(server.linchpin("risk", "concentration", *flags, "-o", "json"))
    found = {}
    for figure in answer["concentrations"]:
        dimension = figure["dimension"].lower().replace("dimension_", "").replace("_", "-")
        total = float(figure.get("totalWeight", 0))
        found[dimension] = (total, total * figure.get("unknownShareRatio", 0), total * figure.get("openShareRatio", 0))
    return found


def reach(server, *cutoff):
    """How many consumers a cutoff hits: for certain, probably besides, and not excluded besides these."""
    answer = json.loads(server.linchpin("risk", "simulate", *cutoff, "-o", "json"))
    hit = {reading: set() for reading in ("best", "likely", "worst")}
    for consumer in answer.get("consumers", []):
        for reading, names in hit.items():
            if "firstImpact" in consumer.get(reading, {}):
                names.add(consumer["consumer"])
    proven, likely = hit["best"], hit["likely"] - hit["best"]
    population = int(answer.get("applicationCount", 0)) + int(answer.get("businessServiceCount", 0))
    return Reach(population, len(proven), len(likely), len(hit["worst"] - proven - likely),
                 sorted(f"{name} for certain" for name in proven) + sorted(f"{name} probably" for name in likely))


def look_at(path):
    """All figures of one file."""
    with Scratch() as folder:
        server = Linchpind(folder, "--drain-delay-seconds", "0", "--home", "US")
        try:
            server.linchpin("import", "litellm", path)
            for vendor in VENDORS:  # A vendor that nothing points to can exit, too.
                document = server.linchpin("catalogue", "show", f"vendors/{vendor}", "-o", "yaml")
                server.linchpin("apply", "--merge", "-f", "-", stdin=document)
            deployments = len(server.linchpin("list", "deployments", "-o", "name", "--limit", "0").splitlines())
            events = {f"exit {vendor}": reach(server, "--exit", f"vendors/{vendor}") for vendor in VENDORS}
            events.update({f"ban {country}": reach(server, "--weights-ban", country) for country in BANS})
            return deployments, weights(server), events
        finally:
            server.stop()


def percent(part, whole):
    return f"{100 * part / whole:.1f}%" if whole else "-"


class Sums:
    def __init__(self):
        self.files = self.deployments = self.consumers = 0
        self.weights = collections.defaultdict(lambda: [0.0, 0.0, 0.0])
        self.events = collections.defaultdict(lambda: [0, 0, 0])
        self.untouched = collections.defaultdict(lambda: [0, 0])  # Consumers of files to which nothing points, and open.

    def add(self, deployments, of_dimension, of_event):
        self.files += 1
        self.deployments += deployments
        self.consumers += max(reached.consumers for reached in of_event.values())
        for dimension, figures in of_dimension.items():
            self.weights[dimension] = [a + b for a, b in zip(self.weights[dimension], figures)]
        for event, reached in of_event.items():
            counts = self.events[event]
            for place, count in enumerate((reached.proven, reached.likely, reached.open)):
                counts[place] += count
            if reached.proven + reached.likely == 0:
                self.untouched[event][0] += reached.consumers
                self.untouched[event][1] += reached.open

    def table(self):
        lines = [f"{self.files} files, {self.deployments} deployments, {self.consumers} consumers (routes that stand in).", "",
                 "| dimension | unknown | neither known nor bounded to one | wanted |", "| --- | --- | --- | --- |"]
        for dimension, most in DIMENSIONS.items():
            total, unknown, unproven = self.weights[dimension]
            lines.append(f"| {dimension} | {percent(unknown, total)} | {percent(unproven, total)} | {100 * most:.0f}% |")
        lines += ["", "| event | proven | likely | not excluded | of files that nothing points to: not excluded |",
                  "| --- | --- | --- | --- | --- |"]
        for event, (proven, likely, still_open) in self.events.items():
            consumers, left = self.untouched[event]
            lines.append(f"| {event} | {proven} | {likely} | {still_open} | {left} of {consumers} ({percent(left, consumers)}) |")
        return "\n".join(lines)

    def failures(self):
        for dimension, most in DIMENSIONS.items():
            total, unknown, _ = self.weights[dimension]
            if unknown > most * total:
                yield f"{dimension}: {percent(unknown, total)} unknown, wanted {100 * most:.0f}%"
        for event, (consumers, left) in self.untouched.items():
            if event.startswith("exit") and left > NOT_EXCLUDED_MOST * consumers:
                yield f"{event}: {left} of {consumers} not excluded where nothing points to it"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=ROOT / "tests" / "data" / "litellm", type=pathlib.Path)
    parser.add_argument("--hits", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    sums = Sums()
    for path in sorted(arguments.folder.glob("*.y*ml")):
        deployments, of_dimension, of_event = look_at(path)
        sums.add(deployments, of_dimension, of_event)
        if arguments.hits:
            for event, reached in of_event.items():
                for name in reached.names:
                    print(f"{path.name}: {event}: {name}")
    print(sums.table())
    failures = list(sums.failures())
    if arguments.check and failures:
        raise SystemExit("\n".join(failures))


if __name__ == "__main__":
    main()
