"""docs/demonstration.md, played (played_page.py): a check that fails, a waiver that others approve, and its end by the real clock."""

import unittest

from monitored_page import MonitoredPage
from processes import ROOT

# Long enough for both approvals, the check and the silence on a busy machine.
WAIVED = "--for 45s"


class Demonstration(MonitoredPage):
    def test_the_page_is_true(self):
        self.assertGreater(self.play(ROOT / "docs/demonstration.md", {"--for 30d": WAIVED}), 15)


if __name__ == "__main__":
    unittest.main()
