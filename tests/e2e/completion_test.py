"""What bash, zsh and fish propose, asked of the shells themselves: of zsh at a terminal, since it completes nowhere else."""

import os
import pty
import re
import select
import shutil
import subprocess
import time
import unittest

from processes import BIN, ROOT, Linchpind, Scratch


def environment(server, home):
    return {"PATH": f"{BIN}:{os.environ['PATH']}", "LINCHPIN_ENDPOINT": server.endpoint, "HOME": str(home), "TERM": "dumb", "COLUMNS": "200",
            "LINES": "60"}


def asks_bash(script, env):
    """A function from a line to the words that are proposed for its last one."""
    def ask(line):
        code = 'source "$1"; read -ra COMP_WORDS <<< "$2"; case "$2" in *" ") COMP_WORDS+=("") ;; esac; ' \
               'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _linchpin; printf "%s\\n" "${COMPREPLY[@]}"'
        run = subprocess.run(["bash", "-c", code, "bash", script, line], env=env, cwd=script.parent, text=True, capture_output=True, timeout=60)
        return answer(run)
    return ask


def asks_fish(script, env):
    def ask(line):
        run = subprocess.run(["fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script, line], env=env, cwd=script.parent, text=True,
                             capture_output=True, timeout=60)
        return [word.split("\t")[0] for word in answer(run)]
    return ask


def answer(run):
    if run.returncode != 0 or run.stderr:
        raise AssertionError(run.stderr or run.stdout)
    return run.stdout.split("\n")[:-1]


class Terminal:
    """zsh at a terminal of its own."""

    def __init__(self, env, folder):
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execvpe("zsh", ["zsh", "-f", "-i"], env)
        # Proposals are told between marks, one a line, in place of being shown.
        self.run("compadd() { builtin compadd -O told \"$@\"; print -rl -- '' \"<$told>\"; (( $#told )) }")

    def run(self, command):
        """Runs a command; returns what it prints."""
        # The mark is not in what the terminal echoes.
        os.write(self._terminal, f"{command}\nprint DO''NE\n".encode())
        return self._read("DONE\r\n")

    def proposed(self, line):
        os.write(self._terminal, f"{line}\t".encode())
        told = self._read(">\r\n")
        os.write(self._terminal, b"\x15")
        self.run("")  # Whatever else it asked for and told.
        return re.search(r"<([^<>]*)>", told)[1].split()

    def _read(self, mark, seconds=10):
        text, end = "", time.monotonic() + seconds
        while mark not in text:
            if time.monotonic() > end or not select.select([self._terminal], [], [], end - time.monotonic())[0]:
                raise AssertionError(f"zsh did not answer:\n{text}")
            text += os.read(self._terminal, 65536).decode(errors="replace")
        return text

    def close(self):
        os.close(self._terminal)
        os.waitpid(self._pid, 0)


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = Scratch()
        cls.folder = scratch.__enter__()
        cls.addClassCleanup(scratch.__exit__)
        server = Linchpind(cls.folder, "--drain-delay-seconds", "0")
        cls.addClassCleanup(server.stop)
        server.linchpin("apply", "-q", "-f", ROOT / "deploy/samples/catalogue.yaml")
        cls.env = environment(server, cls.folder)
        # Empty, so that no file is proposed.
        cls.work = cls.folder / "work"
        cls.work.mkdir()

    def script(self, shell, name):
        if not shutil.which(shell):
            self.skipTest(f"{shell} is not installed; deploy/install_packages test installs it")
        path = self.folder / shell / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(subprocess.run([BIN / "linchpin", "completion", shell], capture_output=True, text=True, check=True).stdout)
        return path

    def check(self, ask):
        for line, words in {"linchpin ov": ["overview"],
                            "linchpin risk sim": ["simulate"],
                            "linchpin policy pack ": ["list", "show", "install"],
                            "linchpin -o json waiver rev": ["revoke"],
                            "linchpin finding ": ["list", "show", "acknowledge", "watch", "fix"],
                            "linchpin ls appl": ["applications"],
                            "linchpin policy pack install x --dr": ["--dry-run"],
                            "linchpin check -o sa": ["sarif"],
                            "linchpin tree vendors/opena": ["vendors/openai"],
                            "linchpin completion f": ["fish"]}.items():
            with self.subTest(line=line):
                self.assertCountEqual(ask(line), words)
        # A word that several commands share is completed as what it is here.
        self.assertIn("--sort-by", ask("linchpin list vendors --"))
        self.assertNotIn("--sort-by", ask("linchpin waiver list --"))
        self.assertNotIn("vendors", ask("linchpin finding list "))

    def test_bash(self):
        self.check(asks_bash(self.script("bash", "linchpin.bash"), self.env))

    def test_fish(self):
        self.check(asks_fish(self.script("fish", "linchpin.fish"), self.env))

    def test_zsh_sourced(self):
        script = self.script("zsh", "linchpin.zsh")
        self.check(self.zsh(f"autoload -Uz compinit; compinit -u -D; source {script}").proposed)

    def test_zsh_in_the_path_of_functions(self):
        script = self.script("zsh", "_linchpin")
        self.check(self.zsh(f"fpath=({script.parent} $fpath); autoload -Uz compinit; compinit -u -D").proposed)

    def zsh(self, setup):
        terminal = Terminal(self.env, self.work)
        self.addCleanup(terminal.close)
        terminal.run(setup)
        return terminal


if __name__ == "__main__":
    unittest.main()
