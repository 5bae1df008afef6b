"""A maildir: each message is a file of its own, written in tmp/ and moved to new/ when it is whole. No lock. Names begin
with the time, so that all read them in one order."""
import json
import os
import time

from subject import patient, read_whole, serve, write_whole


class Store:
    def __init__(self, directory, agent):
        self.tmp, self.new = os.path.join(directory, "tmp"), os.path.join(directory, "new")
        os.makedirs(self.tmp, exist_ok=True)
        os.makedirs(self.new, exist_ok=True)

    def add(self, message):
        name = f"{time.monotonic_ns():020}.{os.getpid()}"
        write_whole(os.path.join(self.tmp, name), json.dumps(message).encode())
        patient(lambda: os.rename(os.path.join(self.tmp, name), os.path.join(self.new, name)))

    def messages(self):
        return [json.loads(read_whole(os.path.join(self.new, name))) for name in sorted(os.listdir(self.new))]


serve(Store)
