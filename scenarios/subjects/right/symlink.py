"""The queue is a symbolic link to its latest generation: who saves writes the next one and flips the link."""
import contextlib
import fcntl
import json
import os

from subject import patient, read_whole, serve, write_whole


class Store:
    def __init__(self, directory, agent):
        self.directory = directory
        self.path = os.path.join(directory, "queue.json")
        self.lock = os.open(self.path + ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    @contextlib.contextmanager
    def locked(self, how):
        fcntl.flock(self.lock, how)
        try:
            yield
        finally:
            fcntl.flock(self.lock, fcntl.LOCK_UN)

    def generation(self, number):
        return os.path.join(self.directory, f"generation.{number}")

    def latest(self):
        try:
            return int(os.readlink(self.path).rsplit(".", 1)[1])
        except FileNotFoundError:
            return 0

    def load(self, number):
        return json.loads(read_whole(self.generation(number))) if number else []

    def add(self, message):
        with self.locked(fcntl.LOCK_EX):
            latest = self.latest()
            write_whole(self.generation(latest + 1), json.dumps(self.load(latest) + [message]).encode())
            flipped = self.path + ".next"
            os.symlink(os.path.basename(self.generation(latest + 1)), flipped)
            patient(lambda: os.replace(flipped, self.path))
            if latest:
                patient(lambda: os.unlink(self.generation(latest)))

    def messages(self):
        with self.locked(fcntl.LOCK_SH):
            return self.load(self.latest())


serve(Store)
