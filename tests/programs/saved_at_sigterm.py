"""A correct store that keeps all in memory and saves it at SIGTERM. As with many programs, a second SIGTERM ends it at
once, before it has saved."""
import json, os, signal, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

options = dict(argument[2:].split("=", 1) for argument in sys.argv if argument.startswith("--"))
path = os.path.join(options["working-dir"], "data.json")
lock = threading.Lock()
values = {}
if os.path.exists(path):
    with open(path) as file:
        values = {key: bytes.fromhex(value) for key, value in json.load(file).items()}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with lock:
            self.answer(*self.act(unquote(self.path), body))

    def act(self, path, body):
        if path == "/clear":
            if self.command != "DELETE":
                return 405, b"method not allowed"
            values.clear()
            return 200, b""
        if not path.startswith("/kv/"):
            return 404, b"not found"
        key = path[4:]
        if self.command not in ("GET", "PUT", "DELETE"):
            return 405, b"method not allowed"
        if not key:
            return 400, b"key cannot be empty"
        if self.command == "PUT":
            if not body:
                return 400, b"value cannot be empty"
            values[key] = body
        elif self.command == "DELETE":
            values.pop(key, None)
        elif key in values:
            return 200, values[key]
        else:
            return 404, b"key not found"
        return 200, b""

    do_GET = do_PUT = do_DELETE = do_POST = do_PATCH = do
    log_message = lambda self, *_: None


def save():
    # From here on nothing is acknowledged.
    lock.acquire()
    time.sleep(0.05)
    with open(path + ".new", "w") as file:
        json.dump({key: value.hex() for key, value in values.items()}, file)
    os.replace(path + ".new", path)
    os._exit(0)


def term(*_):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=save).start()


class Server(ThreadingHTTPServer):
    request_queue_size = 128


signal.signal(signal.SIGTERM, term)
Server(("127.0.0.1", int(options["port"])), Handler).serve_forever()
