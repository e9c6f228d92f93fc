"""Servers that are Python packages, each in a virtual environment of its own that `install` creates."""
import json
import os
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))


def _environment(name):
    return os.path.join(HERE, f"../../../.build/live-tests-{name}")


def is_installed(name):
    """Returns whether `install` could install a package."""
    return os.path.exists(f"{_environment(name)}/installed")


def executable(name, program="python3"):
    """Returns the path of a program in the virtual environment of a package."""
    return f"{_environment(name)}/bin/{program}"


def post_json(url, document):
    """Posts JSON and returns the JSON of the response."""
    request = urllib.request.Request(url, json.dumps(document).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def write_json(path, document):
    """Writes a file that only its owner can read."""
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump(document, file)
