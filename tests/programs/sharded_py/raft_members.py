#!/usr/bin/env python3
"""A correct store for all stages of kv-store, up to members that come and go. It shares little with the reference.

One asyncio loop and no lock; HTTP by hand, with connections that stay open between nodes. Everything on the disk and
between nodes is a *record*: a line of JSON, then as many bytes of a value as the line says.

What differs from the reference:
  * Members change by joint consensus: an entry with the old and the new members, which need a majority of both, then one
    with the new members alone. Whoever leads writes the second one.
  * The log is in segments, files of some MiB. An entry says its number, so one that is written later takes the place of
    an earlier one and of all that followed it; the tail of a file is never cut. A segment goes when a snapshot covers it.
  * A snapshot travels in pieces, each in its own call, beside heartbeats that have a connection of their own.
  * With STORE=sqlite the applied state, with the number of the last applied entry, is an SQLite database instead of a
    dictionary with a snapshot file. The log and what travels are the same.

Kills are survived, power cuts are not: term, vote and snapshots are synced, entries of the log only leave the process.

BUG=name makes it wrong in one way; see BUGS.
"""
import argparse
import asyncio
import glob
import json
import os
import random
import re
import sqlite3
import sys
import tempfile
import time
import traceback

BUGS = {
    "in-place": "the snapshot is written in place, without a rename",
    "etag-restarts": "the ETag is a counter that is not in the snapshot",
    "answers-left-out": "answers to requests with an Idempotency-Key are not in the snapshot",
    "merged-install": "a snapshot from another node does not delete the keys that it lacks",
    "old-files-stay": "each snapshot has a name of its own, and none is deleted",
    "majority-of-flags": "majorities are counted by --members",
    "counts-at-once": "a new member counts before it has caught up",
    "members-in-memory": "the members are not stored: a restart begins with --members",
    "removed-leads-on": "a leader that has removed itself leads on",
    "given-up-blocks": "an addition that was given up is under way for ever",
    "stops-the-world": "the store stands still for 3 s while a snapshot is taken",
    "outsiders-stand": "nodes that are no members stand for election",
}
BUG = os.environ.get("BUG", "")

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--working-dir", required=True)
parser.add_argument("--id", default="n1")
parser.add_argument("--peers", default="")
parser.add_argument("--members", default="")
# Of sharded_store alone: this node's group, and who is in which.
parser.add_argument("--group", default="")
parser.add_argument("--groups", default="")
args = parser.parse_args()

ME = args.id
PEERS = dict(peer.split("=", 1) for peer in args.peers.split(",") if peer)
FIRST_MEMBERS = sorted(args.members.split(",") if args.members else [ME, *PEERS])

# Seconds. PATIENCE is a random multiple of ELECTION from 1 to 2.
HEARTBEAT, ELECTION, CALL, QUORUM, WRITE = 0.1, 0.5, 0.4, 1.0, 1.8
CATCH_UP, CHANGE = 10.0, 11.3
# Bytes. A call carries about one PIECE, so that one over a slow link ends in time; SLOW is the slowest in a second.
PIECE, SLOW = 256 << 10, 400_000
SEGMENT, LONGEST_LOG, TAIL = 2 << 20, 8 << 20, 4 << 20


def say(text):
    print(f"{ME}: {text}", flush=True)


def sync(file):
    file.flush()
    os.fsync(file.fileno())


# Records.


def record(head, value=None):
    if value is None:
        return json.dumps(head).encode() + b"\n"
    return json.dumps({**head, "n": len(value)}).encode() + b"\n" + value + b"\n"


def records(data, at=0):
    """The head and the value of each whole record, and where it ends. A kill may have cut the last one short."""
    while True:
        line = data.find(b"\n", at) + 1
        if not line:
            return
        head, value, at = json.loads(data[at:line]), None, line
        if "n" in head:
            at = line + head.pop("n") + 1
            if at > len(data):
                return
            value = data[line:at - 1]
        yield head, value, at


class Entry:
    """A record of the log: its number, its term, and what happens."""

    __slots__ = "index", "term", "head", "value"

    def __init__(self, head, value):
        self.index, self.term, self.head, self.value = head["i"], head["t"], head, value

    def raw(self):
        return record(self.head, self.value)

    def size(self):
        return 100 + len(self.value or b"")


