"""What an ordinary client of beanstalkd does, with a library that knows nothing of this server."""

import sys

import greenstalk

address = ("127.0.0.1", int(sys.argv[1]))

with greenstalk.Client(address, use="mail", watch=["mail", "news"]) as queue:
    low = queue.put("later", priority=500)
    high = queue.put("first", priority=5, ttr=30)
    assert queue.peek_ready().id == high
    job = queue.reserve()
    assert (job.id, job.body) == (high, "first")
    queue.touch(job)
    assert queue.stats_job(job)["state"] == "reserved"
    queue.release(job, priority=1000)
    job = queue.reserve(timeout=0)
    assert job.id == low
    queue.bury(job)
    assert queue.peek_buried().id == low
    assert queue.kick(10) == 1
    queue.kick_job(queue.put("delayed", delay=100))
    assert queue.stats_tube("mail")["current-jobs-ready"] == 3
    assert sorted(queue.watching()) == ["mail", "news"] and queue.using() == "mail"
    assert "mail" in queue.tubes()
    queue.pause_tube("mail", 1)
    for _ in range(3):
        queue.delete(queue.reserve(timeout=5))
    try:
        queue.reserve(timeout=0)
    except greenstalk.TimedOutError:
        pass
    else:
        raise AssertionError("a job of nowhere")
    try:
        queue.delete(low)
    except greenstalk.NotFoundError:
        pass
    else:
        raise AssertionError("deleted twice")
    try:
        queue.put("x" * 70000)
    except greenstalk.JobTooBigError:
        pass
    else:
        raise AssertionError("too big, and taken")
    assert queue.stats()["total-jobs"] == 3

with greenstalk.Client(address, encoding=None) as queue:
    body = bytes(range(256)) * 200
    queue.put(body)
    job = queue.reserve()
    assert job.body == body
    queue.delete(job)

print("all is well")
