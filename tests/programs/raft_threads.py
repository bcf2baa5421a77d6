#!/usr/bin/env python3
"""A correct store that has little in common with the reference: threads and one lock, HTTP/1.0 with a connection for
each request, JSON between nodes, a log of JSON lines whose tail is cut by a line that says so.

It is Raft with pre-vote. An ETag is the number of an entry, and a read waits until a majority has answered what was sent
after it came. It does all that the stages up to exactly-once ask for.

With `--bug` it has one of these mistakes, which tests must find:

votes-not-stored      the term is kept, and the vote is not
follower-votes-twice  a follower votes for every candidate of a term whose log is good enough
log-cut-at-append     the log is cut where the entries of a message begin, also where they are the same
lease-from-answer     reads are answered for a while after a majority has answered, counted from its answers
names-of-1000         the names of the last 1,000 requests are kept
torn-tail-kept        what a kill left of a line stays at the end of the log
no-etags              no answer has an ETag
"""
import argparse
import http.client
import json
import os
import random
import re
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--working-dir", required=True)
parser.add_argument("--id", default="n1")
parser.add_argument("--peers", default="")
parser.add_argument("--bug", default="")
args = parser.parse_args()

ME, BUG = args.id, args.bug
PEERS = dict(peer.split("=", 1) for peer in args.peers.split(",") if peer)
MAJORITY = (len(PEERS) + 1) // 2 + 1
HEARTBEAT, CALL, QUORUM, WRITE = 0.1, 0.25, 1.0, 2.4
# Only for lease-from-answer: shorter than any election time-out.
LEASE = 0.49
# With these, a node stands for election without asking first, which would make up for them.
AT_ONCE = ("votes-not-stored", "follower-votes-twice")
# A call carries at most this many characters of values, so that it ends in time.
BATCH = 2_000_000


def say(text):
    print(f"{ME}: {text}", flush=True)


