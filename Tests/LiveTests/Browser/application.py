"""The example program WebSignIn as a process."""
import os
import re
import subprocess


class Application:
    """A running WebSignIn; the constructor returns when it accepts requests."""

    def __init__(self, program, *arguments, environment=None):
        self.process = subprocess.Popen(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # The pipe must not be inherited, or readers of this program's output would wait for the application too.
            stderr=subprocess.STDOUT,
            env=os.environ | (environment or {}),
            text=True,
        )
        line = self.process.stdout.readline()
        found = re.match(r"Open (https?://[^/]+)/ ", line)
        if not found:
            self.stop()
            raise RuntimeError(f"starting the web application failed: {line}{self.log}")
        self.url = found.group(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends the process; `log` then contains its messages about failed requests."""
        self.process.kill()
        self.log, _ = self.process.communicate()
