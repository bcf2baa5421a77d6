#!/usr/bin/env python3
"""The store of raft_members.py, split among groups (ring.py), with transactions within them and across (transactions.py).

Each group is a Raft cluster of its own. A node that is asked for a key of another group asks that group's leader
(gateway.py) and passes the answer on. Within its own group it redirects to the leader, as before.

With BUG=name it is wrong in one way; see BUGS, and those of raft_members.py.
"""
import asyncio
import json
import random
import time

import raft_members as raft
from gateway import Gateway
from ring import Ring, position
from transactions import (
    GAVE_WAY, KEY, Malformed, MemoryState, SqliteState, bytes_of, execute, keys_of, keys_read, keys_written, parse,
    text_of,
)

raft.BUGS.update({
    "seeded-hash": "the ring uses hash(), which differs from process to process",
    "stale-404": "a node answers a GET for a key of another group from what it has itself: 404",
    "resends": "a write that is passed on is sent again after a time-out",
    "mixed-terms": "info shows the leader of another group",
    "no-validation": "what a transaction read may change before it commits",
    "visible-early": "writes are visible at one place before the others have decided",
    "check-first": "checks are evaluated before the log orders the transaction",
    "append-twice": "the answers to transactions are remembered by the node that was asked only",
    "named-in-memory": "the answers to transactions are remembered by the leader, in memory only",
    "early-200": "200 before the decision",
    "lost-on-409": "a transaction that gives way leaves one write behind",
    "reads-through": "reads do not wait for a transaction that holds the key",
    "puts-through": "single writes do not wait for a transaction that holds the key",
    "one-look": "a transaction that only reads looks once",
    "gives-up-alone": "a group that has prepared takes it back on its own after 3 s",
    "forgotten-abort": "the home does not write down that it has called a transaction failed",
    "told-first": "the others are told the outcome before it is written down",
    "held-not-stored": "what is prepared is not in the snapshots",
    "stale-get": "gets of a transaction read the local copy, and ask nobody",
})

GROUP = raft.args.group or None
GROUPS = {
    group: nodes.split("+") for group, _, nodes in (part.partition("=") for part in raft.args.groups.split(",") if part)
}
RING = Ring(GROUPS, hash if raft.BUG == "seeded-hash" else position) if len(GROUPS) > 1 else None

# Seconds. A client's request is answered within PASSED_ON, and one of a transaction within TRANSACTION.
PASSED_ON, TRANSACTION, HOP = 2.7, 4.4, 0.8
# How long a key may be held before it is asked what became of the transaction, and how often that is asked.
FORGOTTEN, RECOVERY = 0.8, 0.3
# How long the outcome is told to those who have prepared, and how long the client waits for that.
TELLING, TOLD = 8.0, 0.8
LOOKS = 5


def owner(key):
    return RING.owner(key) if RING else GROUP


def unavailable(why):
    return 503, f"{why}\n"


