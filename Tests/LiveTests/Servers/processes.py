"""The processes of the servers."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import time


class Processes:
    """Starts processes that continue after this program, and stops them by the list in their folder."""

    def __init__(self, folder):
        self.folder = folder
        self.list = f"{folder}/processes"

    def start(self, name, *command, environment=None):
        """Starts a command. Its arguments must contain a path in the folder, by which `stop` identifies it."""
        with open(f"{self.folder}/{name}.log", "ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=environment,
                start_new_session=True,
            )
        with open(self.list, "a") as file:
            print(process.pid, file=file)
        return process

    def show_logs(self):
        """Prints the last lines of all logs."""
        for name in sorted(os.listdir(self.folder)):
            if name.endswith(".log"):
                with open(f"{self.folder}/{name}", errors="replace") as log:
                    print(f"--- {name}", log.read()[-2000:], sep="\n", file=sys.stderr)

    def stop(self):
        """Stops the running processes and removes the folder."""
        pids = []
        if os.path.exists(self.list):
            with open(self.list) as file:
                pids = [int(line) for line in file]
        for pid in pids:
            if self._is_ours(pid):
                os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + 5
        while any(self._is_ours(pid) for pid in pids) and time.monotonic() < until:
            time.sleep(0.02)
        for pid in pids:
            if self._is_ours(pid):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_ours(self, pid):
        """Returns whether a process was started here, because process IDs are reused."""
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                return os.fsencode(self.folder) in file.read()
        except OSError:
            return False


def wait_for(port, process, name):
    """Waits at most ten seconds until a process listens on a port."""
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"{name} exited with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"timed out waiting until {name} listens on port {port}")