class Vote:
    """The term, and whom this node voted for in it."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "vote")
        self.term, self.vote = 0, None
        if os.path.exists(self.path):
            with open(self.path) as file:
                self.term, self.vote = json.load(file)

    def keep(self, term, vote):
        self.term, self.vote = term, vote
        with open(self.path + ".new", "w") as file:
            json.dump([term, vote], file)
            sync(file)
        os.replace(self.path + ".new", self.path)


class Log:
    """The entries after `base`, in memory and in segments. The segments may begin elsewhere, but not after the state."""

    def __init__(self, folder, state):
        self.folder, self.entries = folder, []
        # Of each segment: its path, the highest number that was ever in it, and its size.
        self.segments, self.file, self.number = [], None, 0
        for path in sorted(glob.glob(os.path.join(folder, "log-*"))):
            self.read_segment(path)
        self.base, self.base_term = state.index, state.term
        if self.entries and not self.goes_on_from(state):
            self.reset(state.index, state.term)
        elif self.entries and self.entries[0].index <= state.index:
            first = self.entries.pop(0)
            self.base, self.base_term = first.index, first.term

    def read_segment(self, path):
        with open(path, "rb") as file:
            data = file.read()
        good = highest = 0
        for head, value, good in records(data):
            entry = Entry(head, value)
            if self.entries:
                assert self.entries[0].index <= entry.index <= self.entries[-1].index + 1, "entries are missing"
                del self.entries[entry.index - self.entries[0].index:]
            self.entries.append(entry)
            highest = max(highest, entry.index)
        if good < len(data):
            os.truncate(path, good)
        self.segments.append([path, highest, good])
        self.number = int(path.rsplit("-", 1)[1])

    def goes_on_from(self, state):
        """False after a kill between storing another node's snapshot and dropping the log that it replaced."""
        first = self.entries[0].index
        assert first <= state.index + 1, "entries are missing after the snapshot"
        if first == state.index + 1:
            return True
        place = state.index - first
        return place < len(self.entries) and self.entries[place].term == state.term

    def last(self):
        return self.base + len(self.entries)

    def last_term(self):
        return self.entries[-1].term if self.entries else self.base_term

    def term_at(self, index):
        return self.base_term if index == self.base else self.entries[index - self.base - 1].term

    def after(self, index, size):
        """At least one entry after `index`, and no more once `size` is reached."""
        batch = []
        for at in range(index - self.base, len(self.entries)):
            batch.append(self.entries[at])
            size -= self.entries[at].size()
            if size <= 0:
                break
        return batch

    def append(self, entries):
        """Entries that follow one another; those that stood at their numbers go, and all that came after them."""
        del self.entries[entries[0].index - self.base - 1:]
        self.entries.extend(entries)
        if self.file is None:
            self.number += 1
            path = os.path.join(self.folder, f"log-{self.number:010}")
            self.segments.append([path, 0, 0])
            self.file = open(path, "ab")
        raw = b"".join(entry.raw() for entry in entries)
        self.file.write(raw)
        self.file.flush()
        segment = self.segments[-1]
        segment[1] = max(segment[1], entries[-1].index)
        segment[2] += len(raw)
        if segment[2] > SEGMENT:
            self.roll()

    def roll(self):
        """The next entry begins a new segment."""
        if self.file:
            self.file.close()
        self.file = None

    def size(self):
        return sum(size for _, _, size in self.segments)

    def forget(self, index, keep):
        """Drops from the disk what a snapshot of `index` covers, and from memory all of it that nobody will ask for."""
        while self.segments and self.segments[0][1] <= index and not (len(self.segments) == 1 and self.file):
            os.remove(self.segments.pop(0)[0])
        size, first = 0, len(self.entries)
        while first > 0 and size < TAIL:
            first -= 1
            size += self.entries[first].size()
        base = min(self.base + first, index, keep)
        if base > self.base:
            base_term = self.term_at(base)
            del self.entries[:base - self.base]
            self.base, self.base_term = base, base_term

    def reset(self, index, term):
        """Nothing of it is left. From the newest to the oldest: a kill must not leave what seems to follow `index`."""
        self.roll()
        while self.segments:
            os.remove(self.segments.pop()[0])
        self.entries, self.base, self.base_term = [], index, term


# What the log has led to.


class State:
    """What entries do. The number and term of the last one, and the members that it knows, belong to the state."""

    def start(self):
        self.index, self.term, self.counter = 0, 0, 0
        self.members, self.members_index = {"old": FIRST_MEMBERS, "new": None}, 0

    def position(self):
        return {
            "version": 1, "index": self.index, "term": self.term,
            "members": self.members, "members_index": self.members_index,
        }

    def set_position(self, head):
        assert head["version"] == 1, "a snapshot of another version"
        self.index, self.term = head["index"], head["term"]
        self.members, self.members_index = head["members"], head["members_index"]
        if BUG == "members-in-memory":
            self.members, self.members_index = {"old": FIRST_MEMBERS, "new": None}, 0

    def apply(self, entry):
        """The status and the ETag that the request is answered with."""
        assert entry.index == self.index + 1
        self.index, self.term, self.counter = entry.index, entry.term, self.counter + 1
        if entry.head["op"] == "members":
            self.members, self.members_index = entry.head["members"], entry.index
        name = entry.head.get("name")
        result = name and self.answered(name)
        if not result:
            result = self.happen(entry)
            if name:
                self.remember(name, result)
        return result

    def flush(self):
        """Called after some entries."""

    def happen(self, entry):
        op, key = entry.head["op"], entry.head.get("key")
        if "match" in entry.head or "missing" in entry.head:
            now = self.get(key)
            if "missing" in entry.head and now or "match" in entry.head and (not now or now[1] != entry.head["match"]):
                return 412, None
        if op == "put":
            tag = f'"e{self.counter if BUG == "etag-restarts" else entry.index}"'
            self.put(key, entry.value, tag)
            return 200, tag
        if op == "delete":
            self.delete(key)
        elif op == "clear":
            self.clear()
        return 200, None


