"""Serve the controller's dashboard outside the sandbox.

The listening socket was made outside (see `sandbox.py`); every connection accepted on it is
joined to a connection to the controller inside.
"""

from __future__ import annotations

import os
import selectors
import socket
import threading

CHUNK = 65536


def start(port: int) -> bool:
    """Relay in the background to 127.0.0.1:`port`; False when nothing was published."""
    descriptor = os.environ.get("ROOST_PUBLISH_FD")
    if descriptor is None:
        return False
    listener = socket.socket(fileno=int(descriptor))
    threading.Thread(target=_serve, args=(listener, port), name="relay", daemon=True).start()
    return True


def _serve(listener: socket.socket, port: int) -> None:
    while True:
        client, _address = listener.accept()
        threading.Thread(target=_join, args=(client, port), name="relay connection", daemon=True).start()


def _join(client: socket.socket, port: int) -> None:
    """Copy both ways until either side closes."""
    with client, selectors.DefaultSelector() as selector:
        try:
            server = socket.create_connection(("127.0.0.1", port), timeout=5)
        except OSError:
            return
        with server:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            try:
                while True:
                    for key, _events in selector.select():
                        data = key.fileobj.recv(CHUNK)  # type: ignore[union-attr]
                        if not data:
                            return
                        key.data.sendall(data)
            except OSError:
                return
