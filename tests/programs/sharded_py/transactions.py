"""Transactions: their text, what they do to keys, and what they leave in a group's state.

A transaction whose keys are all in one group is one entry of its log. One that spans groups has a *home*, the first by name
of its groups, and goes like this:

  1. The home's leader reads the keys, with their versions (their ETags). Nothing is held.
  2. Each other group gets a `prepare` entry: it is refused if a version has changed or another transaction holds a key.
     If it is not, the group holds the keys until it hears the outcome. Held for writing, a key is not read; held
     because it was read, it is not written.
  3. The home gets a `decide` entry, which checks the home's own versions, and *is* the decision: from there on the
     transaction has happened. The home's own writes happen with it, so the home never holds anything.
  4. The others get a `finish` entry.

That the home is the same for all transactions of the same groups is what keeps two of them from refusing each other.

What a group has to remember of this is in the ledger of answers, under names with a `:`, which no Idempotency-Key has, so
that it is in the snapshots, too:
    held:T     what is prepared here for the transaction T
    decided:T  200 or 409. Only the home has these.
"""
import json
import re

import raft_members as raft

KEY = re.compile(r"[A-Za-z0-9:_.-]{1,200}")
MOST_OPERATIONS = 16
# The status of what gave way to a transaction that holds a key. It is never stored as an answer.
GAVE_WAY = 409


def text_of(value):
    """A value as JSON has it. Bytes that are no UTF-8 come back unharmed from `bytes_of`."""
    return None if value is None else value.decode("utf-8", "surrogateescape")


def bytes_of(text):
    return None if text is None else text.encode("utf-8", "surrogateescape")


# The text.


class Malformed(Exception):
    pass


def parse(body):
    """The operations of a request, each a list of its kind, its key and its argument."""
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("it is not JSON") from None
    operations = request.get("ops") if isinstance(request, dict) else None
    if not isinstance(operations, list) or not 1 <= len(operations) <= MOST_OPERATIONS:
        raise Malformed(f"ops must be a list of 1 to {MOST_OPERATIONS} operations")
    parsed, written = [], set()
    for operation in operations:
        kind, key, argument = parse_operation(operation)
        if kind == "check" and key in written:
            raise Malformed("a check must come before the writes of its key")
        if kind in ("put", "append", "delete"):
            written.add(key)
        parsed.append([kind, key, argument])
    return parsed


ARGUMENTS = {"get": None, "put": "value", "append": "value", "delete": None, "check": "etag"}


def parse_operation(operation):
    kinds = [kind for kind in ARGUMENTS if isinstance(operation, dict) and kind in operation]
    if len(kinds) != 1:
        raise Malformed("each operation is one of " + ", ".join(ARGUMENTS))
    kind, = kinds
    key, field = operation[kind], ARGUMENTS[kind]
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise Malformed("invalid key")
    if set(operation) != {kind, field} - {None}:
        raise Malformed(f"{kind} has {field or 'nothing else'}")
    argument = operation.get(field)
    if field == "value" and (not isinstance(argument, str) or not argument):
        raise Malformed("a value is a string that is not empty")
    if field == "etag" and not (argument is None or isinstance(argument, str)):
        raise Malformed("an ETag is a string or null")
    try:
        (argument or "").encode()
    except UnicodeEncodeError:
        raise Malformed("a string is no Unicode text") from None
    return kind, key, argument


def keys_of(operations):
    return {key for _, key, _ in operations}


def keys_read(operations):
    """The keys of which it matters what they were before."""
    read, replaced = set(), set()
    for kind, key, _ in operations:
        if kind in ("put", "delete"):
            replaced.add(key)
        elif key not in replaced:
            read.add(key)
    return read


def keys_written(operations):
    return {key for kind, key, _ in operations if kind in ("put", "append", "delete")}


# What it does.


def execute(operations, get, tag):
    """The status, a result for each operation, and the new value of each key that is written: None if it is deleted.

    `get` tells a key's value and ETag, or None. All that is written gets the same ETag, which is new for each key.
    """
    changes, results = {}, []
    for kind, key, argument in operations:
        if key in changes:
            now = None if changes[key] is None else (changes[key], tag)
        else:
            now = get(key)
        if kind == "check" and argument != (now[1].strip('"') if now else None):
            return 412, None, {}
        if kind == "put":
            now = argument.encode(), tag
        elif kind == "append":
            now = (now[0] if now else b"") + argument.encode(), tag
        elif kind == "delete":
            now = None
        if kind in ("put", "append", "delete"):
            changes[key] = now and now[0]
        results.append({"value": text_of(now[0]) if now else None, "etag": now[1].strip('"') if now else None})
    return 200, results, changes


# What the entries do.