def write_snapshot(file, position, values, answers):
    """A record of the position, one for each key, one for each answer, and one that tells how many there were."""
    file.write(record(position))
    count = 0
    for key, value, tag in values:
        file.write(record({"key": key, "tag": tag}, value))
        count += 1
    for name, status, tag in answers if BUG != "answers-left-out" else ():
        file.write(record({"name": name, "status": status, "tag": tag}))
        count += 1
    file.write(record({"end": count}))
    file.flush()


def read_snapshot(path):
    """The position, the values and the answers in a whole snapshot."""
    with open(path, "rb") as file:
        data = file.read()
    position, values, answers, end = None, {}, {}, None
    for head, value, _ in records(data):
        if position is None:
            position = head
        elif "end" in head:
            end = head["end"]
        elif "key" in head:
            values[head["key"]] = value, head["tag"]
        else:
            answers[head["name"]] = head["status"], head["tag"]
    assert end == len(values) + len(answers), "half a snapshot"
    return position, values, answers


class MemoryState(State):
    """Dictionaries, stored as a file."""

    def __init__(self, folder):
        self.start()
        self.folder, self.path = folder, os.path.join(folder, "snapshot")
        self.map, self.answers, self.size = {}, {}, 0
        if BUG == "old-files-stay":
            stored = sorted(glob.glob(self.path + "-*"))
            self.path = stored[-1] if stored else self.path
        if os.path.exists(self.path):
            self.read(self.path)

    def read(self, path):
        position, self.map, self.answers = read_snapshot(path)
        self.size = os.path.getsize(path)
        self.set_position(position)

    def get(self, key):
        return self.map.get(key)

    def put(self, key, value, tag):
        self.map[key] = value, tag

    def delete(self, key):
        self.map.pop(key, None)

    def clear(self):
        self.map.clear()

    def answered(self, name):
        return self.answers.get(name)

    def remember(self, name, result):
        self.answers[name] = result

    async def store(self):
        """Writes a snapshot of now, while entries go on being applied. Returns what it covers."""
        position = self.position()
        # Values are never changed, so a copy of the dictionaries is a copy of everything.
        values, answers = list(self.map.items()), list(self.answers.items())
        if BUG == "stops-the-world":
            time.sleep(3)
        await asyncio.get_running_loop().run_in_executor(None, self.write, position, values, answers)
        return position["index"]

    def write(self, position, values, answers):
        path = self.path if BUG == "in-place" else self.path + ".new"
        if BUG == "old-files-stay":
            path = self.path = os.path.join(self.folder, f"snapshot-{position['index']:012}")
        with open(path, "wb") as file:
            keys = ((key, value, tag) for key, (value, tag) in values)
            write_snapshot(file, position, keys, ((name, *answer) for name, answer in answers))
            sync(file)
            self.size = file.tell()
        if path.endswith(".new"):
            os.replace(path, self.path)

    async def lend(self):
        """A file with a snapshot that stays as it is, and the number and term of what it covers."""
        file = open(self.path, "rb")
        position = json.loads(file.readline())
        return file, position["index"], position["term"]

    def install(self, path):
        before = self.map
        self.read(path)
        if BUG == "merged-install":
            self.map = {**before, **self.map}
        os.replace(path, self.path)


class SqliteState(State):
    """A database that is as far as the entry whose number is in it: what is applied and not committed is applied again."""

    size = 0

    def __init__(self, folder):
        self.start()
        self.folder, self.path = folder, os.path.join(folder, "state.db")
        self.db = self.connect()
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute("PRAGMA journal_size_limit = 4000000")
        for table in "kv(key PRIMARY KEY, value, tag)", "answers(name PRIMARY KEY, status, tag)", "position(head)":
            self.db.execute(f"CREATE TABLE IF NOT EXISTS {table}")
        stored = self.db.execute("SELECT head FROM position").fetchone()
        if stored:
            self.set_position(json.loads(stored[0]))

    def connect(self):
        db = sqlite3.connect(self.path, isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        return db

    def change(self, *statement):
        if not self.db.in_transaction:
            self.db.execute("BEGIN")
        self.db.execute(*statement)

    def get(self, key):
        return self.db.execute("SELECT value, tag FROM kv WHERE key = ?", (key,)).fetchone()

    def put(self, key, value, tag):
        self.change("REPLACE INTO kv VALUES (?, ?, ?)", (key, value, tag))

    def delete(self, key):
        self.change("DELETE FROM kv WHERE key = ?", (key,))

    def clear(self):
        self.change("DELETE FROM kv")

    def answered(self, name):
        return self.db.execute("SELECT status, tag FROM answers WHERE name = ?", (name,)).fetchone()

    def remember(self, name, result):
        self.change("REPLACE INTO answers VALUES (?, ?, ?)", (name, *result))

    def flush(self):
        self.change("DELETE FROM position")
        self.change("INSERT INTO position VALUES (?)", (json.dumps(self.position()),))
        self.db.execute("COMMIT")

    async def store(self):
        """It is stored already."""
        if BUG == "stops-the-world":
            time.sleep(3)
        return self.index

    async def lend(self):
        return await asyncio.get_running_loop().run_in_executor(None, self.export)

    def export(self):
        """A copy in a file without a name, so that nothing of it outlives this process."""
        file, db = tempfile.TemporaryFile(dir=self.folder), self.connect()
        db.execute("BEGIN")
        position = json.loads(db.execute("SELECT head FROM position").fetchone()[0])
        values = db.execute("SELECT key, value, tag FROM kv")
        write_snapshot(file, position, values, db.execute("SELECT name, status, tag FROM answers"))
        db.close()
        return file, position["index"], position["term"]

    def install(self, path):
        position, values, answers = read_snapshot(path)
        if BUG != "merged-install":
            self.clear()
        self.change("DELETE FROM answers")
        for key, (value, tag) in values.items():
            self.put(key, value, tag)
        for name, result in answers.items():
            self.remember(name, result)
        self.set_position(position)
        self.flush()
        os.remove(path)


# Between nodes.


class Bell:
    """Wakes all that wait for it. Nothing runs between a look at the state and the wait that follows it."""

    def __init__(self):
        self.waiting = set()

    def ring(self):
        for future in self.waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, seconds):
        future = asyncio.get_running_loop().create_future()
        timer = asyncio.get_running_loop().call_later(seconds, lambda: future.done() or future.set_result(None))
        self.waiting.add(future)
        try:
            await future
        finally:
            timer.cancel()
            self.waiting.discard(future)


