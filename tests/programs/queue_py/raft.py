"""One node of a cluster: Raft with pre-vote. Nodes send each other lines that begin with `raft`, one way and without waiting
for an answer."""
import asyncio
import json
import os
import random
import time

from jobs import Queue
from world import BUG, ME, PEERS, clients, say

MAJORITY = (len(PEERS) + 1) // 2 + 1
HEARTBEAT, SILENCE, QUORUM = 0.1, 0.6, 1.5
# A message holds so many entries at most, each of which may be a long job.
BATCH = 200


class Log:
    """Term and vote in one small file; the entries in another, which only grows: a line cuts what came before it."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.meta = os.path.join(folder, "meta")
        self.term, self.vote, self.entries = 0, None, []
        if os.path.exists(self.meta):
            with open(self.meta) as file:
                self.term, self.vote = json.load(file)
        path = os.path.join(folder, "log")
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        whole = 0
        with open(path, "rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                self.take(json.loads(line))
        os.ftruncate(self.file, whole)

    def take(self, entry):
        if "cut" in entry:
            del self.entries[entry["cut"]:]
        else:
            self.entries.append(entry)

    def add(self, *entries):
        left = b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)
        while left:
            left = left[os.write(self.file, left):]
        for entry in entries:
            self.take(entry)

    def keep(self, term, vote):
        self.term, self.vote = term, vote
        if BUG == "term-not-kept":
            return
        with open(self.meta + ".new", "w") as file:
            json.dump([term, None if BUG == "vote-not-kept" else vote], file)
        os.replace(self.meta + ".new", self.meta)

    def last(self):
        return (self.term_at(len(self.entries)), len(self.entries))

    def term_at(self, index):
        return self.entries[index - 1]["term"] if index > 0 else 0


class Node:
    """This node's part in the cluster. Entries are counted from 1."""

    def __init__(self, log):
        self.log, self.role, self.leader, self.commit = log, "follower", None, 0
        # None until everything of earlier terms is known to be on a majority.
        self.queue, self.begins = None, 0
        self.heard = self.beat = time.monotonic()
        self.next, self.match, self.acked, self.votes = {}, {}, {}, set()
        self.links = {peer: Link(*address.split(":")) for peer, address in PEERS.items()}
        self.sends = False
        self.rest()

    def rest(self):
        self.stands = time.monotonic() + random.uniform(0.7, 1.4)

    def send(self, peer, kind, **message):
        self.links[peer].send({"from": ME, "kind": kind, "term": self.log.term, **message})

    def ask_all(self, kind, term):
        self.votes = {ME}
        last_term, last = self.log.last()
        for peer in PEERS:
            self.send(peer, kind, term=term, last_term=last_term, last=last)

    def follow(self, term, leader=None):
        if term > self.log.term:
            self.log.keep(term, None)
        if self.role == "leader":
            say(f"no longer leads in term {self.log.term}")
        self.role, self.leader = "follower", leader
        if self.queue:
            self.queue = None
            for client in list(clients):
                client.drop()
        for client in list(clients):
            client.pump()

    def tick(self):
        now = time.monotonic()
        if self.role == "leader":
            if 1 + sum(now - acked < QUORUM for acked in self.acked.values()) < MAJORITY:
                self.follow(self.log.term)
                self.rest()
            elif now - self.beat >= HEARTBEAT:
                self.replicate()
            return
        if now - self.heard > 2.0:
            self.leader = None
        if now >= self.stands:
            self.rest()
            self.role = "follower"
            if BUG == "vote-not-kept":
                # The question before an election would make up for it.
                self.stand()
            else:
                self.ask_all("would", self.log.term + 1)

    def stand(self):
        self.role, self.leader = "candidate", None
        self.log.keep(self.log.term + 1, ME)
        say(f"stands in term {self.log.term}")
        self.rest()
        self.ask_all("vote", self.log.term)

    def lead(self):
        say(f"leads in term {self.log.term}")
        self.role, self.leader, now = "leader", ME, time.monotonic()
        for peer in PEERS:
            self.next[peer], self.match[peer], self.acked[peer] = len(self.log.entries) + 1, 0, now
        self.begins = len(self.log.entries) + 1
        if BUG == "old-term-forgotten":
            self.begin()
        self.log.add({"term": self.log.term, "do": None})
        self.replicate()
        self.advance()

    def begin(self):
        known = self.log.entries[:self.commit]
        self.queue = Queue([entry["do"] for entry in known if entry["do"]])
        for client in list(clients):
            client.pump()

    def propose(self, record):
        self.log.add({"term": self.log.term, "do": record})
        if not PEERS:
            self.commit = len(self.log.entries)
        elif not self.sends:
            # What comes in one packet goes in one message.
            self.sends = True
            asyncio.get_running_loop().call_soon(self.replicate)

    def replicate(self):
        self.sends = False
        if self.role == "leader":
            self.beat = time.monotonic()
            for peer in PEERS:
                self.replicate_to(peer)

    def replicate_to(self, peer):
        before = self.next[peer] - 1
        entries = self.log.entries[before:before + BATCH]
        # They will have come when the next message does; if not, that is refused.
        self.next[peer] += len(entries)
        self.send(peer, "append", before=before, before_term=self.log.term_at(before), entries=entries,
                  commit=self.commit, sent=time.monotonic())

    def advance(self):
        have = sorted([len(self.log.entries), *self.match.values()], reverse=True)[MAJORITY - 1]
        if have > self.commit and self.log.term_at(have) == self.log.term:
            self.commit = have
            if self.queue is None and have >= self.begins:
                self.begin()
            for client in list(clients):
                client.flush()

    def hear(self, message):
        kind, peer, term = message["kind"], message["from"], message["term"]
        if kind == "would":
            silent = self.role != "leader" and time.monotonic() - self.heard > SILENCE
            granted = silent and term > self.log.term and self.is_up_to_date(message)
            self.send(peer, "would-vote", asked=term, granted=granted)
            return
        if term > self.log.term:
            self.follow(term)
        getattr(self, "on_" + kind.replace("-", "_"))(peer, term, message)

    def is_up_to_date(self, message):
        return (message["last_term"], message["last"]) >= self.log.last() or BUG == "any-log-gets-votes"

    def on_would_vote(self, peer, _, message):
        if message["granted"] and message["asked"] == self.log.term + 1 and self.role == "follower":
            self.votes.add(peer)
            if len(self.votes) >= MAJORITY:
                self.stand()

    def on_vote(self, peer, term, message):
        free = term == self.log.term and self.role == "follower" and self.log.vote in (None, peer)
        granted = free and self.is_up_to_date(message)
        if granted:
            self.log.keep(term, peer)
            self.rest()
        self.send(peer, "voted", granted=granted)

    def on_voted(self, peer, term, message):
        if message["granted"] and term == self.log.term and self.role == "candidate":
            self.votes.add(peer)
            if len(self.votes) >= MAJORITY:
                self.lead()

    def on_append(self, peer, term, message):
        if term < self.log.term:
            return self.send(peer, "appended", match=None, hint=1, sent=message["sent"])
        if self.role != "follower" or self.leader != peer:
            self.follow(term, peer)
        self.heard = time.monotonic()
        self.rest()
        before, entries = message["before"], message["entries"]
        if before > len(self.log.entries) or self.log.term_at(before) != message["before_term"]:
            hint = min(before, len(self.log.entries) + 1)
            return self.send(peer, "appended", match=None, hint=hint, sent=message["sent"])
        for at, entry in enumerate(entries):
            index = before + at + 1
            if index <= len(self.log.entries) and self.log.term_at(index) == entry["term"]:
                continue
            cut = [{"cut": index - 1}] if index <= len(self.log.entries) else []
            self.log.add(*cut, *entries[at:])
            break
        match = before + len(entries)
        self.commit = max(self.commit, min(message["commit"], match))
        self.send(peer, "appended", match=match, sent=message["sent"])

    def on_appended(self, peer, term, message):
        if term != self.log.term or self.role != "leader":
            return
        self.acked[peer] = max(self.acked[peer], message["sent"])
        if message["match"] is None:
            self.next[peer] = max(1, min(message["hint"], self.next[peer]))
            self.replicate_to(peer)
        else:
            self.match[peer] = max(self.match[peer], message["match"])
            self.next[peer] = max(self.next[peer], self.match[peer] + 1)
            self.advance()
            if self.next[peer] <= len(self.log.entries):
                self.replicate_to(peer)


class Link:
    """The way to another node. Of what is sent while it is being opened, the last message goes first."""

    def __init__(self, host, port):
        self.host, self.port, self.transport, self.opening, self.last = host, port, None, False, None

    def send(self, message):
        self.last = b"raft " + json.dumps(message).encode() + b"\r\n"
        if self.transport and not self.transport.is_closing():
            if self.transport.get_write_buffer_size() < 4_000_000:
                self.transport.write(self.last)
        elif not self.opening:
            self.opening = True
            asyncio.ensure_future(self.open())

    async def open(self):
        try:
            opened = asyncio.get_running_loop().create_connection(asyncio.Protocol, self.host, int(self.port))
            self.transport, _ = await asyncio.wait_for(opened, 1.0)
            self.transport.write(self.last)
        except (OSError, asyncio.TimeoutError):
            self.transport = None
        self.opening = False
