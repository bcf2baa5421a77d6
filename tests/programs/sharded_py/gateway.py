"""How a node asks other groups. It knows their nodes, and finds out which of them leads."""
import asyncio
import random
import re
import time

import raft_members as raft

# Seconds. What was heard within FRESH needs no question before a request that must not be sent twice.
PROBE, FRESH, PAUSE = 0.8, 1.0, 0.05


class Channel:
    """Connections to a node, one for each call under way, kept for later ones. It never sends anything again."""

    def __init__(self, peer):
        self.peer, self.idle = peer, []

    async def call(self, path, message, value, seconds):
        """The record that is the answer, or None: then it may have been done, or not, or be done later."""
        writer = None
        try:
            async with asyncio.timeout(seconds):
                reader, writer = await self.connect()
                body = raft.record({"from": raft.ME, **message}, value)
                head = f"POST {path} HTTP/1.1\r\nHost: {self.peer}\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(re.search(rb"(?i)content-length: *(\d+)", head).group(1))
                answer, value, _ = next(raft.records(await reader.readexactly(length)))
                self.idle.append((reader, writer))
                writer = None
                return answer, value
        except (OSError, EOFError, ValueError, StopIteration, asyncio.TimeoutError, asyncio.LimitOverrunError):
            return None
        finally:
            if writer:
                writer.close()

    async def connect(self):
        while self.idle:
            reader, writer = self.idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        host, port = raft.PEERS[self.peer].split(":")
        return await asyncio.open_connection(host, int(port), limit=1 << 20)


class Gateway:
    def __init__(self, groups):
        self.groups = groups
        self.channels = {peer: Channel(peer) for peer in raft.PEERS}
        # By group: who leads it, and when that node last answered.
        self.known = {}

    async def ask(self, group, path, message, value=None, seconds=2.0, again=True, patience=1.2):
        """The answer of a group's leader, or None. A status 307 or 503 is none, as long as there is time to ask again.

        Without `again` the request is sent on only after an answer which says that it has not been done.
        """
        until, last = time.monotonic() + seconds, None
        while (left := until - time.monotonic()) > 0:
            peer = await self.leader(group, left, again)
            left = until - time.monotonic()
            if not peer or left <= 0:
                await asyncio.sleep(max(0, min(PAUSE, left)))
                continue
            reply = await self.channels[peer].call(path, {**message, "seconds": left}, value, min(left, patience))
            if reply and reply[0]["status"] == 307:
                self.heed(group, reply[0]["leader"], peer)
            elif reply and reply[0]["status"] != 503:
                self.known[group] = peer, time.monotonic()
                return reply
            else:
                last = reply
                if self.known.get(group, (None,))[0] == peer:
                    del self.known[group]
                if not again:
                    if reply is None and raft.BUG == "resends":
                        again = True
                    else:
                        return reply
            await asyncio.sleep(PAUSE)
        return last

    def heed(self, group, leader, peer):
        """A node that does not lead says who does. It may be as wrong as we were, so that is not fresh."""
        if leader in self.groups[group] and leader != peer:
            self.known[group] = leader, 0
        else:
            self.known.pop(group, None)

    async def leader(self, group, seconds, old_will_do):
        peer, heard = self.known.get(group, (None, 0))
        if peer and (old_will_do or time.monotonic() - heard < FRESH):
            return peer
        leader = await self.probe(group, min(seconds, PROBE))
        if leader:
            self.known[group] = leader, time.monotonic()
        else:
            self.known.pop(group, None)
        return leader

    async def probe(self, group, seconds):
        """Whoever leads in the highest term, by what a majority says, or all that answer in time."""
        nodes = [node for node in self.groups[group] if node in self.channels]
        random.shuffle(nodes)
        leader, highest, answers = None, -1, 0
        tasks = {asyncio.ensure_future(self.channels[node].call("/group/who", {}, None, seconds)) for node in nodes}
        try:
            while tasks and not (leader and 2 * answers > len(nodes)):
                done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for reply in (task.result() for task in done):
                    answers += reply is not None
                    if reply and reply[0]["role"] == "leader" and reply[0]["term"] > highest:
                        leader, highest = reply[0]["id"], reply[0]["term"]
        finally:
            for task in tasks:
                task.cancel()
        return leader
