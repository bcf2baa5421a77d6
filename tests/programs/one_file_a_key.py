"""A correct store that is odd in its HTTP: version 1.0, one request a connection, answers without a length that end
with the connection, header names in capitals, on every address of the machine. Each key has a file of its own, with its
ETag in the first line, which is random; a clear changes over to a new, empty folder. Writes are one at a time, each with
its fsyncs."""
import hashlib, os, signal, socketserver, sys, threading, uuid
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote

options = dict(argument[2:].split("=", 1) for argument in sys.argv[1:])
root = options["working-dir"]
writing = threading.Lock()


def synced(path, data):
    with open(path + ".new", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + ".new", path)
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def epoch():
    try:
        with open(os.path.join(root, "epoch")) as file:
            return file.read()
    except FileNotFoundError:
        return "0"


def place(key, of):
    folder = os.path.join(root, "epoch-" + of)
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, hashlib.sha256(key.encode()).hexdigest())


def load(file):
    """The ETag and the value, or None and None."""
    if not os.path.exists(file):
        return None, None
    with open(file, "rb") as stored:
        tag, _, value = stored.read().partition(b"\n")
    return tag.decode(), value


class Handler(BaseHTTPRequestHandler):
    def send_header(self, name, value):
        super().send_header(name.upper(), value)

    def answer(self, status, body=b"", tag=None):
        self.send_response(status)
        if tag:
            self.send_header("ETag", tag)
        self.send_header("X-Store", "files")
        self.end_headers()
        self.wfile.write(body)

    def condition_holds(self, tag):
        wanted, unwanted = self.headers.get("if-match"), self.headers.get("if-none-match")
        return wanted in (None, tag) and not (unwanted and tag)

    def handle_any(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            return  # the client has gone
        with under_way:
            self.answer_whole(body)

    def answer_whole(self, body):
        path = self.path.split("?")[0]
        if path == "/clear":
            if self.command != "DELETE":
                return self.answer(405, b"method not allowed\n")
            with writing:
                synced(os.path.join(root, "epoch"), str(int(epoch()) + 1).encode())
            return self.answer(200)
        if not path.startswith("/kv/"):
            return self.answer(404, b"not found\n")
        if self.command not in ("GET", "PUT", "DELETE"):
            return self.answer(405, b"method not allowed\n")
        key = unquote(path[4:])
        if not key:
            return self.answer(400, b"key cannot be empty\n")
        if self.command == "PUT":
            if not body:
                return self.answer(400, b"value cannot be empty\n")
        with writing:
            file = place(key, epoch())
            tag, value = load(file)
            if self.command != "GET" and not self.condition_holds(tag):
                return self.answer(412, b"precondition failed\n")
            if self.command == "PUT":
                tag = f'"{uuid.uuid4()}"'
                synced(file, tag.encode() + b"\n" + body)
                return self.answer(200, b"stored", tag)
            if self.command == "DELETE":
                if os.path.exists(file):
                    os.remove(file)
                    folder = os.open(os.path.dirname(file), os.O_RDONLY)
                    os.fsync(folder)
                    os.close(folder)
                return self.answer(200)
        if value is None:
            return self.answer(404, b"key not found\n")
        self.answer(200, value, tag)

    do_GET = do_PUT = do_DELETE = do_POST = do_PATCH = handle_any

    def log_message(self, *_):
        pass


class UnderWay:
    """Requests that have come to their end, and whose answer has not."""

    def __init__(self):
        self.count, self.changed = 0, threading.Condition()

    def __enter__(self):
        with self.changed:
            self.count += 1

    def __exit__(self, *_):
        with self.changed:
            self.count -= 1
            self.changed.notify_all()

    def wait(self):
        with self.changed:
            self.changed.wait_for(lambda: self.count == 0, 10)


under_way = UnderWay()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


server = Server(("0.0.0.0", int(options["port"])), Handler)
# What is being answered is answered to its end. Whoever has not yet sent all of a request is not waited for.
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
server.server_close()
under_way.wait()
