"""The jobs, and what is done with them."""
import base64
import collections
import heapq
import time

import world
from world import BUG, clients, timers

COUNTS = ("reserves", "timeouts", "releases", "buries", "kicks")


class Job:
    def __init__(self, id, tube, pri, delay, ttr, body, state="ready", until=0.0, order=0, born=None):
        self.id, self.tube, self.pri, self.delay, self.ttr, self.body = id, tube, pri, delay, ttr, body
        # When its delay or the time of its worker is over; the how manyth burial its own was.
        self.state, self.until, self.order = state, until, order
        self.born, self.holder, self.counts = born or time.time(), None, dict.fromkeys(COUNTS, 0)

    def record(self):
        return {
            "id": self.id, "tube": self.tube, "delay": self.delay, "ttr": self.ttr, "state": self.state,
            "pri": 0 if BUG == "burials-without-priority" and self.state == "buried" else self.pri,
            "until": self.until, "order": self.order, "born": self.born, "body": base64.b64encode(self.body).decode(),
        }


class Queue:
    """The jobs, as the node that leads has them. What changes for good goes to the log at once."""

    def __init__(self, records):
        self.jobs, self.newest, self.burials = {}, 0, 0
        # Of each tube a heap of priorities and ids; those that are not ready any more are passed over.
        self.ready = collections.defaultdict(list)
        self.totals, self.pauses, self.timeouts, self.waiting = collections.Counter(), {}, 0, []
        for record in records:
            if "gone" in record:
                self.jobs.pop(record["gone"], None)
                continue
            job = Job(**{**record, "body": base64.b64decode(record["body"])})
            self.jobs[job.id] = job
            self.newest, self.burials = max(self.newest, job.id), max(self.burials, job.order)
        for job in self.jobs.values():
            self.totals[job.tube] += 1
            self.place(job, job.state, job.until)

    def place(self, job, state, until=0.0):
        job.state, job.until = state, until
        if state == "ready":
            heapq.heappush(self.ready[job.tube], (job.pri, job.id))
        if until:
            timers.at(until, lambda: self.due(job, until))
        if state == "reserved":
            timers.at(until - 1, lambda: self.warn(job, until))

    def is_as(self, job, until):
        return self.jobs.get(job.id) is job and job.until == until and world.node.queue is self

    def due(self, job, until):
        if self.is_as(job, until):
            if job.state == "reserved":
                job.counts["timeouts"] += 1
                self.timeouts += 1
            self.free(job)
            self.serve()

    def warn(self, job, until):
        if self.is_as(job, until) and job.holder in self.waiting:
            job.holder.wake("DEADLINE_SOON")

    def free(self, job):
        if job.holder:
            job.holder.held.discard(job)
        job.holder = None
        self.place(job, "ready")

    def keep(self, job):
        world.node.propose(job.record())

    def put(self, client, pri, delay, ttr, body):
        self.newest = (max(self.jobs, default=0) if BUG == "ids-of-living" else self.newest) + 1
        if BUG == "text-bodies":
            body = body.decode(errors="replace").encode()
        job = self.jobs[self.newest] = Job(self.newest, client.used, pri, delay, max(ttr, 1), body)
        self.totals[job.tube] += 1
        self.place(job, "delayed" if delay else "ready", time.time() + delay if delay else 0.0)
        self.keep(job)
        client.say(f"INSERTED {job.id}")
        passed = [worker for worker in self.waiting if job.tube in worker.watched]
        if BUG == "pause-passed" and self.is_paused(job.tube) and passed:
            passed[0].wake(self.given(passed[0], job))
        self.serve()

    def is_paused(self, tube):
        return self.pauses.get(tube, (0, 0))[1] > time.time() and BUG != "pause-ignored"

    def first(self, tubes):
        found = None
        for tube in tubes:
            heap = self.ready[tube]
            while heap and not self.is_ready(*heap[0]):
                heapq.heappop(heap)
            if heap and (found is None or heap[0] < found):
                found = heap[0]
        return found and self.jobs[found[1]]

    def is_ready(self, pri, id):
        job = self.jobs.get(id)
        return job is not None and job.state == "ready" and job.pri == pri

    def next_for(self, client):
        return self.first([tube for tube in client.watched if not self.is_paused(tube)])

    def given(self, client, job):
        """What a worker is told that has this job now."""
        job.holder = client
        job.counts["reserves"] += 1
        client.held.add(job)
        self.place(job, "reserved", time.time() + job.ttr)
        return shown("RESERVED", job)

    def serve(self):
        for client in list(self.waiting):
            job = self.next_for(client)
            if job:
                client.wake(self.given(client, job))

    def aside(self, tube, state):
        """The buried or delayed jobs of a tube, in their order."""
        jobs = [job for job in self.jobs.values() if job.tube == tube and job.state == state]
        return sorted(jobs, key=lambda job: (job.order, job.id) if state == "buried" else (job.until, job.id))

    def kick(self, job):
        job.counts["kicks"] += 1
        self.place(job, "ready")
        if BUG != "kicks-not-logged":
            self.keep(job)

    def tubes(self):
        used = {job.tube for job in self.jobs.values()} | {client.used for client in clients}
        return used.union({"default"}, *(client.watched for client in clients))


def shown(word, job):
    return f"{word} {job.id} {len(job.body)}\r\n".encode() + job.body
