"""What the parts of the queue share."""
import argparse
import heapq
import itertools
import time

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--working-dir", required=True)
parser.add_argument("--id", default="n1")
parser.add_argument("--peers", default="")
parser.add_argument("--bug", default="")
args = parser.parse_args()

ME, BUG = args.id, args.bug
PEERS = dict(peer.split("=", 1) for peer in args.peers.split(",") if peer)


def say(text):
    print(f"{ME}: {text}", flush=True)


class Timers:
    """What is to be done at a moment. It looks itself whether it is still to be done."""

    def __init__(self):
        self.heap, self.number = [], itertools.count()

    def at(self, when, what):
        heapq.heappush(self.heap, (when, next(self.number), what))

    def run(self):
        while self.heap and self.heap[0][0] <= time.time():
            heapq.heappop(self.heap)[2]()


timers = Timers()
# The connections of clients; this node's part in the cluster, once it has one.
clients, node = set(), None
