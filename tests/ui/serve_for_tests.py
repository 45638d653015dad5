"""The real server for the browser tests: one for all test processes, gone when they are.

Started as a script: PORT, the process to outlive by nothing, and a file for connections that would
leave this machine (they are refused and written down).
"""

import os
import socket
import sys
import threading
import time
from pathlib import Path

port, watched, outside = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
_connect, _look_up = socket.socket.connect, socket.getaddrinfo


def _is_here(host):
    return str(host).startswith(("127.", "localhost", "::1")) or host in (None, "", "0.0.0.0")


def _note(what):
    with outside.open("a", encoding="utf-8") as file:
        file.write(f"{what}\n")
    raise OSError("tests let nothing leave this machine")


def connect(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
        _note(address)
    return _connect(self, address)


def getaddrinfo(host, *arguments, **named):
    name = host.decode() if isinstance(host, bytes) else host
    if not _is_here(name):
        _note(name)
    return _look_up(host, *arguments, **named)


def end_with_the_tests():
    while True:
        time.sleep(1.0)
        try:
            os.kill(watched, 0)
        except OSError:
            os._exit(0)


if __name__ == "__main__":
    socket.socket.connect, socket.getaddrinfo = connect, getaddrinfo
    threading.Thread(target=end_with_the_tests, daemon=True).start()
    from ui.serving import Serving, serve_until_stopped

    serve_until_stopped(Serving(port=port, workers=2))