class ShardNode(raft.Node):
    states = {"memory": MemoryState, "sqlite": SqliteState}

    def __init__(self, folder):
        super().__init__(folder)
        self.gateway = Gateway(GROUPS)
        # Transactions that this node leads, which nobody else may call failed; those that have an Idempotency-Key; and
        # those of which all groups know the outcome, so that the next entry can drop it.
        self.active, self.named, self.forgettable = set(), {}, []
        self.number = 0
        self.answers = {}

    def lead(self):
        super().lead()
        if GROUPS:
            raft.spawn(self.recover(self.term))

    def info(self):
        info = {**super().info(), "group": GROUP}
        if raft.BUG == "mixed-terms" and self.gateway.known:
            info["leader"] = next(iter(self.gateway.known.values()))[0]
        return info

    # Single keys.

    async def released(self, reads, writes, until):
        """Waits while a transaction holds what would be read or written. False if it still does in the end."""
        while self.state.in_the_way(reads, writes):
            left = until - time.monotonic()
            if left <= 0:
                return False
            await self.changed.wait(min(left, 0.2))
        return True

    async def write(self, head, value=None):
        until = time.monotonic() + raft.WRITE
        keys = [head["key"]] if "key" in head else []
        while True:
            if not (head.get("name") and self.state.answered(head["name"])) and self.role == "leader":
                if raft.BUG != "puts-through" and not await self.released((), keys, until):
                    return unavailable("a transaction holds the key")
            if self.role != "leader":
                return self.elsewhere()
            result = await self.submit(head, value, max(0.1, until - time.monotonic()))
            if not result:
                return unavailable("not done yet")
            # A transaction may have taken the key in an entry between that look and this entry. Then nothing happened.
            if result[0] != GAVE_WAY:
                status, tag = result
                return status, "precondition failed\n" if status == 412 else "", None, tag
            if time.monotonic() >= until:
                return unavailable("a transaction holds the key")

    async def read(self, key, local):
        if local or raft.BUG in ("visible-early", "early-200", "reads-through"):
            return await super().read(key, local)
        if self.role != "leader":
            return self.elsewhere()
        if not await self.confirmed():
            return unavailable("it may be old")
        # While it is held for writing, it may be decided already, elsewhere, that the value is another one.
        if not await self.released([key], (), time.monotonic() + 1):
            return unavailable("a transaction holds the key")
        found = self.state.get(key)
        return (200, found[0], None, found[1]) if found else (404, "key not found\n")

    # Transactions.

    async def transact(self, operations, name, seconds):
        anywhere = raft.BUG == "stale-get" and not name and not keys_written(operations)
        if self.role != "leader" and not anywhere:
            return self.elsewhere()
        if not name:
            return await self.attempt(operations, None, seconds)
        stored = self.state.answered(name)
        if stored:
            return self.told(*stored)
        # Copies of one request that come at the same time are one attempt.
        task = self.named.get(name)
        if task is None:
            task = self.named[name] = asyncio.ensure_future(self.attempt(operations, name, seconds))
            task.add_done_callback(lambda _: self.named.pop(name))
        try:
            return await asyncio.wait_for(asyncio.shield(task), seconds)
        except asyncio.TimeoutError:
            return unavailable("not done yet")

    def told(self, status, results):
        """An answer for the client. `results` is JSON already."""
        if status == 200:
            return 200, '{"results":' + results + "}\n"
        return status, {412: "precondition failed\n", GAVE_WAY: "gave way to another transaction\n"}[status]

    async def attempt(self, operations, name, seconds):
        until = time.monotonic() + seconds
        groups = sorted({owner(key) for key in keys_of(operations)})
        if raft.BUG in ("append-twice", "named-in-memory"):
            name = None
        if len(groups) == 1:
            return await self.within(operations, name, until)
        return await self.across(operations, name, until)

    # Within this group.

    async def within(self, operations, name, until):
        reads, writes = keys_read(operations), keys_written(operations)
        if raft.BUG == "stale-get" and not writes:
            return self.told(*self.glance(operations, self.state.get))
        if self.role != "leader":
            return self.elsewhere()
        if not writes and not name:
            found = await self.look(reads, until)
            if found["status"] != 200:
                return self.failed(found)
            return self.told(*self.glance(operations, found["found"].get))
        if not await self.released(reads, writes, min(until, time.monotonic() + raft.WRITE)):
            # Not 409: an earlier copy may have happened.
            return unavailable("a transaction holds the keys") if name else self.told(GAVE_WAY, None)
        if self.role != "leader":
            return self.elsewhere()
        if raft.BUG in ("check-first", "visible-early", "early-200", "no-validation"):
            return await self.wrong_within(operations, name)
        result = await self.submit({"op": "txn", **({"name": name} if name else {})}, json.dumps(operations).encode())
        return self.told(*result) if result else unavailable("not done yet")

    def glance(self, operations, get):
        """What a transaction that only reads is answered, by what `get` finds."""
        status, results, _ = execute(operations, get, None)
        return status, results and json.dumps(results)

    async def wrong_within(self, operations, name):
        status, results, changes = execute(operations, self.state.get, f'"e{self.log.last() + 1}"')
        if status == 412:
            return self.told(412, None)
        pieces = [[operation for operation in operations if operation[0] != "check"]]
        if raft.BUG == "visible-early":
            pieces = [[operation] for operation in pieces[0]]
        if raft.BUG == "no-validation":
            pieces = [[
                ["delete", key, None] if value is None else ["put", key, text_of(value)] for key, value in changes.items()
            ]]
        head = {"op": "txn", **({"name": name} if name and len(pieces) == 1 else {})}
        answers = []
        for piece in pieces:
            if raft.BUG == "early-200":
                raft.spawn(self.submit(head, json.dumps(piece).encode()))
                return self.told(200, json.dumps(results))
            answers.append(await self.submit(head, json.dumps(piece).encode()) if self.role == "leader" else None)
        if None in answers or any(answer[0] != 200 for answer in answers):
            return unavailable("not done yet")
        if raft.BUG == "no-validation":
            return self.told(200, json.dumps(results))
        # A check has a place among the results, too.
        done = iter([result for _, text in answers for result in json.loads(text)])
        return self.told(200, json.dumps([
            results[at] if operation[0] == "check" else next(done) for at, operation in enumerate(operations)
        ]))

    # Across groups. This node leads the home.

    def failed(self, reply):
        """What a client is answered instead of what another group, or this node, could not do."""
        if reply and reply["status"] == GAVE_WAY:
            return self.told(GAVE_WAY, None)
        if reply and reply["status"] == 307:
            return self.elsewhere()
        return unavailable("a group does not answer")

    async def look(self, keys, until):
        """What this group has at one moment after the call. Nothing of it is held."""
        if raft.BUG != "stale-get":
            if self.role != "leader":
                return {"status": 307, "leader": self.leader}
            if not await self.confirmed():
                return {"status": 503}
            if raft.BUG not in ("visible-early", "early-200", "reads-through"):
                if not await self.released(keys, (), min(until, time.monotonic() + 1)):
                    return {"status": GAVE_WAY}
        return {"status": 200, "found": {key: self.state.get(key) for key in keys}, "deletions": self.state.deletions}

    async def look_at(self, keys, until):
        """What all groups have, not at one moment; and the versions of it."""

        async def ask(group, wanted):
            if group == GROUP:
                return await self.look(wanted, until)
            reply = await self.ask(group, "/group/look", {"keys": sorted(wanted)}, until)
            if reply and reply["status"] == 200:
                reply["found"] = {key: now and (bytes_of(now[0]), now[1]) for key, now in reply["found"].items()}
            return reply

        parts = by_group(keys)
        replies = await asyncio.gather(*(ask(group, wanted) for group, wanted in parts.items()))
        found, versions = {}, {}
        for group, reply in zip(parts, replies):
            if not reply or reply["status"] != 200:
                return None, reply
            found.update(reply["found"])
            for key, now in reply["found"].items():
                versions[key] = now[1] if now else [group, reply["deletions"]]
        return found, versions

    async def ask(self, group, path, message, until, patience=2.5):
        reply = await self.gateway.ask(group, path, message, seconds=until - time.monotonic(), patience=patience)
        return reply and reply[0]

    async def across(self, operations, name, until):
        term = self.term
        found, versions = await self.look_at(keys_read(operations), until - HOP)
        if found is None:
            return await self.give_up(self.failed(versions), name, term)
        tag = self.new_tag()
        status, results, changes = execute(operations, found.get, tag)
        if status == 200 and not changes:
            # It only reads. If nothing changes until a second look, all was so at the moment between the two.
            for _ in range(LOOKS):
                again, newer = await self.look_at(keys_read(operations), until)
                if again is None:
                    return await self.give_up(self.failed(newer), name, term)
                if newer == versions or raft.BUG in ("no-validation", "one-look"):
                    return await self.answer(200, json.dumps(results), name, term)
                versions = newer
                status, results, _ = execute(operations, again.get, tag)
                if status != 200:
                    break
            else:
                return await self.give_up(self.told(GAVE_WAY, None), name, term)
        if status == 412:
            return await self.answer(412, None, name, term)
        return await self.carry_out(operations, found, changes, results, name, tag, term, until)

    def new_tag(self):
        """No key has ever had it: the node's name, the time, and a number, in case of two at once."""
        self.number += 1
        return f'"{raft.ME}-{time.time_ns():x}-{self.number:x}-{random.getrandbits(24):x}"'

    async def answer(self, status, results, name, term):
        """Stores the answer, if it has a name. If an earlier copy was answered, that is the answer."""
        if not name:
            return self.told(status, results)
        if self.role != "leader" or self.term != term:
            return unavailable("no longer leader")
        message = json.dumps({"status": status, "results": results}).encode()
        result = await self.submit({"op": "answer", "name": name}, message)
        return self.told(*result) if result else unavailable("not done yet")

    async def give_up(self, answer, name, term):
        """409 says that nothing happened, of earlier copies as well: only the log can tell."""
        return await self.answer(GAVE_WAY, None, name, term) if name and answer[0] == GAVE_WAY else answer

    async def carry_out(self, operations, found, changes, results, name, tag, term, until):
        txn = tag.strip('"')
        reads = keys_read(operations)
        if raft.BUG == "check-first":
            reads = {key for kind, key, _ in operations if kind in ("get", "append")} & reads
        if raft.BUG == "no-validation":
            reads = set()
        parts = {
            group: {"txn": txn, "home": GROUP, "tag": tag, "reads": {}, "writes": {}}
            for group in by_group(keys_of(operations))
        }
        for key in reads:
            parts[owner(key)]["reads"][key] = found[key][1] if found[key] else None
        for key, value in changes.items():
            parts[owner(key)]["writes"][key] = text_of(value)
        home = parts.pop(GROUP)
        self.active.add(txn)
        try:
            # The decision must have time, too. A leader without a majority must not even propose one: as long as it may
            # be in a log, the others hold their keys, and nobody can tell them what became of it.
            leads, *votes = await asyncio.gather(self.confirmed(), *(
                self.ask(group, "/group/prepare", {"part": part}, until - HOP) for group, part in parts.items()
            ))
            statuses = [vote["status"] if vote else 503 for vote in votes]
            if not leads or any(status != 200 for status in statuses):
                raft.spawn(self.tell(txn, [group for group, status in zip(parts, statuses) if status != GAVE_WAY], False))
                reply = {"status": GAVE_WAY if GAVE_WAY in statuses else 503}
                return await self.give_up(self.failed(reply), name, term)
            # After an election somebody else may have decided, and answered repeats.
            if self.role != "leader" or self.term != term:
                return unavailable("no longer leader")
            forget, self.forgettable = self.forgettable, []
            decision = {**home, "commit": True, "once": name, "results": json.dumps(results), "forget": forget}
            seconds = max(0.1, until - time.monotonic())
            decide = self.submit({"op": "decide"}, json.dumps(decision).encode(), seconds)
            if raft.BUG == "early-200":
                raft.spawn(self.decide_late(decide, txn, list(parts)))
                return self.told(200, json.dumps(results))
            if raft.BUG == "told-first":
                await asyncio.wait([asyncio.ensure_future(self.tell(txn, list(parts), True))], timeout=0.5)
            result = await decide
            if not result:
                # Those who have prepared will ask.
                return unavailable("not decided yet")
            committed = self.state.answered(f"decided:{txn}")[0] == 200
            telling = asyncio.ensure_future(self.tell(txn, list(parts), committed))
            raft.spawn(telling)
            # Whoever reads now waits until it is told. It is kinder to let this client wait.
            await asyncio.wait([telling], timeout=min(TOLD, max(0, until - time.monotonic())))
            return self.told(*result)
        finally:
            self.active.discard(txn)

    async def decide_late(self, decide, txn, groups):
        self.active.add(txn)
        await decide
        outcome = self.state.answered(f"decided:{txn}")
        await self.tell(txn, groups, bool(outcome) and outcome[0] == 200)
        self.active.discard(txn)

    async def tell(self, txn, groups, commit):
        until = time.monotonic() + TELLING
        message = {"txn": txn, "commit": commit}
        replies = await asyncio.gather(*(self.ask(group, "/group/finish", message, until) for group in groups))
        if commit and all(replies) and all(reply["status"] == 200 for reply in replies):
            self.forgettable.append(txn)

    # What a group does for another one that is the home of a transaction.

    async def serve_group(self, path, message, seconds):
        if path == "/group/who":
            return {"status": 200, "id": raft.ME, "role": self.role, "term": self.term}
        if self.role != "leader":
            return {"status": 307, "leader": self.leader}
        if path == "/group/look":
            reply = await self.look(message["keys"], time.monotonic() + seconds)
            if reply["status"] == 200:
                reply["found"] = {key: now and [text_of(now[0]), now[1]] for key, now in reply["found"].items()}
            return reply
        if path == "/group/prepare":
            part = message["part"]
            if not self.state.valid(part["txn"], part):
                # What is applied is committed, so there is no need to put it into the log. It may be old, but then the
                # transaction gives way to nothing: it is tried again.
                return {"status": GAVE_WAY}
            result = await self.submit({"op": "prepare"}, json.dumps(part).encode())
            return {"status": result[0] if result else 503}
        if path == "/group/finish":
            result = await self.submit({"op": "finish"}, json.dumps(message).encode())
            return {"status": result[0] if result else 503}
        if path == "/group/outcome":
            outcomes = await asyncio.gather(*(self.outcome(txn) for txn in message["txns"]))
            return {"status": 200, "outcomes": outcomes}
        return {"status": 404}

    async def outcome(self, txn):
        """What became of a transaction of which this is the home: 200, 409, or None if it is not known."""
        decided = self.state.answered(f"decided:{txn}")
        if decided:
            return decided[0]
        if txn in self.active or self.role != "leader":
            return None
        if raft.BUG == "forgotten-abort":
            return GAVE_WAY
        # It can be decided no more by whoever led it, or only in an entry that is in the log before this one.
        message = {"txn": txn, "commit": False}
        result = await self.submit({"op": "decide"}, json.dumps(message).encode())
        return result and result[0]

    # What a group does when it waits for the outcome.

    async def recover(self, term):
        since, began = {}, time.monotonic()
        while self.role == "leader" and self.term == term:
            await asyncio.sleep(RECOVERY)
            now = time.monotonic()
            # What it finds at the beginning may be held for long, and whoever led it may be dead as well.
            found = now if now - began > 1 else 0
            since = {txn: since.get(txn, found) for txn in self.state.held}
            homes = {}
            if raft.BUG == "gives-up-alone":
                for txn, start in since.items():
                    if now - start > 3:
                        await self.submit({"op": "finish"}, json.dumps({"txn": txn, "commit": False}).encode())
                continue
            for txn, start in since.items():
                if now - start > FORGOTTEN:
                    homes.setdefault(self.state.held[txn]["home"], []).append(txn)
            await asyncio.gather(*(self.recover_from(home, txns) for home, txns in homes.items()))

    async def recover_from(self, home, txns):
        reply = await self.ask(home, "/group/outcome", {"txns": txns}, time.monotonic() + 2.5, 2.4)
        outcomes = zip(txns, reply["outcomes"]) if reply and reply["status"] == 200 else ()
        entries = [
            self.submit({"op": "finish"}, json.dumps({"txn": txn, "commit": outcome == 200}).encode())
            for txn, outcome in outcomes if outcome and txn in self.state.held
        ]
        if entries:
            raft.say(f"finishes {len(entries)} transactions of {home}")
        await asyncio.gather(*entries)


