# Clients append to lists in SQLite and read them, all at once. Prints the history, in lsfr's format.
import json
import random
import sqlite3
import sys
import threading
import time

CLIENTS, TRANSACTIONS, KEYS = 6, 60, 4
lock = threading.Lock()
began = time.monotonic_ns()


def now():
    return (time.monotonic_ns() - began) / 1e9


def connect():
    # Transactions are begun and ended by hand.
    connection = sqlite3.connect(sys.argv[1], timeout=5, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def transaction(connection, client, steps):
    called = now()
    done, outcome, note = [], "ok", None
    try:
        connection.execute("BEGIN")
        for step in steps:
            if "append" in step:
                connection.execute(
                    "UPDATE lists SET value = value || ? WHERE key = ?", (" " + step["value"], step["append"])
                )
                done.append(step)
            else:
                (value,) = connection.execute("SELECT value FROM lists WHERE key = ?", (step["get"],)).fetchone()
                done.append({"get": step["get"], "value": value.split()})
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        # Busy: somebody else wrote since it began to read.
        outcome, note, done = "no", str(error), steps
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    line = {"client": client, "op": "txn", "steps": done, "called": called, "returned": now(), "outcome": outcome}
    if note:
        line["note"] = note
    with lock:
        print(json.dumps(line))


def work(client):
    draw = random.Random(client)
    connection = connect()
    for number in range(TRANSACTIONS):
        steps = []
        for step in range(draw.randint(1, 4)):
            key = str(draw.randrange(KEYS))
            if draw.random() < 0.5:
                steps.append({"get": key})
            else:
                steps.append({"append": key, "value": f"{client}-{number}-{step}"})
        transaction(connection, client, steps)


setup = connect()
setup.execute("PRAGMA journal_mode=WAL")
setup.execute("CREATE TABLE lists (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
setup.executemany("INSERT INTO lists VALUES (?, '')", [(str(key),) for key in range(KEYS)])
clients = [threading.Thread(target=work, args=(client,)) for client in range(CLIENTS)]
for client in clients:
    client.start()
for client in clients:
    client.join()
transaction(setup, CLIENTS, [{"get": str(key)} for key in range(KEYS)])
