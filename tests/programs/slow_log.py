"""A correct store that is slow and talkative: a late start, 5 ms more for each fsync (which writers share), connections
that stay open, chunked answers a few bytes at a time, no reason phrase, strange headers, and now and then a connection
that is closed after its answer. It keeps a log with a checksum for each record; where a record begins makes its ETag."""
import random, signal, socket, struct, sys, threading, time, zlib
import os
from urllib.parse import unquote

options = dict(argument[2:].split("=", 1) for argument in sys.argv[1:])
path = os.path.join(options["working-dir"], "log")
values, applied, synced, changed = {}, 0, 0, threading.Condition()
# ETags as they are once all that waits is synced: what conditions are held against.
tags, end = {}, 0


def replay():
    global end
    data = open(path, "rb").read() if os.path.exists(path) else b""
    at = 0
    while len(data) - at >= 8:
        length, check = struct.unpack_from("<II", data, at)
        record = data[at + 8 : at + 8 + length]
        if len(record) < length or zlib.crc32(record) != check:
            break
        apply(record, at)
        at += 8 + length
    tags.update((key, tag) for key, (_, tag) in values.items())
    log = open(path, "ab")
    log.truncate(at)
    end = at
    return log


def apply(record, at):
    kind, size = struct.unpack_from("<cH", record)
    key, value = record[3 : 3 + size].decode(), record[3 + size :]
    if kind == b"P":
        values[key] = value, etag(at)
    elif kind == b"D":
        values.pop(key, None)
    else:
        values.clear()


def etag(at):
    return f'"at:{at},~!"'


def write(kind, key="", value=b"", headers={}):
    """Returns when the record is on the disk and can be read, or with None when its condition did not hold."""
    global end
    record = struct.pack("<cH", kind, len(key.encode())) + key.encode() + value
    with changed:
        tag = tags.get(key)
        wanted = headers.get("if-match")
        holds = wanted in (None, tag) and not ("if-none-match" in headers and tag)
        if holds:
            tag = etag(end)
            log.write(struct.pack("<II", len(record), zlib.crc32(record)) + record)
            pending.append((record, end))
            end += 8 + len(record)
            if kind == b"C":
                tags.clear()
            elif kind == b"D":
                tags.pop(key, None)
            else:
                tags[key] = tag
        # Also a refusal waits: what it was refused for may not be on the disk yet.
        number = applied + len(pending)
        changed.notify_all()
        changed.wait_for(lambda: synced >= number)
        return tag if holds else None


def sync():
    global applied, synced
    while True:
        with changed:
            changed.wait_for(lambda: pending)
            batch, last = list(pending), applied + len(pending)
            log.flush()
        os.fsync(log.fileno())
        time.sleep(0.005)
        with changed:
            for record, at in batch:
                apply(record, at)
            del pending[: len(batch)]
            applied = synced = last
            changed.notify_all()


def decide(method, target, headers, body):
    if target == "/clear":
        if method != "DELETE":
            return 405, b"method not allowed"
        write(b"C")
        return 200, b""
    if not target.startswith("/kv/"):
        return 404, b"no such thing"
    if method not in ("GET", "PUT", "DELETE"):
        return 405, b"method not allowed"
    key = unquote(target[4:])
    if not key:
        return 400, b"key cannot be empty"
    if method == "PUT":
        if not body:
            return 400, b"value cannot be empty"
        tag = write(b"P", key, body, headers)
        return (200, b"ok", tag) if tag else (412, b"precondition failed")
    if method == "DELETE":
        return (200, b"") if write(b"D", key, b"", headers) else (412, b"precondition failed")
    with changed:
        found = values.get(key)
    return (404, b"key not found") if found is None else (200, *found)


def serve(client):
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = client.makefile("rb")
    try:
        while line := stream.readline():
            method, target, _ = line.decode().split()
            headers = {}
            while (header := stream.readline().strip()):
                name, _, value = header.decode().partition(":")
                headers[name.lower()] = value.strip()
            length = int(headers.get("content-length", 0))
            body = stream.read(length)
            if len(body) < length:
                break  # the client has gone
            status, body, *tag = decide(method, target, headers, body)
            last = random.random() < 0.1
            head = f"HTTP/1.1 {status} \r\nx-strange:\t\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
            head += "content-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n"
            if tag:
                head += f"eTaG:{tag[0]}\r\n"
            if last:
                head += "Connection: Close\r\n"
            answer = (head + "\r\n").encode()
            step = max(7, len(body) // 5)
            for at in range(0, len(body), step):
                piece = body[at : at + step]
                answer += f"{len(piece):x};part\r\n".encode() + piece + b"\r\n"
            answer += b"0\r\n\r\n"
            for at in range(0, min(len(answer), 60), 3):
                client.sendall(answer[at : min(at + 3, 60)])
            client.sendall(answer[60:])
            if last:
                break
    except OSError:
        pass
    finally:
        # A stream that is still open keeps the socket open.
        stream.close()
        client.close()


time.sleep(0.2)
pending, log = [], replay()
server = socket.create_server(("127.0.0.1", int(options["port"])), backlog=128)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
threading.Thread(target=sync, daemon=True).start()
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
