"""A server that does nothing yet: every request is answered with 501."""

import argparse
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open between requests
    disable_nagle_algorithm = True  # answers leave at once

    def answer(self):
        # Read the body even when it is not needed: the next request follows it.
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)

        # Start here: self.command is the method, self.path the path, body the bytes sent.
        self.reply(501, b"not implemented\n")

    do_GET = do_PUT = do_DELETE = do_POST = do_PATCH = answer

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):  # one thread per connection; sets SO_REUSEADDR
    request_queue_size = 128


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--working-dir", required=True)
    args, _ = parser.parse_known_args()  # later stages pass more
    os.makedirs(args.working_dir, exist_ok=True)

    server = Server(("127.0.0.1", args.port), Handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"listening on 127.0.0.1:{args.port}, data in {args.working_dir}")
    server.serve_forever()


if __name__ == "__main__":
    main()
