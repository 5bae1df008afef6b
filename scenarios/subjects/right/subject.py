"""What the correct subjects in Python have in common: the protocol, and patience while somebody has a file open."""
import json
import os
import sys
import time


def patient(action):
    """Repeats it while somebody has the file open: on Windows, codes 5 and 32 are both a PermissionError."""
    give_up_at = time.monotonic() + 20
    while True:
        try:
            return action()
        except PermissionError:
            if time.monotonic() > give_up_at:
                raise
        time.sleep(0.01)


def write_whole(path, data):
    with patient(lambda: open(path, "wb")) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def read_whole(path):
    with patient(lambda: open(path, "rb")) as file:
        return file.read()


class JsonFile:
    """A list of messages in one file, replaced as a whole; the saver holds the lock."""

    def __init__(self, directory):
        self.path = os.path.join(directory, "queue.json")
        self.temp = f"{self.path}.{os.getpid()}.tmp"

    def load(self):
        try:
            return json.loads(read_whole(self.path))
        except FileNotFoundError:
            return []

    def append(self, message):
        write_whole(self.temp, json.dumps(self.load() + [message]).encode())
        patient(lambda: os.replace(self.temp, self.path))


def serve(start):
    """`start(directory, agent)` makes a store, which has add(message) and messages(); each is id, to and body."""
    store = agent = None
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {"result": "ok"}
        try:
            if asked["op"] == "quit":
                return
            if asked["op"] == "init":
                agent = asked["agent"]
                store = start(asked["dir"], agent)
            elif asked["op"] == "broadcast":
                store.add({"id": asked["id"], "to": asked["to"], "body": asked["body"]})
            else:
                mine = [message for message in store.messages() if agent in message["to"]]
                answer["entries"] = [{"id": message["id"], "body": message["body"]} for message in mine]
        except OSError as error:
            answer = {"result": "fail", "code": error.errno or 0, "error": str(error)}
        print(json.dumps(answer), flush=True)