def by_group(keys):
    parts = {}
    for key in sorted(keys):
        parts.setdefault(owner(key), []).append(key)
    return parts


# HTTP.


PASSED_HEADERS = "if-match", "if-none-match", "idempotency-key"


async def respond(method, target, headers, body):
    path, _, query = target.partition("?")
    if path.startswith("/group/"):
        return await from_node(path, body)
    if path.startswith("/cluster/locate/"):
        return locate(method, path[len("/cluster/locate/"):])
    if path == "/clear" and RING:
        return 405, "method not allowed\n"
    if path == "/txn":
        return await transaction(method, target, headers, body)
    key = path[len("/kv/"):]
    if RING and path.startswith("/kv/") and KEY.fullmatch(key) and method in ("GET", "PUT", "DELETE"):
        if owner(key) != GROUP and not (raft.BUG == "stale-404" and method == "GET"):
            if method == "GET" and query == "read=local":
                return 404, "key not found\n"
            again = method == "GET" or "idempotency-key" in headers
            return await pass_on(owner(key), method, target, headers, body, again, PASSED_ON)
        if raft.BUG == "stale-404" and owner(key) != GROUP:
            return 404, "key not found\n"
    return await raft.respond(method, target, headers, body)


def locate(method, key):
    if method != "GET":
        return 405, "method not allowed\n"
    if not KEY.fullmatch(key):
        return 400, "invalid key\n"
    return 200, json.dumps({"group": owner(key)})


