"""deploy/quickstart with the programs of this build: the first run answers, the second changes nothing, stop stops."""

import os
import re
import subprocess
import unittest

from processes import BIN, ROOT, Scratch


def shown_by_the_readme():
    """The lines of the blocks of README.md that show output, each to its first figure: scores move as dates draw near."""
    blocks = re.findall(r"```text\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return [re.match(r"\D*", line)[0] for block in blocks for line in block.splitlines() if line]


class Quickstart(unittest.TestCase):
    def run_quickstart(self, folder, *arguments):
        environment = {**os.environ, "LINCHPIN_BIN_DIR": str(BIN), "LINCHPIN_QUICKSTART_DIR": str(folder / "state"),
                       "NO_COLOR": "1"}
        run = subprocess.run([ROOT / "deploy/quickstart", *arguments], text=True, env=environment, timeout=120,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def test_answers_again_and_stops(self):
        with Scratch() as folder:
            try:
                first = self.run_quickstart(folder)
                for expected in ("vendors/openai", "linchpin risk simulate --exit vendors/openai", "The server runs at"):
                    self.assertIn(expected, first)
                # A stranger reads one screen: score with its denominator, worst event, best decision, in this order.
                screen = first[first.index("$ linchpin overview"):].splitlines()[:20]
                beginnings = ("Risk score ", "Worst event: ", "Best decision: ")
                places = [next(i for i, line in enumerate(screen) if line.startswith(text)) for text in beginnings]
                self.assertEqual(places, sorted(places))
                self.assertRegex(screen[places[0]], r"over \d+ applications by criticality")
                self.assertRegex(screen[places[2]], r"score [\d.]+ -> [\d.]+ for \d+ days? of work")
                for beginning in shown_by_the_readme():
                    self.assertIn("\n" + beginning, first, "README.md shows what deploy/quickstart says; mend it there")
                second = self.run_quickstart(folder)
                self.assertEqual(second.count("created"), 0)
            finally:
                stopped = self.run_quickstart(folder, "stop")
            self.assertIn("Stopped", stopped)
            self.assertIn("No server", self.run_quickstart(folder, "stop"))


if __name__ == "__main__":
    unittest.main()
