#!/usr/bin/env python3
"""A correct work queue that has little in common with the reference: one event loop, no tasks for clients, and a log whose
records are whole jobs as JSON, so that what was there last counts.

Alone it is a cluster of one. Only the node that leads has a queue, which it makes of its log.

With `--bug` it has one of these mistakes, which tests must find:

text-bodies             bodies are decoded as UTF-8, and what is none is replaced
ids-of-living           a new id is one more than the highest of the jobs that are there
reset-keeps-jobs        a connection that is reset keeps its jobs until their time is over
quit-keeps-jobs         so does one that says quit
touch-adds              touch adds the time to run to the old deadline
delay-keeps-priority    a release with a delay ignores the new priority
pause-passed            a put into a paused tube goes to a worker that waits
pause-ignored           a paused tube gives its jobs
delays-not-logged       the log does not know that a job was released with a delay
kicks-not-logged        nor that it was kicked
burials-without-priority  a burial is logged without its priority
any-log-gets-votes      a vote is given whatever the candidate's log is
term-not-kept           neither term nor vote is stored
vote-not-kept           the term is stored, and the vote is not
old-term-forgotten      a new leader begins with what it knows to be on a majority, which is not all there is
followers-look          a node that does not lead answers peek and stats-job
"""
import asyncio
import collections
import json
import os
import re
import time

import world
from jobs import Queue, shown
from raft import Log, Node
from world import BUG, ME, PEERS, args, clients, timers

LONGEST, U32, U64 = 65535, 2**32 - 1, 2**64 - 1
TUBE = re.compile(r"[A-Za-z0-9+/;.$_()][A-Za-z0-9+/;.$_()-]{0,199}")
STATES = ("ready", "reserved", "delayed", "buried")
BEGAN = time.time()


class Wrong(Exception):
    pass


def number(most):
    def read(word):
        if not re.fullmatch("[0-9]+", word) or int(word) > most:
            raise Wrong
        return int(word)
    return read


def tube(word):
    if not TUBE.fullmatch(word):
        raise Wrong
    return word


N32, N64 = number(U32), number(U64)
# What each command takes.
COMMANDS = {
    "put": (N32, N32, N32, N32), "reserve": (), "reserve-with-timeout": (N32,), "reserve-job": (N64,), "delete": (N64,),
    "release": (N64, N32, N32), "bury": (N64, N32), "touch": (N64,), "kick": (N32,), "kick-job": (N64,),
    "peek": (N64,), "peek-ready": (), "peek-delayed": (), "peek-buried": (), "use": (tube,), "watch": (tube,),
    "ignore": (tube,), "list-tube-used": (), "list-tubes": (), "list-tubes-watched": (), "pause-tube": (tube, N32),
    "stats": (), "stats-job": (N64,), "stats-tube": (tube,), "quit": (),
}
OF_ANY_NODE = ("stats", "list-tubes", "quit")