class Line:
    """A connection to a peer that stays open until a call fails."""

    def __init__(self, peer):
        self.peer, self.reader, self.writer = peer, None, None

    async def call(self, path, message, data=b"", timeout=CALL):
        """The answer, or None."""
        try:
            return await asyncio.wait_for(self.exchange(path, record(message) + data), timeout)
        except (OSError, EOFError, ValueError, asyncio.TimeoutError, asyncio.LimitOverrunError):
            self.close()
            return None

    async def exchange(self, path, body):
        used = self.writer is not None
        try:
            return await self.try_exchange(path, body)
        except (OSError, EOFError):
            self.close()
            if not used:
                raise
            # The peer was restarted since the last call. All calls can be repeated.
            return await self.try_exchange(path, body)

    async def try_exchange(self, path, body):
        if self.writer is None:
            host, port = PEERS[self.peer].split(":")
            self.reader, self.writer = await asyncio.open_connection(host, int(port))
        self.writer.write(f"POST {path} HTTP/1.1\r\nHost: {self.peer}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await self.writer.drain()
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: *(\d+)", head).group(1))
        return json.loads(await self.reader.readexactly(length))

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None


async def call_once(peer, path, message):
    line = Line(peer)
    reply = await line.call(path, message)
    line.close()
    return reply


class Transfer:
    """A snapshot on its way to a peer. Its number tells its pieces from those of another."""

    def __init__(self, number, lent):
        self.number, self.at = number, 0
        self.file, self.index, self.term = lent
        self.size = os.fstat(self.file.fileno()).st_size


def groups(members):
    """The sets that each need a majority."""
    if BUG == "majority-of-flags":
        return [set(FIRST_MEMBERS)]
    return [set(group) for group in (members["old"], members["new"]) if group is not None]


def is_majority(members, nodes):
    return all(2 * len(group & nodes) > len(group) for group in groups(members))


class Node:
    """Raft. All of it runs on one loop, so whatever has no `await` in it happens at once."""

    states = {"memory": MemoryState, "sqlite": SqliteState}

    def __init__(self, folder):
        self.folder = folder
        self.state = self.states[os.environ.get("STORE", "memory")](folder)
        self.log, self.vote = Log(folder, self.state), Vote(folder)
        self.role, self.leader = "follower", None
        self.commit = self.state.index
        # The members by each entry that sets them, from the newest that is applied on.
        self.configurations = []
        self.configure()
        # When a leader was heard, and when this node's patience began: with its own campaigns, and its votes, too.
        self.heard, self.waits_since = time.monotonic() - 10, time.monotonic()
        self.rest()
        # Writes that wait for an entry to be applied; what readers wait for; and what tells of news for each peer.
        self.waiting, self.changed, self.bells = {}, Bell(), {peer: Bell() for peer in PEERS}
        self.next, self.match, self.acked, self.asked = {}, {}, {}, 0.0
        # A change of the members that is under way; who catches up for it; who left and may not know it yet.
        self.change, self.learner, self.leaving = None, None, {}
        self.compacting, self.transfers, self.transfer_number, self.incoming = False, {}, 0, None

    @property
    def term(self):
        return self.vote.term

    def rest(self):
        self.patience = ELECTION * random.uniform(1, 2)

    # Members.

    def configure(self):
        """Reads the members from the state and from the entries that it lacks."""
        self.configurations = [(self.state.members_index, self.state.members)]
        if BUG != "members-in-memory":
            self.note_members(self.log.entries)

    def note_members(self, entries):
        for entry in entries:
            while self.configurations[-1][0] >= entry.index > self.state.index:
                self.configurations.pop()
            if entry.head["op"] == "members" and entry.index > self.state.index:
                self.configurations.append((entry.index, entry.head["members"]))

    @property
    def members(self):
        """They count from the moment they are in the log, committed or not."""
        return self.configurations[-1][1]

    def everyone(self):
        return set(self.members["old"]) | set(self.members["new"] or ())

    def targets(self):
        now = time.monotonic()
        return (self.everyone() | {self.learner} | {peer for peer, until in self.leaving.items() if now < until}) - {ME}

    def settled(self):
        """No change is in the log that is not committed to its end."""
        index, members = self.configurations[-1]
        return members["new"] is None and index <= self.commit

    # The log.

    def append(self, entries):
        self.log.append(entries)
        self.note_members(entries)

    def propose(self, head, value=None):
        entry = Entry({"i": self.log.last() + 1, "t": self.term, **head}, value)
        self.append([entry])
        for bell in self.bells.values():
            bell.ring()
        return entry

    def advance(self):
        """Commits what majorities have, if it ends with an entry of this term. A leader that leaves does not count."""
        have = {**self.match, ME: self.log.last()}
        index = min(sorted((have[node] for node in group), reverse=True)[len(group) // 2] for group in groups(self.members))
        if index > self.commit and self.log.term_at(index) == self.term:
            self.commit = index
            self.apply()
            self.go_on_with_change()

    def go_on_with_change(self):
        index, members = self.configurations[-1]
        if index > self.commit:
            return
        if members["new"] is not None:
            for peer in set(members["old"]) - set(members["new"]) - {ME}:
                self.leaving[peer] = time.monotonic() + 3
            self.propose({"op": "members", "members": {"old": members["new"], "new": None}})
            say(f"members will be {members['new']}")
            self.advance()
        elif ME not in members["old"] and BUG != "removed-leads-on":
            heir = max(members["old"], key=lambda peer: self.match[peer])
            say(f"has left; {heir} may lead")
            self.step_down(self.term)
            spawn(call_once(heir, "/raft/stand", {"from": ME, "term": self.term}))

    def apply(self):
        for entry in self.log.entries[self.state.index - self.log.base:self.commit - self.log.base]:
            result = self.state.apply(entry)
            waiter = self.waiting.pop(entry.index, None)
            if waiter and not waiter[1].done():
                waiter[1].set_result(result if waiter[0] == entry.term else None)
        self.state.flush()
        while len(self.configurations) > 1 and self.configurations[1][0] <= self.commit:
            del self.configurations[0]
        self.changed.ring()
        if self.log.size() > max(LONGEST_LOG, self.state.size) and not self.compacting:
            self.compacting = True
            spawn(self.compact())

    async def compact(self):
        self.log.roll()
        began = time.monotonic()
        covered = await self.state.store()
        for peer in [peer for peer in self.transfers if time.monotonic() - self.acked[peer] > CATCH_UP]:
            self.transfers.pop(peer).file.close()
        # Whoever gets an older snapshot at this moment needs what comes after it.
        self.log.forget(covered, min([covered, *(transfer.index for transfer in self.transfers.values())]))
        self.compacting = False
        say(f"snapshot of {covered} entries in {time.monotonic() - began:.2f} s")

    # Elections.

    def step_down(self, term):
        if term > self.term:
            self.vote.keep(term, None)
        if self.role == "leader":
            say(f"no longer leader, term {self.term}")
        self.role, self.leader = "follower", None
        for _, future in self.waiting.values():
            if not future.done():
                future.set_result(None)
        self.waiting.clear()
        self.changed.ring()

    def lead(self):
        self.role, self.leader = "leader", ME
        say(f"leader of term {self.term}, members {self.members}")
        self.change, self.learner, self.leaving, self.transfers = None, None, {}, {}
        for peer in PEERS:
            self.next[peer], self.match[peer], self.acked[peer] = self.log.last() + 1, 0, time.monotonic()
        self.propose({"op": "nothing"})
        self.advance()

    def hears_leader(self):
        return self.role == "leader" or time.monotonic() - self.heard < ELECTION

    def on_vote(self, message):
        up_to_date = (message["last_term"], message["last"]) >= (self.log.last_term(), self.log.last())
        newer = message["term"] > self.term
        # A node that nobody told that it was removed must not depose anyone.
        if newer and self.hears_leader() and not message["handed"]:
            return {"term": self.term, "granted": False}
        if not message["real"]:
            return {"term": self.term, "granted": up_to_date and newer}
        if newer:
            self.step_down(message["term"])
        granted = message["term"] == self.term and up_to_date and self.vote.vote in (None, message["from"])
        if granted:
            self.vote.keep(self.term, message["from"])
            self.waits_since = time.monotonic()
        return {"term": self.term, "granted": granted}

    def on_stand(self, message):
        if message["term"] == self.term and self.role == "follower":
            spawn(self.stand(True))
        return {"term": self.term}

    async def tick(self):
        while True:
            await asyncio.sleep(0.03)
            now = time.monotonic()
            if self.role == "leader":
                fresh = {peer for peer, acked in self.acked.items() if now - acked < QUORUM}
                if not is_majority(self.members, fresh | {ME}):
                    say("heard from no majority")
                    self.step_down(self.term)
                    self.waits_since = now
                continue
            if now - self.heard > 1.5:
                self.leader = None
            if now - self.waits_since < self.patience or self.role == "candidate":
                continue
            self.waits_since = now
            self.rest()
            self.leader = None
            if ME in self.everyone() or BUG == "outsiders-stand":
                await self.campaign()

    async def campaign(self):
        term = self.term
        if await self.ballot(term + 1, False, False) and self.term == term and self.role == "follower":
            if not self.hears_leader():
                await self.stand(False)

    async def stand(self, handed):
        self.role, self.leader = "candidate", None
        self.vote.keep(self.term + 1, ME)
        term = self.term
        say(f"candidate in term {term}")
        won = await self.ballot(term, True, handed)
        if self.role == "candidate" and self.term == term:
            if won:
                self.lead()
            else:
                self.role = "follower"

    async def ballot(self, term, real, handed):
        message = {
            "from": ME, "term": term, "real": real, "handed": handed,
            "last_term": self.log.last_term(), "last": self.log.last(),
        }
        members, votes = self.members, {ME}

        async def ask(peer):
            reply = await call_once(peer, "/raft/vote", message)
            if reply and reply["term"] > self.term:
                self.step_down(reply["term"])
            elif reply and reply["granted"]:
                votes.add(peer)

        pending = {asyncio.ensure_future(ask(peer)) for peer in self.everyone() - {ME}}
        while pending and not is_majority(members, votes):
            _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        return is_majority(members, votes)

    # What a leader sends.

    def message(self, before):
        return {"from": ME, "term": self.term, "before": before, "before_term": self.log.term_at(before), "commit": self.commit}

    async def heartbeat(self, peer):
        """Beside all that is large, and on a connection of its own."""
        line = Line(peer)
        while True:
            if self.role != "leader" or peer not in self.targets():
                await self.bells[peer].wait(1)
                continue
            term, sent = self.term, time.monotonic()
            # What the peer is known to have is no reason to refuse. Of what is gone, nothing is claimed.
            known = self.match[peer] >= self.log.base
            message = self.message(self.match[peer]) if known else {**self.message(self.log.base), "before": 0}
            self.heed(peer, term, sent, await line.call("/raft/append", message))
            while time.monotonic() < sent + HEARTBEAT and (self.asked < sent or peer not in self.targets()):
                await self.bells[peer].wait(sent + HEARTBEAT - time.monotonic())

    def heed(self, peer, term, sent, reply):
        """Whether the answer is one to the leader that this node still is."""
        if not reply:
            return False
        if reply["term"] > self.term:
            self.step_down(reply["term"])
        if self.role != "leader" or self.term != term:
            return False
        self.acked[peer] = max(self.acked[peer], sent)
        self.changed.ring()
        return True

    async def replicate(self, peer):
        line, limit = Line(peer), PIECE
        while True:
            alive = self.role == "leader" and peer in self.targets() and time.monotonic() - self.acked[peer] < QUORUM
            if not alive or self.next[peer] > self.log.last():
                await self.bells[peer].wait(0.1 if self.role == "leader" else 1)
                continue
            if self.next[peer] <= self.log.base:
                if not await self.send_piece(line, peer):
                    await asyncio.sleep(0.1)
                continue
            before, term, sent = self.next[peer] - 1, self.term, time.monotonic()
            entries = self.log.after(before, limit)
            data = b"".join(entry.raw() for entry in entries)
            reply = await line.call("/raft/append", self.message(before), data, CALL + len(data) / SLOW)
            if not self.heed(peer, term, sent, reply):
                limit = max(PIECE // 8, limit // 2)
                await asyncio.sleep(0.05)
            elif reply["match"] is None:
                self.next[peer] = max(1, min(reply["hint"], before))
            else:
                limit = min(PIECE, limit * 2)
                self.has(peer, reply["match"])

    def has(self, peer, index):
        self.match[peer] = max(self.match[peer], index)
        self.next[peer] = self.match[peer] + 1
        self.advance()

    async def send_piece(self, line, peer):
        term, transfer = self.term, self.transfers.get(peer)
        if not transfer or transfer.index < self.log.base:
            lent = await self.state.lend()
            if self.role != "leader" or self.term != term:
                return False
            self.transfer_number += 1
            transfer = self.transfers[peer] = Transfer([term, self.transfer_number], lent)
            say(f"sends {peer} a snapshot of {transfer.index} entries, {transfer.size} bytes")
        piece = os.pread(transfer.file.fileno(), PIECE, transfer.at)
        message = {
            "from": ME, "term": term, "number": transfer.number, "at": transfer.at,
            "size": transfer.size, "index": transfer.index, "last_term": transfer.term,
        }
        sent = time.monotonic()
        reply = await line.call("/raft/snapshot", message, piece, CALL + len(piece) / SLOW)
        if not self.heed(peer, term, sent, reply):
            return False
        if "match" in reply:
            self.transfers.pop(peer, transfer).file.close()
            self.has(peer, reply["match"])
            return True
        moved, transfer.at = reply["have"] != transfer.at, reply["have"]
        return moved

    # What a follower does with it.

    def follow(self, message):
        """False if it comes from a leader of an earlier term."""
        if message["term"] < self.term:
            return False
        if message["term"] > self.term or self.role != "follower":
            self.step_down(message["term"])
        self.leader = message["from"]
        self.heard = self.waits_since = time.monotonic()
        return True

    def on_append(self, message, data):
        if not self.follow(message):
            return {"term": self.term, "match": None, "hint": 0}
        before, log = message["before"], self.log
        # All leaders have what is committed. The rest is compared.
        if before > self.commit and (before > log.last() or log.term_at(before) != message["before_term"]):
            hint = min(before, log.last() + 1)
            while hint - 1 > self.commit and before <= log.last() and log.term_at(hint - 1) == log.term_at(before):
                hint -= 1
            return {"term": self.term, "match": None, "hint": hint}
        entries = [Entry(head, value) for head, value, _ in records(data)]
        for at, entry in enumerate(entries):
            if entry.index > self.commit and (entry.index > log.last() or log.term_at(entry.index) != entry.term):
                self.append(entries[at:])
                break
        match = before + len(entries)
        if min(message["commit"], match) > self.commit:
            self.commit = min(message["commit"], match)
            self.apply()
        return {"term": self.term, "match": match}

    def on_snapshot(self, message, piece):
        if not self.follow(message):
            return {"term": self.term, "have": 0}
        if message["index"] <= self.commit:
            return {"term": self.term, "match": message["index"]}
        path = os.path.join(self.folder, "incoming.new")
        if self.incoming is None or self.incoming[0] < message["number"]:
            self.incoming = [message["number"], 0]
            open(path, "wb").close()
        number, have = self.incoming
        if number != message["number"] or have != message["at"]:
            return {"term": self.term, "have": have if number == message["number"] else 0}
        last = have + len(piece) == message["size"]
        if last and self.compacting:
            # An older snapshot is being written, and must not replace this one.
            return {"term": self.term, "have": have}
        with open(path, "ab") as file:
            file.write(piece)
            if last:
                sync(file)
        self.incoming[1] += len(piece)
        if not last:
            return {"term": self.term, "have": self.incoming[1]}
        self.incoming = None
        self.install(path, message["index"], message["last_term"])
        return {"term": self.term, "match": message["index"]}

    def install(self, path, index, term):
        self.state.install(path)
        if index <= self.log.last() and self.log.term_at(index) == term:
            self.log.forget(index, index)
        else:
            self.log.reset(index, term)
        self.commit = index
        self.configure()
        say(f"got a snapshot of {index} entries, members {self.members}")
        self.changed.ring()

    # What clients ask.

    def elsewhere(self):
        return (307, "", self.leader) if self.leader else (503, "no leader\n")

    async def submit(self, head, value=None, seconds=WRITE):
        """What an entry has led to, or None if that is not known in time, or if this node does not lead."""
        if self.role != "leader":
            return None
        entry, future = self.propose(head, value), asyncio.get_running_loop().create_future()
        self.waiting[entry.index] = entry.term, future
        self.advance()
        try:
            return await asyncio.wait_for(future, seconds)
        except asyncio.TimeoutError:
            return None

    async def write(self, head, value=None):
        if self.role != "leader":
            return self.elsewhere()
        result = await self.submit(head, value)
        if not result:
            return 503, "not done yet\n"
        status, tag = result
        return status, "precondition failed\n" if status == 412 else "", None, tag

    async def read(self, key, local):
        if not local and self.role != "leader":
            return self.elsewhere()
        if not local and not await self.confirmed():
            return 503, "it may be old\n"
        found = self.state.get(key)
        return (200, found[0], None, found[1]) if found else (404, "key not found\n")

    async def confirmed(self):
        """Waits until a majority has answered what was sent after now, and an entry of this term is committed."""
        term, start = self.term, time.monotonic()
        self.asked = start
        for bell in self.bells.values():
            bell.ring()
        while self.role == "leader" and self.term == term and time.monotonic() - start < WRITE:
            answered = {peer for peer, sent in self.acked.items() if sent > start}
            if is_majority(self.members, answered | {ME}) and self.log.term_at(self.commit) == term:
                return True
            await self.changed.wait(0.1)
        return False

    async def change_members(self, peer, add):
        if peer != ME and peer not in PEERS:
            return 404, "not in the address book\n"
        if self.role != "leader":
            return self.elsewhere()
        start = time.monotonic()
        if not await self.confirmed():
            return 503, "it may be old\n"
        if self.change or not self.settled():
            return 409, "another change is under way\n"
        old = self.members["old"]
        if (peer in old) == add:
            return 200, ""
        if old == [peer]:
            return 409, "it is the last member\n"
        term, mine = self.term, object()
        self.change = mine
        try:
            if add and not await self.catches_up(peer, term, start + CATCH_UP) and BUG != "counts-at-once":
                if BUG == "given-up-blocks":
                    mine = None
                return 503, "it has not caught up\n"
            if self.role != "leader" or self.term != term:
                return 503, "no longer leader\n"
            new = sorted({*old, peer}) if add else sorted({*old} - {peer})
            self.propose({"op": "members", "members": {"old": old, "new": new}})
            say(f"members {old} become {new}")
            self.advance()
            return await self.changes_to(new, term, start + CHANGE)
        finally:
            if self.change is mine:
                self.change = self.learner = None

    async def catches_up(self, peer, term, until):
        """Sends it what is there, then what came meanwhile, until that is little."""
        self.learner, start = peer, time.monotonic()
        goal = self.log.last()
        self.bells[peer].ring()
        while self.role == "leader" and self.term == term and time.monotonic() < until and BUG != "counts-at-once":
            if self.match[peer] >= goal and self.acked[peer] > start:
                if time.monotonic() - start < ELECTION:
                    return True
                start, goal = time.monotonic(), self.log.last()
            await self.changed.wait(0.1)
        return False

    async def changes_to(self, new, term, until):
        while time.monotonic() < until:
            if self.settled() and self.members["old"] == new:
                return 200, ""
            if self.role != "leader" or self.term != term:
                break
            await self.changed.wait(0.1)
        return 503, "not done yet\n"

    def info(self):
        return {
            "id": ME, "role": self.role, "term": self.term, "leader": self.leader,
            "peers": sorted(self.everyone() - {ME}),
        }


# HTTP.


def from_peer(path, body):
    try:
        message, _, end = next(records(body))
        known = message["from"] in PEERS
    except (StopIteration, ValueError, KeyError, TypeError):
        known = False
    if not known:
        # A node of another cluster may still call a port that was once a peer's.
        return 400, "not from a peer\n"
    if path == "/raft/append":
        reply = node.on_append(message, body[end:])
    elif path == "/raft/snapshot":
        reply = node.on_snapshot(message, body[end:])
    elif path == "/raft/stand":
        reply = node.on_stand(message)
    else:
        reply = node.on_vote(message)
    return 200, json.dumps(reply)


async def respond(method, target, headers, body):
    """The status and the body, and perhaps a leader to go to, and an ETag."""
    path, _, query = target.partition("?")
    if path.startswith("/raft/"):
        return from_peer(path, body)
    if path == "/cluster/info":
        return 200, json.dumps(node.info())
    if path == "/cluster/members":
        return (200, json.dumps({"members": sorted(node.everyone())})) if method == "GET" else (405, "method not allowed\n")
    if path.startswith("/cluster/members/"):
        if method not in ("PUT", "DELETE"):
            return 405, "method not allowed\n"
        return await node.change_members(path[len("/cluster/members/"):], method == "PUT")
    if path == "/clear":
        return await node.write({"op": "clear"}) if method == "DELETE" else (405, "method not allowed\n")
    if not path.startswith("/kv/"):
        return 404, "not found\n"
    if method not in ("GET", "PUT", "DELETE"):
        return 405, "method not allowed\n"
    key = path[len("/kv/"):]
    if not key:
        return 400, "key cannot be empty\n"
    if not re.fullmatch(r"[A-Za-z0-9:_.-]{1,200}", key):
        return 400, "invalid key\n"
    if method == "GET":
        return await node.read(key, query == "read=local")
    if method == "PUT" and not body:
        return 400, "value cannot be empty\n"
    head = {"op": method.lower(), "key": key}
    for field, header in (("match", "if-match"), ("missing", "if-none-match"), ("name", "idempotency-key")):
        if header in headers:
            head[field] = headers[header]
    return await node.write(head, body if method == "PUT" else None)


def answer(target, status, body, leader=None, tag=None):
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} {'OK' if status == 200 else 'Other'}", f"Content-Length: {len(body)}"]
    if tag:
        lines.append(f"ETag: {tag}")
    if leader:
        lines.append(f"Location: http://{PEERS[leader]}{target}")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def serve(reader, writer):
    try:
        while True:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, version = first.split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length") or 0))
            writer.write(answer(target, *await finish(handle(method, target, headers, body))))
            await writer.drain()
            if headers.get("connection", "").lower() == "close" or version == "HTTP/1.0":
                break
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


async def finish(work):
    """A node that has failed to do something, like writing to a full disk, must not go on as if it had."""
    try:
        return await work
    except Exception:
        traceback.print_exc()
        sys.stdout.flush()
        os._exit(1)


running = set()


def spawn(work):
    task = asyncio.ensure_future(finish(work))
    running.add(task)
    task.add_done_callback(running.discard)


async def main(make_node=Node, handler=respond):
    global node, handle
    assert not BUG or BUG in BUGS, f"BUG is one of {', '.join(BUGS)}"
    handle = handler
    os.makedirs(args.working_dir, exist_ok=True)
    for unfinished in glob.glob(os.path.join(args.working_dir, "*.new")):
        os.remove(unfinished)
    node = make_node(args.working_dir)
    if PEERS:
        spawn(node.tick())
        for peer in PEERS:
            spawn(node.heartbeat(peer))
            spawn(node.replicate(peer))
    else:
        # A cluster of one leads from the start, and everything in its log is committed.
        node.vote.keep(node.term + 1, ME)
        node.lead()
    server = await asyncio.start_server(serve, "127.0.0.1", args.port, backlog=256, limit=1 << 20)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
