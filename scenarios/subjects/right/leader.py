"""A queue in one file, and an elected leader, who keeps its lock for as long as it lives: it alone sweeps leftovers."""
import fcntl
import os

from subject import JsonFile, patient, serve


class Store(JsonFile):
    def __init__(self, directory, agent):
        super().__init__(directory)
        self.directory = directory
        self.lock = open(os.path.join(directory, "queue.lock"), "a")
        self.office = open(os.path.join(directory, "leader.lock"), "a")
        try:
            fcntl.flock(self.office, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.locked(self.sweep)
        except BlockingIOError:
            pass  # somebody else is

    def locked(self, action, how=fcntl.LOCK_EX):
        fcntl.flock(self.lock, how)
        try:
            return action()
        finally:
            fcntl.flock(self.lock, fcntl.LOCK_UN)

    def sweep(self):
        for name in os.listdir(self.directory):
            if name.endswith(".tmp"):
                patient(lambda: os.unlink(os.path.join(self.directory, name)))

    def add(self, message):
        self.locked(lambda: self.append(message))

    def messages(self):
        return self.locked(self.load, fcntl.LOCK_SH)


serve(Store)
