"""The same as broadcast.py, made differently: one thread for everything, values in batches, and between nodes JSON behind
its length, on the port of the clients. Each batch has all that the other node has not acknowledged.

`--masked` makes bytes of it that no one who does not know the mask can divide into messages.
"""

import argparse
import asyncio
import json
import struct

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--peers", default="")
parser.add_argument("--masked", action="store_true")
args, _ = parser.parse_known_args()

PEERS = dict(peer.split("=", 1) for peer in args.peers.split(",") if peer)
MASK = 0xA5 if args.masked else 0
VALUES = []
KNOWN = set()
NEWS = {peer: asyncio.Event() for peer in PEERS}
MARK = (0).to_bytes(1, "big")


def masked(data):
    return bytes(byte ^ MASK for byte in data)


def pack(message):
    body = json.dumps(message).encode()
    return masked(struct.pack(">I", len(body)) + body)


async def unpack(reader, begun=b""):
    head = masked(begun + await reader.readexactly(4 - len(begun)))
    return json.loads(masked(await reader.readexactly(struct.unpack(">I", head)[0])))


async def told(reader, writer, begun):
    """What another node says."""
    while True:
        message = await unpack(reader, begun)
        begun = b""
        for value in message["batch"]:
            KNOWN.add(value)
        writer.write(pack({"upto": message["upto"]}))


async def tell(peer):
    host, port = PEERS[peer].split(":")
    sent = 0
    while True:
        try:
            reader, writer = await asyncio.open_connection(host, int(port))
            while True:
                await NEWS[peer].wait()
                await asyncio.sleep(0.05)
                upto = len(VALUES)
                if upto > sent:
                    writer.write(pack({"batch": VALUES[sent:upto], "upto": upto}))
                    sent = (await asyncio.wait_for(unpack(reader), 5))["upto"]
                if sent == len(VALUES):
                    NEWS[peer].clear()
        except (OSError, EOFError, asyncio.TimeoutError):
            writer = None
            await asyncio.sleep(0.1)


async def asked(reader, writer, begun):
    """What a client asks, over HTTP."""
    while True:
        head = begun + await reader.readuntil(b"\r\n\r\n")
        begun = b""
        line, *headers = head.decode().split("\r\n")
        method, path, _ = line.split(" ")
        fields = dict(header.lower().split(": ", 1) for header in headers if ": " in header)
        await reader.readexactly(int(fields.get("content-length", 0)))
        body = b"[]"
        if method == "PUT":
            value = int(path.rsplit("/", 1)[1])
            if value not in KNOWN:
                KNOWN.add(value)
                VALUES.append(value)
                for news in NEWS.values():
                    news.set()
        else:
            body = json.dumps(sorted(KNOWN)).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


async def serve(reader, writer):
    try:
        begun = await reader.readexactly(1)
        await (told if begun == masked(MARK) else asked)(reader, writer, begun)
    except (OSError, EOFError, asyncio.IncompleteReadError):
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", args.port)
    tellers = [asyncio.create_task(tell(peer)) for peer in PEERS]
    await asyncio.gather(server.serve_forever(), *tellers)


asyncio.run(main())