class Transactional:
    """Goes before a State in the list of base classes."""

    def start(self):
        super().start()
        # By key: the transactions that hold it, and whether they will write it. It follows from the ledger.
        self.holds = {}
        # What is prepared here, by transaction: the same as in the ledger.
        self.held = {}
        # The number of the last entry that deleted anything: the version of a key that does not exist. Whoever looks
        # twice and finds no key must know that there was none in between.
        self.deletions = 0

    def position(self):
        return {**super().position(), "deletions": self.deletions}

    def set_position(self, head):
        super().set_position(head)
        self.deletions = head.get("deletions", 0)
        self.holds, self.held = {}, {}
        for name, text in self.stored("held:"):
            self.hold(name.partition(":")[2], json.loads(text))

    def remember(self, name, result):
        if result[0] != GAVE_WAY or ":" in name:
            super().remember(name, result)

    def delete(self, key):
        if self.get(key):
            self.deletions = self.index
        super().delete(key)

    def clear(self):
        self.deletions = self.index
        super().clear()

    # Keys that are held.

    def hold(self, txn, part):
        self.held[txn] = part
        for key in part["reads"]:
            self.holds.setdefault(key, {})[txn] = False
        for key in part["writes"]:
            self.holds.setdefault(key, {})[txn] = True

    def release(self, txn):
        part = self.held.pop(txn)
        for key in {*part["reads"], *part["writes"]}:
            del self.holds[key][txn]
            if not self.holds[key]:
                del self.holds[key]
        return part

    def in_the_way(self, reads, writes, txn=None):
        """Whether another transaction holds what would be read or written."""
        for key in writes:
            if any(other != txn for other in self.holds.get(key, ())):
                return True
        return any(other != txn and will_write for key in reads for other, will_write in self.holds.get(key, {}).items())

    # Entries.

    def happen(self, entry):
        op = entry.head["op"]
        keys = [entry.head["key"]] if op in ("put", "delete") else self.holds if op == "clear" else ()
        if self.in_the_way((), keys) and raft.BUG != "puts-through":
            return GAVE_WAY, None
        handler = getattr(self, "happen_" + op, None)
        if handler is None:
            return super().happen(entry)
        return handler(entry, json.loads(entry.value))

    def happen_txn(self, entry, operations):
        """A transaction of this group alone."""
        if self.in_the_way(keys_read(operations), keys_written(operations)):
            return GAVE_WAY, None
        tag = f'"e{entry.index}"'
        status, results, changes = execute(operations, self.get, tag)
        self.change_all(changes, tag)
        return status, results and json.dumps(results)

    def happen_answer(self, entry, answer):
        """What a transaction that writes nothing is answered with, unless a repeat of it was answered before."""
        return answer["status"], answer["results"]

    def change_all(self, changes, tag):
        for key, value in changes.items():
            if value is None:
                self.delete(key)
            else:
                self.put(key, value, tag)

    def valid(self, txn, part):
        if self.in_the_way(part["reads"], part["writes"], txn):
            return False
        for key, version in part["reads"].items():
            now = self.get(key)
            if version != (now[1] if now else None):
                return False
        return True

    def happen_prepare(self, entry, part):
        txn = part["txn"]
        if txn in self.held:
            # The request came twice.
            return 200, None
        if not self.valid(txn, part):
            return GAVE_WAY, None
        if raft.BUG != "held-not-stored":
            self.remember(f"held:{txn}", (0, json.dumps(part)))
        self.hold(txn, part)
        if raft.BUG == "visible-early":
            part["before"] = {key: self.get(key) for key in part["writes"]}
            self.change_all({key: bytes_of(text) for key, text in part["writes"].items()}, part["tag"])
        return 200, None

    def happen_finish(self, entry, outcome):
        txn = outcome["txn"]
        if txn in self.held:
            part = self.release(txn)
            self.forget(f"held:{txn}")
            changes = {key: bytes_of(text) for key, text in part["writes"].items()}
            if outcome["commit"]:
                self.change_all(changes, part["tag"])
            elif raft.BUG == "lost-on-409":
                self.change_all(dict(list(changes.items())[:1]), part["tag"])
            for key, before in part.get("before", {}).items() if not outcome["commit"] else ():
                self.change_all({key: before and before[0]}, before and before[1])
        return 200, None

    def happen_decide(self, entry, part):
        """The decision: whichever comes first for a transaction. One that was told to have failed can happen no more."""
        txn, name = part["txn"], part.get("once")
        for old in part.get("forget", ()):
            self.forget(f"decided:{old}")
        decided = self.answered(f"decided:{txn}")
        if decided:
            return decided[0], None
        answered = name and self.answered(name)
        commit = part["commit"] and not answered and self.valid(txn, part)
        self.remember(f"decided:{txn}", (200 if commit else GAVE_WAY, None))
        if not commit:
            return answered or (GAVE_WAY, None)
        self.change_all({key: bytes_of(text) for key, text in part["writes"].items()}, part["tag"])
        result = 200, part["results"]
        if name:
            self.remember(name, result)
        return result


class MemoryState(Transactional, raft.MemoryState):
    def stored(self, prefix):
        return [(name, text) for name, (_, text) in self.answers.items() if name.startswith(prefix)]

    def forget(self, name):
        self.answers.pop(name, None)


class SqliteState(Transactional, raft.SqliteState):
    def stored(self, prefix):
        # All that begins with "held:" is below "held;".
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        return self.db.execute("SELECT name, tag FROM answers WHERE name >= ? AND name < ?", (prefix, end)).fetchall()

    def forget(self, name):
        self.change("DELETE FROM answers WHERE name = ?", (name,))
