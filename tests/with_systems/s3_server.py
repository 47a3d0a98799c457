"""The server of moto for S3 as a program of its own; its first line is its port.

Requests are answered one after the other: moto looks whether an object is there and then writes it, with nothing that
keeps two requests apart, where S3 itself promises that.
"""

from __future__ import annotations

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
print(server.server_port, flush=True)
server.serve_forever()
