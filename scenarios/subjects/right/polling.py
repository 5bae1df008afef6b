"""To take the lock is to rename a file away. A process that finds it gone looks again a little later, for as long as it
takes: there is no retry policy, and none is stated."""
import os
import time

from subject import JsonFile, patient, serve


class Store(JsonFile):
    def __init__(self, directory, agent):
        super().__init__(directory)
        self.free = os.path.join(directory, "token.free")
        self.taken = os.path.join(directory, "token.taken")
        try:
            with open(os.path.join(directory, "token.made"), "x"), open(self.free, "x"):
                pass
        except FileExistsError:
            pass

    def locked(self, action):
        while True:
            try:
                patient(lambda: os.rename(self.free, self.taken))
                break
            except FileNotFoundError:
                time.sleep(0.005)
        try:
            return action()
        finally:
            patient(lambda: os.rename(self.taken, self.free))

    def add(self, message):
        self.locked(lambda: self.append(message))

    def messages(self):
        return self.locked(self.load)


serve(Store)
