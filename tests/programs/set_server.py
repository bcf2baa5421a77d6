"""A set of words over TCP, with a log. With `--bug NAME` it is wrong in one way, with `--answer-after=SECONDS` slow."""

import os
import signal
import socketserver
import sys
import threading
import time

options = dict(arg[2:].split("=", 1) for arg in sys.argv[1:] if "=" in arg)
bug = sys.argv[sys.argv.index("--bug") + 1] if "--bug" in sys.argv else ""
path = os.path.join(options["working-dir"], "log")
members, lock = set(), threading.Lock()
adds = clears = 0


def apply(word, key):
    if word == "ADD":
        members.add(key)
    elif word == "REMOVE":
        members.discard(key)
    elif word == "CLEAR":
        members.clear()


def replay():
    good = 0
    if os.path.exists(path):
        with open(path, "rb") as log:
            for line in log:
                # A record that a kill cut short was never answered.
                if not line.endswith(b"\n"):
                    break
                good += len(line)
                word, _, key = line.decode().strip().partition(" ")
                apply(word, key)
        os.truncate(path, good)


def write(word, key):
    if not (bug == "remove-not-logged" and word == "REMOVE"):
        log.write(f"{word} {key}\n".encode())
        log.flush()
    apply(word, key)


def answer(line):
    global adds, clears
    word, _, key = line.partition(" ")
    if word == "ADD":
        there = key in members
        adds += 1
        if not there:
            write(word, key)
        return "THERE" if there else "ADDED"
    if word == "REMOVE":
        there = key in members
        if there:
            write(word, key)
        return "REMOVED" if there else "ABSENT"
    if word == "HAS":
        return "YES" if key in members else "NO"
    if word == "COUNT":
        return f"COUNT {adds if bug == 'adds-counted' else len(members)}"
    if word == "CLEAR":
        clears += 1
        if bug == "second-clear-ends-it" and clears == 2:
            print("IndexError: list index out of range", flush=True)
            os._exit(3)
        adds = 0
        write(word, "")
        return "CLEARED"
    return "UNKNOWN"


class Client(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            time.sleep(float(options.get("answer-after", 0)))
            with lock:
                said = answer(line.decode().strip())
            self.wfile.write(f"{said}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


replay()
log = open(path, "ab")
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
Server(("127.0.0.1", int(options["port"])), Client).serve_forever()
