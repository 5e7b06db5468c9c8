"""Processes that the end-to-end tests start and always stop: linchpind and others, on free ports, in a scratch folder."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("LINCHPIN_BIN_DIR", ROOT / "build" / "bin"))
WAIT_SECONDS = 60


def free_port():
    """A port that was free a moment ago, for programs that cannot choose one and say which."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what, seconds=WAIT_SECONDS):
    """Polls until `condition()` returns something true, and returns that; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            result = condition()
        except OSError:
            result = None
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.05)


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


class Process:
    """A program whose output goes to a file; stopped at the end of the `with` block, by force if need be."""

    def __init__(self, folder, name, command, env=None):
        self.log_path = pathlib.Path(folder) / f"{name}.log"
        self._log = open(self.log_path, "wb")
        self._process = subprocess.Popen(
            [str(part) for part in command], stdout=self._log, stderr=subprocess.STDOUT, cwd=folder,
            env={**os.environ, **(env or {})}, start_new_session=True)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def running(self):
        return self._process.poll() is None

    def stop(self, how=signal.SIGINT):
        if self.running():
            self._process.send_signal(how)
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._log.close()
        return self._process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()


class Linchpind(Process):
    """A server of target `all` on embedded SQLite, ready when the constructor returns."""

    def __init__(self, folder, *flags, program=(BIN / "linchpind",)):
        super().__init__(folder, "linchpind", [
            *program, "--store", f"sqlite:{folder}/data", "--listen", "127.0.0.1:0", "--health-listen",
            "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", *flags])
        ready = wait_until(self._ready_line, "linchpind is ready")
        self.endpoint = f"127.0.0.1:{ready['port']}"
        self.metrics = f"127.0.0.1:{ready['metrics_port']}"

    def _ready_line(self):
        if not self.running():
            raise AssertionError(f"linchpind ended:\n{self.log()}")
        for line in self.log().splitlines():
            if re.search(r'"msg": ?"ready"', line):
                return json.loads(line)
        return None

    def linchpin(self, *arguments, check=True, stdin=None):
        """Runs the command line against this server; returns what it printed."""
        run = subprocess.run([str(BIN / "linchpin"), *map(str, arguments)], text=True, input=stdin, capture_output=True,
                             env={**os.environ, "LINCHPIN_ENDPOINT": self.endpoint, "NO_COLOR": "1"}, timeout=120)
        if check and run.returncode != 0:
            raise AssertionError(f"linchpin {arguments} returned {run.returncode}:\n{run.stdout}{run.stderr}")
        return run.stdout if check else run


class Scratch:
    """A folder that is gone at the end of the `with` block."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="linchpin-e2e-"))
        return self.path

    def __exit__(self, *unused):
        shutil.rmtree(self.path, ignore_errors=True)