class Client(asyncio.Protocol):
    """A connection: of a client, or of another node."""

    def connection_made(self, transport):
        self.transport, self.buffer, self.open = transport, bytearray(), True
        # Answers, each with the entry that must be on a majority first.
        self.out = collections.deque()
        self.held, self.used, self.watched = set(), "default", {"default"}
        # Of a put whose body has not come; of one whose body is thrown away.
        self.head, self.skip = None, 0
        self.waits, self.patience = False, 0
        self.puts = self.works = self.served = self.has_quit = False
        clients.add(self)

    def connection_lost(self, error):
        self.open = False
        clients.discard(self)
        queue = node.queue
        if not queue:
            return
        if self.waits:
            queue.waiting.remove(self)
        keeps = BUG == "reset-keeps-jobs" and error or BUG == "quit-keeps-jobs" and self.has_quit
        for job in list(self.held) if not keeps else []:
            queue.free(job)
        queue.serve()

    def drop(self):
        """The node does not lead any more: all that it told is void."""
        self.held.clear()
        self.out.clear()
        self.waits = False
        if self.served:
            self.open = False
            self.transport.abort()

    def data_received(self, data):
        self.buffer += data
        self.pump()

    def pump(self):
        while self.open and not self.waits and self.step():
            pass

    def step(self):
        """Reads one thing, if it is there as a whole."""
        if self.skip:
            gone = min(self.skip, len(self.buffer))
            del self.buffer[:gone]
            self.skip -= gone
            if not self.skip:
                self.say("JOB_TOO_BIG")
            return gone > 0
        if self.head:
            return self.body(*self.head)
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end])
        if line.startswith(b"raft "):
            del self.buffer[:end + 2]
            clients.discard(self)
            node.hear(json.loads(line[5:]))
            return True
        word = line.partition(b" ")[0].decode(errors="replace")
        if node.role == "leader" and node.queue is None and word not in OF_ANY_NODE:
            return False
        del self.buffer[:end + 2]
        try:
            self.command(word, line.decode("latin-1"))
        except Wrong:
            self.say("BAD_FORMAT")
        return True

    def command(self, word, line):
        takes = COMMANDS.get(word)
        if takes is None or takes and " " not in line:
            return self.say("UNKNOWN_COMMAND")
        words = line.split(" ")[1:]
        if len(words) != len(takes):
            raise Wrong
        given = [read(one) for read, one in zip(takes, words)]
        if word == "put":
            if given[3] > LONGEST:
                self.skip = given[3] + 2
            else:
                self.head = given
        elif word in OF_ANY_NODE or self.is_served(word, given):
            getattr(self, "do_" + word.replace("-", "_"))(node.queue, *given)

    def body(self, pri, delay, ttr, size):
        if len(self.buffer) < size + 2:
            return False
        body, end = bytes(self.buffer[:size]), self.buffer[size:size + 2]
        del self.buffer[:size + 2]
        self.head = None
        if end != b"\r\n":
            self.say("EXPECTED_CRLF")
        elif self.is_served("put", ()):
            self.puts = True
            node.queue.put(self, pri, delay, ttr, body)
        return True

    def is_served(self, word, given):
        if node.queue:
            self.served = True
        elif BUG == "followers-look" and word in ("peek", "stats-job"):
            queue = Queue([entry["do"] for entry in node.log.entries if entry["do"]])
            getattr(self, "do_" + word.replace("-", "_"))(queue, *given)
            return False
        elif node.leader in PEERS:
            self.say(f"NOT_LEADER {node.leader} {PEERS[node.leader]}")
        else:
            self.say("NO_LEADER")
        return bool(node.queue)

    def say(self, answer, of_all=True):
        answer = answer if isinstance(answer, bytes) else answer.encode()
        self.out.append((len(node.log.entries) if of_all and node.queue else 0, answer + b"\r\n"))
        self.flush()

    def flush(self):
        while self.out and self.out[0][0] <= node.commit and self.open:
            self.transport.write(self.out.popleft()[1])

    def say_yaml(self, lines, of_all=True):
        text = "".join(line + "\n" for line in ["---", *lines])
        self.say(f"OK {len(text)}\r\n{text}", of_all)

    def wake(self, answer):
        self.waits = False
        node.queue.waiting.remove(self)
        self.say(answer)
        asyncio.get_running_loop().call_soon(self.pump)

    def do_quit(self, _):
        self.open, self.has_quit = False, True
        self.transport.close()

    def do_reserve(self, queue, seconds=None):
        self.works = True
        job = queue.next_for(self)
        if job:
            self.say(queue.given(self, job))
        elif any(job.until - time.time() <= 1 for job in self.held):
            self.say("DEADLINE_SOON")
        elif seconds == 0:
            self.say("TIMED_OUT")
        else:
            self.waits, self.patience = True, self.patience + 1
            queue.waiting.append(self)
            patience = self.patience
            if seconds is not None:
                timers.at(time.time() + seconds, lambda: self.give_up(patience))

    do_reserve_with_timeout = do_reserve

    def give_up(self, patience):
        if self.waits and self.patience == patience and self.open:
            self.wake("TIMED_OUT")

    def do_reserve_job(self, queue, id):
        job = queue.jobs.get(id)
        if not job or job.state == "reserved":
            return self.say("NOT_FOUND")
        self.say(queue.given(self, job))

    def do_delete(self, queue, id):
        job = queue.jobs.get(id)
        if not job or job.state == "reserved" and job.holder is not self:
            return self.say("NOT_FOUND")
        self.held.discard(job)
        del queue.jobs[id]
        node.propose({"gone": id})
        self.say("DELETED")

    def mine(self, queue, id):
        job = queue.jobs.get(id)
        if job in self.held:
            return job
        self.say("NOT_FOUND")

    def do_release(self, queue, id, pri, delay):
        job = self.mine(queue, id)
        if job:
            job.counts["releases"] += 1
            job.delay = delay
            if not (delay and BUG == "delay-keeps-priority"):
                job.pri = pri
            queue.free(job)
            if delay:
                queue.place(job, "delayed", time.time() + delay)
            if not (delay and BUG == "delays-not-logged"):
                queue.keep(job)
            self.say("RELEASED")
            queue.serve()

    def do_bury(self, queue, id, pri):
        job = self.mine(queue, id)
        if job:
            job.counts["buries"] += 1
            queue.burials += 1
            queue.free(job)
            job.pri, job.order = pri, queue.burials
            queue.place(job, "buried")
            queue.keep(job)
            self.say("BURIED")

    def do_touch(self, queue, id):
        job = self.mine(queue, id)
        if job:
            queue.place(job, "reserved", (job.until if BUG == "touch-adds" else time.time()) + job.ttr)
            self.say("TOUCHED")

    def do_kick(self, queue, most):
        jobs = queue.aside(self.used, "buried") or queue.aside(self.used, "delayed")
        for job in jobs[:most]:
            queue.kick(job)
        self.say(f"KICKED {min(most, len(jobs))}")
        queue.serve()

    def do_kick_job(self, queue, id):
        job = queue.jobs.get(id)
        if not job or job.state not in ("buried", "delayed"):
            return self.say("NOT_FOUND")
        queue.kick(job)
        self.say("KICKED")
        queue.serve()

    def show(self, job):
        self.say(shown("FOUND", job) if job else "NOT_FOUND")

    def do_peek(self, queue, id):
        self.show(queue.jobs.get(id))

    def do_peek_ready(self, queue):
        self.show(queue.first([self.used]))

    def do_peek_delayed(self, queue):
        self.show(next(iter(queue.aside(self.used, "delayed")), None))

    def do_peek_buried(self, queue):
        self.show(next(iter(queue.aside(self.used, "buried")), None))

    def do_use(self, _, tube):
        self.used = tube
        self.do_list_tube_used(_)

    def do_list_tube_used(self, _):
        self.say(f"USING {self.used}")

    def do_watch(self, _, tube):
        self.watched.add(tube)
        self.say(f"WATCHING {len(self.watched)}")

    def do_ignore(self, _, tube):
        if self.watched == {tube}:
            return self.say("NOT_IGNORED")
        self.watched.discard(tube)
        self.say(f"WATCHING {len(self.watched)}")

    def do_list_tubes(self, queue):
        self.say_yaml([f"- {name}" for name in (queue.tubes() if queue else ["default"])], False)

    def do_list_tubes_watched(self, _):
        self.say_yaml([f"- {name}" for name in self.watched])

    def do_pause_tube(self, queue, tube, seconds):
        if tube not in queue.tubes():
            return self.say("NOT_FOUND")
        until = time.time() + seconds
        queue.pauses[tube] = seconds, until
        timers.at(until, queue.serve)
        self.say("PAUSED")

    def do_stats_job(self, queue, id):
        job = queue.jobs.get(id)
        if not job:
            return self.say("NOT_FOUND")
        left = max(0, int(job.until - time.time())) if job.until else 0
        told = {name: getattr(job, name) for name in ("id", "tube", "state", "pri", "delay", "ttr")}
        told |= {"age": int(time.time() - job.born), "time-left": left, **job.counts}
        self.say_yaml(f"{name}: {value}" for name, value in told.items())

    def do_stats_tube(self, queue, tube):
        if tube not in queue.tubes():
            return self.say("NOT_FOUND")
        seconds, until = queue.pauses.get(tube, (0, 0))
        left = max(0.0, until - time.time())
        self.say_yaml([
            f"name: {tube}", *counted(queue, [job for job in queue.jobs.values() if job.tube == tube]),
            f"total-jobs: {queue.totals[tube]}",
            f"current-using: {sum(client.used == tube for client in clients)}",
            f"current-watching: {sum(tube in client.watched for client in clients)}",
            f"current-waiting: {sum(tube in client.watched for client in queue.waiting)}",
            f"pause: {seconds if left else 0}", f"pause-time-left: {int(left)}",
        ])

    def do_stats(self, queue):
        of_jobs = queue and [
            *counted(queue, queue.jobs.values()), f"total-jobs: {queue.totals.total()}",
            f"job-timeouts: {queue.timeouts}", f"current-waiting: {len(queue.waiting)}",
        ]
        self.say_yaml([
            f"id: {ME}", f"role: {node.role}", f"term: {node.log.term}", f'leader: "{node.leader or ""}"',
            *(of_jobs or []), f"max-job-size: {LONGEST}", f"current-connections: {len(clients)}",
            f"current-producers: {sum(client.puts for client in clients)}",
            f"current-workers: {sum(client.works for client in clients)}",
            f"pid: {os.getpid()}", f"uptime: {int(time.time() - BEGAN)}",
        ], False)


def counted(queue, jobs):
    many = collections.Counter(job.state for job in jobs)
    urgent = sum(job.state == "ready" and job.pri < 1024 for job in jobs)
    return [f"current-jobs-urgent: {urgent}", *(f"current-jobs-{state}: {many[state]}" for state in STATES)]


async def main():
    await asyncio.get_running_loop().create_server(Client, "127.0.0.1", args.port, backlog=512)
    if not PEERS:
        # A cluster of one leads from the start, and everything in its log is committed.
        node.log.keep(node.log.term + 1, ME)
        node.lead()
    while True:
        await asyncio.sleep(0.01)
        timers.run()
        node.tick()


node = world.node = Node(Log(args.working_dir))
asyncio.run(main())