async def transaction(method, target, headers, body, seconds=TRANSACTION - HOP, passed_on=False):
    if method != "POST":
        return 405, "method not allowed\n"
    try:
        operations = parse(body)
    except Malformed as problem:
        return 400, f"malformed: {problem}\n"
    home = min(owner(key) for key in keys_of(operations)) if RING else GROUP
    name = headers.get("idempotency-key")
    remembers = raft.BUG == "append-twice" and not passed_on or raft.BUG == "named-in-memory" and home == GROUP
    if remembers and name in raft.node.answers:
        return raft.node.answers[name]
    if home == GROUP:
        answer = await raft.node.transact(operations, name, seconds)
    else:
        answer = await pass_on(home, method, target, headers, body, bool(name), TRANSACTION)
    if remembers and name and answer[0] in (200, 412):
        raft.node.answers[name] = answer
    return answer


async def pass_on(group, method, target, headers, body, again, seconds):
    message = {
        "method": method, "target": target, "headers": {name: headers[name] for name in PASSED_HEADERS if name in headers},
    }
    patience = seconds if method == "POST" else 1.2 if method == "GET" else 2.2
    reply = await raft.node.gateway.ask(
        group, "/group/request", message, body, seconds=seconds, again=again, patience=patience)
    if not reply or reply[0]["status"] == 307:
        return unavailable("the group of the key does not answer")
    head, value = reply
    return head["status"], value, None, head["tag"]


async def from_node(path, body):
    try:
        message, value, _ = next(raft.records(body))
        known = message["from"] in raft.PEERS
    except (StopIteration, ValueError, KeyError, TypeError):
        known = False
    if not known:
        return 400, "not from a peer\n"
    seconds = message.get("seconds", 1.0)
    if path != "/group/request":
        return 200, raft.record(await raft.node.serve_group(path, message, seconds))
    # It is not passed on again: all nodes have the same ring.
    method, target, headers = message["method"], message["target"], message["headers"]
    if target.partition("?")[0] == "/txn":
        # Some of the time is for the way back.
        answer = await transaction(method, target, headers, value, max(0.5, min(seconds, TRANSACTION) - HOP), True)
    else:
        answer = await raft.respond(method, target, headers, value)
    status, text, leader, tag = (*answer, None, None)[:4]
    text = text.encode() if isinstance(text, str) else text
    return 200, raft.record({"status": status, "leader": leader, "tag": tag}, text)


if __name__ == "__main__":
    asyncio.run(raft.main(ShardNode, respond))