class Disk:
    """Term and vote in one small file; the log in another, which only grows."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.meta = os.path.join(folder, "meta")
        self.term, self.vote, self.entries = 0, None, []
        if os.path.exists(self.meta):
            with open(self.meta) as file:
                self.term, self.vote = json.load(file)
        path = os.path.join(folder, "log")
        good = 0
        if os.path.exists(path):
            with open(path, "rb") as file:
                for line in file:
                    # The last line may be cut short, by a kill in the middle of it. It was never acknowledged.
                    if not line.endswith(b"\n"):
                        break
                    try:
                        record = json.loads(line)
                    except ValueError:
                        # Only with torn-tail-kept, whose next line goes on where the last one was cut.
                        break
                    if "cut" in record:
                        del self.entries[record["cut"]:]
                    else:
                        self.entries.append(record)
                    good += len(line)
            if BUG != "torn-tail-kept":
                os.truncate(path, good)
        self.log = open(path, "ab")

    def keep(self, term, vote):
        self.term, self.vote = term, vote
        with open(self.meta + ".new", "w") as file:
            json.dump([term, None if BUG == "votes-not-stored" else vote], file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.meta + ".new", self.meta)

    def append(self, entries):
        self.entries.extend(entries)
        self.log.write(b"".join(json.dumps(entry).encode() + b"\n" for entry in entries))
        self.log.flush()

    def cut(self, length):
        del self.entries[length:]
        self.log.write(json.dumps({"cut": length}).encode() + b"\n")
        self.log.flush()


class Node:
    """All state, under one lock. Entries are counted from 1."""

    def __init__(self, disk):
        self.disk = disk
        self.changed = threading.Condition(threading.RLock())
        self.role, self.leader = "follower", None
        self.commit, self.applied = 0, 0
        # Values with their ETags; what was answered, by the number of the entry and by the name of the request.
        self.map, self.results, self.named = {}, {}, {}
        # When a client last asked for something that others must confirm.
        self.asked = 0.0
        # When a leader was heard, and when this node's patience began: with its own campaigns, and its votes, too.
        self.heard = self.waits_since = time.monotonic()
        self.next, self.match, self.acked = {}, {}, {}
        # Only for lease-from-answer: when peers answered.
        self.answered = {}
        self.rest()

    def rest(self):
        self.patience = random.uniform(0.5, 1.0)

    def last(self):
        entries = self.disk.entries
        return (entries[-1]["term"] if entries else 0, len(entries))

    def term_at(self, index):
        return self.disk.entries[index - 1]["term"] if index > 0 else 0

    def step_down(self, term):
        if term > self.disk.term:
            self.disk.keep(term, None)
        if self.role == "leader":
            say(f"no longer leader, term {self.disk.term}")
        self.role, self.leader = "follower", None
        self.changed.notify_all()

    def apply(self):
        while self.applied < self.commit:
            entry = self.disk.entries[self.applied]
            self.applied += 1
            name = entry.get("name")
            result = self.named.get(name) or self.happen(entry, f'"e{self.applied}"')
            if name:
                self.named[name] = result
                if BUG == "names-of-1000" and len(self.named) > 1000:
                    del self.named[next(iter(self.named))]
            self.results[self.applied] = result
            self.results.pop(self.applied - 10_000, None)
        self.changed.notify_all()

    def happen(self, entry, tag):
        """The status and the ETag of what an entry does."""
        key = entry.get("key")
        _, now = self.map.get(key, (None, None))
        if entry.get("match", now) != now or entry.get("missing") and now:
            return 412, None
        if entry["op"] == "put":
            self.map[key] = entry["value"], tag
            return 200, tag
        if entry["op"] == "delete":
            self.map.pop(key, None)
        elif entry["op"] == "clear":
            self.map.clear()
        return 200, None

    def lead(self):
        self.role, self.leader = "leader", ME
        say(f"leader of term {self.disk.term}")
        now = time.monotonic()
        for peer in PEERS:
            self.next[peer], self.match[peer], self.acked[peer] = len(self.disk.entries) + 1, 0, now
        self.disk.append([{"term": self.disk.term, "op": "nothing"}])
        self.advance()

    def advance(self):
        """Commits what a majority has, if it ends with an entry of this term."""
        have = sorted([len(self.disk.entries), *self.match.values()], reverse=True)[MAJORITY - 1]
        if have > self.commit and self.term_at(have) == self.disk.term:
            self.commit = have
            self.apply()
        self.changed.notify_all()

    # What peers ask.

    def on_vote(self, message, real):
        with self.changed:
            up_to_date = (message["last_term"], message["last"]) >= self.last()
            if not real:
                # Only if this node, too, has heard from no leader for a while.
                silent = self.role != "leader" and time.monotonic() - self.heard > 0.5
                return {"term": self.disk.term, "granted": up_to_date and silent and message["term"] > self.disk.term}
            if message["term"] > self.disk.term:
                self.step_down(message["term"])
            free = self.disk.vote in (None, message["from"])
            if BUG == "follower-votes-twice":
                free = self.disk.vote != ME
            granted = message["term"] == self.disk.term and up_to_date and free
            if granted:
                self.disk.keep(self.disk.term, message["from"])
                self.waits_since = time.monotonic()
            return {"term": self.disk.term, "granted": granted}

    def on_append(self, message):
        with self.changed:
            if message["term"] < self.disk.term:
                return {"term": self.disk.term, "match": None, "hint": 0}
            if message["term"] > self.disk.term or self.role != "follower":
                self.step_down(message["term"])
            self.leader, self.heard = message["from"], time.monotonic()
            self.waits_since = self.heard
            before, entries = message["before"], message["entries"]
            if before > len(self.disk.entries) or self.term_at(before) != message["before_term"]:
                return {"term": self.disk.term, "match": None, "hint": min(before, len(self.disk.entries) + 1)}
            if BUG == "log-cut-at-append" and entries:
                self.disk.cut(before)
            for at, entry in enumerate(entries):
                index = before + at + 1
                if index > len(self.disk.entries):
                    self.disk.append(entries[at:])
                    break
                if self.term_at(index) != entry["term"]:
                    self.disk.cut(index - 1)
                    self.disk.append(entries[at:])
                    break
            match = before + len(entries)
            if message["commit"] > self.commit:
                self.commit = max(self.commit, min(message["commit"], match))
                self.apply()
            return {"term": self.disk.term, "match": match, "hint": 0}

    # What this node does by itself.

    def tick(self):
        while True:
            time.sleep(0.02)
            with self.changed:
                now = time.monotonic()
                if self.role == "leader":
                    fresh = 1 + sum(now - acked < QUORUM for acked in self.acked.values())
                    if fresh < MAJORITY:
                        say("heard from no majority")
                        self.step_down(self.disk.term)
                        self.waits_since = now
                    continue
                if now - self.heard > 1.5:
                    self.leader = None
                if now - self.waits_since < self.patience:
                    continue
                self.waits_since = now
                self.rest()
                self.leader = None
            self.campaign()

    def campaign(self):
        if BUG not in AT_ONCE and not self.ballot(False):
            return
        with self.changed:
            if self.leader or self.role == "leader":
                return
            self.role = "candidate"
            self.disk.keep(self.disk.term + 1, ME)
            term = self.disk.term
            say(f"candidate in term {term}")
        won = self.ballot(True)
        with self.changed:
            if self.role == "candidate" and self.disk.term == term:
                if won:
                    self.lead()
                else:
                    self.role = "follower"

    def ballot(self, real):
        with self.changed:
            last_term, last = self.last()
            term = self.disk.term if real else self.disk.term + 1
        message = {"from": ME, "term": term, "last_term": last_term, "last": last}
        votes, done = [1], threading.Semaphore(0)

        def ask(peer):
            reply = call(peer, "/raft/vote" if real else "/raft/would-vote", message)
            with self.changed:
                if reply and reply["term"] > term - (not real):
                    if reply["term"] > self.disk.term:
                        self.step_down(reply["term"])
                elif reply and reply["granted"]:
                    votes[0] += 1
            done.release()

        for peer in PEERS:
            threading.Thread(target=ask, args=(peer,), daemon=True).start()
        until = time.monotonic() + CALL + 0.1
        for _ in PEERS:
            if votes[0] >= MAJORITY or not done.acquire(timeout=max(0.001, until - time.monotonic())):
                break
        return votes[0] >= MAJORITY

    def replicate(self, peer):
        sent = 0.0
        while True:
            with self.changed:
                while self.role != "leader" or (
                    self.next[peer] > len(self.disk.entries)
                    and time.monotonic() - sent < HEARTBEAT
                    and self.asked <= sent
                ):
                    self.changed.wait(HEARTBEAT / 4)
                before = self.next[peer] - 1
                entries, size = [], 0
                for entry in self.disk.entries[before:]:
                    if entries and size > BATCH:
                        break
                    entries.append(entry)
                    size += len(entry.get("value", ""))
                term = self.disk.term
                message = {
                    "from": ME, "term": term, "before": before, "before_term": self.term_at(before),
                    "entries": entries, "commit": self.commit,
                }
            sent = time.monotonic()
            reply = call(peer, "/raft/append", message, CALL + size / 4e6)
            with self.changed:
                if not reply:
                    # Entries that are not wanted yet make no haste.
                    self.changed.wait(0.05)
                elif reply["term"] > self.disk.term:
                    self.step_down(reply["term"])
                elif self.role == "leader" and self.disk.term == term:
                    self.acked[peer] = max(self.acked[peer], sent)
                    self.answered[peer] = time.monotonic()
                    self.changed.notify_all()
                    if reply["match"] is None:
                        self.next[peer] = max(1, min(reply["hint"], before))
                    else:
                        self.match[peer] = max(self.match[peer], reply["match"])
                        self.next[peer] = self.match[peer] + 1
                        self.advance()

    def write(self, entry):
        with self.changed:
            if self.role != "leader":
                return self.elsewhere()
            term = self.disk.term
            self.disk.append([{"term": term, **entry}])
            index = len(self.disk.entries)
            self.advance()
            until = time.monotonic() + WRITE
            while self.applied < index:
                if self.disk.term != term or self.role != "leader" or time.monotonic() > until:
                    return 503, "not done yet\n", None
                self.changed.wait(0.1)
            if self.term_at(index) != term:
                return 503, "not done\n", None
            status, tag = self.results[index]
            return status, "precondition failed\n" if status == 412 else "", None, tag

    def elsewhere(self):
        return (307, "", self.leader) if self.leader else (503, "no leader\n", None)

    def read(self, key, local):
        with self.changed:
            if not local and self.role != "leader":
                return self.elsewhere()
            if not local and not self.confirmed():
                return 503, "it may be old\n", None
            if key in self.map:
                value, tag = self.map[key]
                return 200, value, None, tag
            return 404, "key not found\n", None

    def confirmed(self):
        """Waits until a majority has answered something that was sent after now, and what was committed is applied."""
        term, start = self.disk.term, time.monotonic()
        self.asked = start
        self.changed.notify_all()
        while self.role == "leader" and self.disk.term == term and time.monotonic() - start < WRITE:
            answered = 1 + sum(sent > start for sent in self.acked.values())
            if BUG == "lease-from-answer":
                answered = 1 + sum(time.monotonic() - came < LEASE for came in self.answered.values())
            # A new leader knows what is committed when an entry of its own term is.
            if answered >= MAJORITY and self.term_at(self.commit) == term and self.applied >= self.commit:
                return True
            self.changed.wait(0.1)
        return False

    def info(self):
        with self.changed:
            leader = self.leader if self.role != "candidate" else None
            return {
                "id": ME, "role": self.role, "term": self.disk.term, "leader": leader, "peers": sorted(PEERS),
            }


def call(peer, path, message, timeout=CALL):
    host, port = PEERS[peer].split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=timeout)
    try:
        connection.request("POST", path, json.dumps(message).encode())
        return json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, text, leader=None, tag=None):
        body = text.encode()
        self.send_response(status)
        if tag and BUG != "no-etags":
            self.send_header("ETag", tag)
        if leader:
            self.send_header("Location", f"http://{PEERS[leader]}{self.path}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def handle_any(self):
        path, _, query = self.path.partition("?")
        if path.startswith("/raft/"):
            message = json.loads(self.body())
            if path == "/raft/append":
                return self.answer(200, json.dumps(node.on_append(message)))
            return self.answer(200, json.dumps(node.on_vote(message, path == "/raft/vote")))
        body = self.body()
        if path == "/cluster/info":
            return self.answer(200, json.dumps(node.info()))
        if path == "/clear":
            if self.command != "DELETE":
                return self.answer(405, "method not allowed\n")
            return self.answer(*node.write({"op": "clear"}))
        if not path.startswith("/kv/"):
            return self.answer(404, "not found\n")
        if self.command not in ("GET", "PUT", "DELETE"):
            return self.answer(405, "method not allowed\n")
        key = urllib.parse.unquote(path[len("/kv/"):])
        if not key:
            return self.answer(400, "key cannot be empty\n")
        if not re.fullmatch(r"[A-Za-z0-9:_.-]{1,200}", key):
            return self.answer(400, "invalid key\n")
        if self.command == "GET":
            return self.answer(*node.read(key, query == "read=local"))
        entry = {"op": "delete", "key": key}
        for field, header in (("match", "If-Match"), ("missing", "If-None-Match"), ("name", "Idempotency-Key")):
            if header in self.headers:
                entry[field] = self.headers[header]
        if self.command == "PUT":
            if not body:
                return self.answer(400, "value cannot be empty\n")
            entry.update(op="put", value=body.decode())
        return self.answer(*node.write(entry))

    do_GET = do_PUT = do_DELETE = do_POST = do_PATCH = handle_any


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


node = Node(Disk(args.working_dir))
if PEERS:
    threading.Thread(target=node.tick, daemon=True).start()
    for name in PEERS:
        threading.Thread(target=node.replicate, args=(name,), daemon=True).start()
else:
    # A cluster of one leads from the start, and everything in its log is committed.
    with node.changed:
        node.disk.keep(node.disk.term + 1, ME)
        node.lead()
Server(("127.0.0.1", args.port), Handler).serve_forever()
