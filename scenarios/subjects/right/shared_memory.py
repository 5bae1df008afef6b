"""A file of fixed size that all have mapped for as long as they live: its first eight bytes say how much of it is used.
Nothing is ever renamed."""
import fcntl
import json
import mmap
import os

from subject import patient, serve

SIZE = 4 << 20


class Store:
    def __init__(self, directory, agent):
        path = os.path.join(directory, "queue.map")
        self.file = patient(lambda: os.open(path, os.O_RDWR | os.O_CREAT, 0o644))
        fcntl.flock(self.file, fcntl.LOCK_EX)
        if os.fstat(self.file).st_size != SIZE:
            os.ftruncate(self.file, SIZE)
        fcntl.flock(self.file, fcntl.LOCK_UN)
        self.map = mmap.mmap(self.file, SIZE)

    def used(self):
        return int.from_bytes(self.map[:8], "little")

    def add(self, message):
        line = json.dumps(message).encode() + b"\n"
        fcntl.flock(self.file, fcntl.LOCK_EX)
        try:
            begin = 8 + self.used()
            self.map[begin:begin + len(line)] = line
            self.map[:8] = (self.used() + len(line)).to_bytes(8, "little")
        finally:
            fcntl.flock(self.file, fcntl.LOCK_UN)

    def messages(self):
        fcntl.flock(self.file, fcntl.LOCK_SH)
        try:
            return [json.loads(line) for line in self.map[8:8 + self.used()].splitlines()]
        finally:
            fcntl.flock(self.file, fcntl.LOCK_UN)


serve(Store)
