"""The web example, running."""
import os
import re
import subprocess


class Application:
    """A running WebSignIn; it answers when this is made."""

    def __init__(self, program, *arguments, environment=None):
        self.process = subprocess.Popen(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # Nobody waits for it who only waits for the end of what this program says.
            stderr=subprocess.STDOUT,
            env=os.environ | (environment or {}),
            text=True,
        )
        line = self.process.stdout.readline()
        found = re.match(r"Open (http://127\.0\.0\.1:\d+)/ ", line)
        if not found:
            self.stop()
            raise RuntimeError(f"the web application does not start: {line}{self.log}")
        self.url = found.group(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends it; what it has said of failed requests is its log."""
        self.process.kill()
        self.log, _ = self.process.communicate()
