"""Nodes that tell each other every value: whoever is told one by a client tells it to each other node, until that answers.

Bugs: `told-on` (what comes from another node is told on, too), `odd-left-out` (the last of the others is not told odd values).
"""

import argparse
import http.client
import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--peers", default="")
parser.add_argument("--bug", default="")
args, _ = parser.parse_known_args()

LOCK = threading.Lock()
VALUES = set()
OUT = [queue.Queue() for peer in args.peers.split(",") if peer]


def add(value, tell):
    with LOCK:
        new = value not in VALUES
        VALUES.add(value)
    if new and tell:
        leave_out = 1 if args.bug == "odd-left-out" and value % 2 else 0
        for out in OUT[: len(OUT) - leave_out]:
            out.put(value)


def tell(address, out):
    """Tells one node what it has to know, in order."""
    host, port = address.split(":")
    connection = None
    while True:
        value = out.get()
        while True:
            try:
                connection = connection or http.client.HTTPConnection(host, int(port), timeout=5)
                connection.request("POST", "/told", json.dumps({"value": value}))
                connection.getresponse().read()
                break
            except (OSError, http.client.HTTPException):
                if connection:
                    connection.close()
                connection = None
                threading.Event().wait(0.05)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, body):
        body = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        with LOCK:
            values = sorted(VALUES)
        self.answer(values)

    def do_PUT(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        add(int(self.path.rsplit("/", 1)[1]), True)
        self.answer({})

    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        add(told["value"], args.bug == "told-on")
        self.answer({})

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


for number, peer in enumerate(peer for peer in args.peers.split(",") if peer):
    threading.Thread(target=tell, args=(peer.split("=", 1)[1], OUT[number]), daemon=True).start()
Server(("127.0.0.1", args.port), Handler).serve_forever()
