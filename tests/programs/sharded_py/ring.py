"""Which group a key belongs to: consistent hashing, on a ring of 64-bit numbers."""
import bisect
import hashlib


def position(text):
    """The same in every process, unlike `hash()`."""
    return int.from_bytes(hashlib.sha1(text.encode()).digest()[:8], "big")


class Ring:
    """Each group has many points, so that shares are even, and a key belongs to the first point at or after its own."""

    POINTS = 256

    def __init__(self, groups, place=position):
        self.place = place
        points = sorted((place(f"{group}#{number}"), group) for group in groups for number in range(self.POINTS))
        self.positions = [at for at, _ in points]
        self.owners = [group for _, group in points]

    def owner(self, key):
        at = bisect.bisect_left(self.positions, self.place(key))
        return self.owners[at % len(self.owners)]
