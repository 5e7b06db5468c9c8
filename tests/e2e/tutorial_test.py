"""docs/tutorial.md, played by a reader who begins with an empty folder (played_page.py)."""

import re
import unittest

from monitored_page import MonitoredPage
from played_page import agrees, form
from processes import ROOT


class Comparison(unittest.TestCase):
    def test_three_points_stand_for_any_lines(self):
        for shown, printed in (("a...z", "abz"), ("a...", "a"), ("...b...", "abc"), ("...b...d", "abcbd"), ("", "")):
            self.assertTrue(agrees(self.lines(shown), list(printed)), (shown, printed))

    def test_everything_else_is_compared(self):
        for shown, printed in (("a...z", "ab"), ("a", "ab"), ("...b", "abc"), ("b...", "abc"), ("a...", ""), ("", "a"), ("a...a", "a")):
            self.assertFalse(agrees(self.lines(shown), list(printed)), (shown, printed))

    def test_dates_and_tokens_count_by_their_form(self):
        self.assertEqual(form("since 2026-02-03T04:05:06Z,  in 44 days"), form("since 2025-01-01T00:00:00Z,     in 1 day"))
        self.assertNotEqual(form("since 2026-02-03"), form("since 2026-02-03T04:05:06Z"))
        self.assertNotEqual(form("57.1% of the weight"), form("57.2% of the weight"))

    def lines(self, text):
        """One line for each letter, and for each `...`."""
        return re.findall(r"\.\.\.|\w", text)


class Tutorial(MonitoredPage):
    def test_the_page_is_true(self):
        self.assertGreater(self.play(ROOT / "docs/tutorial.md"), 15)


if __name__ == "__main__":
    unittest.main()
