"""A server that does nothing yet: every line is answered with UNKNOWN_COMMAND."""

import argparse
import os
import signal
import socketserver
import sys


class Handler(socketserver.StreamRequestHandler):  # one object and one thread per connection
    disable_nagle_algorithm = True  # answers leave at once

    def handle(self):
        try:
            while True:
                line = self.rfile.readline()
                if not line:
                    return  # the client is gone
                self.answer(line.rstrip(b"\r\n"))
        except ConnectionError:
            pass

    def answer(self, line):
        # Start here: line is a command. self.rfile.read(n) reads the n bytes that follow it.
        self.wfile.write(b"UNKNOWN_COMMAND\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True  # open connections do not keep the program from ending
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
