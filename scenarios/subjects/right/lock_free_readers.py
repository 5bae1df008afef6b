"""Writers lock each other out by a hard link, which only one of them can make; readers take no lock at all."""
import contextlib
import os
import time

from subject import JsonFile, patient, serve


class Store(JsonFile):
    def __init__(self, directory, agent):
        super().__init__(directory)
        self.lock = os.path.join(directory, "queue.lock")
        self.own = f"{self.lock}.{os.getpid()}"

    @contextlib.contextmanager
    def locked(self):
        with open(self.own, "x"):
            pass
        while True:
            try:
                patient(lambda: os.link(self.own, self.lock))
                break
            except FileExistsError:
                time.sleep(0.005)
        try:
            yield
        finally:
            patient(lambda: os.unlink(self.lock))
            patient(lambda: os.unlink(self.own))

    def add(self, message):
        with self.locked():
            self.append(message)

    messages = JsonFile.load


serve(Store)
