#!/usr/bin/env python3
"""The adapter between Holdfast and a store: Holdfast starts one for each agent, and asks it to save and to read.

Replace the class Store by calls of your own code. The rest is the protocol: a request on stdin, an answer on stdout, one
JSON object per line. Try it with: holdfast adapter check -- python3 adapter.py
"""

import fcntl
import json
import os
import sys
import tempfile
import time

FILE = "queue.json"  # scenario.toml names it, too: in subject.files and inject.path


def patient(action):
    """Repeats an action while somebody has the file open: on Windows, codes 5 and 32 are both a PermissionError."""
    give_up_at = time.monotonic() + 20
    while True:
        try:
            return action()
        except PermissionError:
            if time.monotonic() > give_up_at:
                raise
        time.sleep(0.01)


class Store:
    """A list of messages in one file, which all agents share. Take out the lock, or patient(), and run it again."""

    def __init__(self, directory):
        self.path = os.path.join(directory, FILE)
        # Beside the file, because a lock on the file itself would go with the next replace.
        self.lock = open(self.path + ".lock", "a", encoding="utf-8")

    def _load(self):
        try:
            with patient(lambda: open(self.path, encoding="utf-8")) as file:
                return json.load(file)
        except FileNotFoundError:
            return []

    def add(self, message):
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        try:
            messages = self._load() + [message]
            descriptor, temp = tempfile.mkstemp(suffix=".tmp", dir=os.path.dirname(self.path))
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump(messages, file)
                    file.flush()
                    os.fsync(file.fileno())
                patient(lambda: os.replace(temp, self.path))
            except BaseException:
                patient(lambda: os.unlink(temp))
                raise
        finally:
            fcntl.flock(self.lock, fcntl.LOCK_UN)

    def messages(self):
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        try:
            return self._load()
        finally:
            fcntl.flock(self.lock, fcntl.LOCK_UN)


def answer(store, agent, request):
    if request["op"] == "broadcast":
        # "ok" is a promise: from now on the message must not be lost.
        store.add({"id": request["id"], "to": request["to"], "body": request["body"]})
        return {"result": "ok"}
    # read: what is addressed to this agent, in order
    mine = [message for message in store.messages() if agent in message["to"]]
    return {"result": "ok", "entries": [{"id": message["id"], "body": message["body"]} for message in mine]}


def main():
    store = agent = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["op"] == "quit":
                return
            if request["op"] == "init":
                agent = request["agent"]  # our number
                store = Store(request["dir"])
                reply = {"result": "ok"}
            else:
                reply = answer(store, agent, request)
        except OSError as error:
            # "fail" is a promise, too: it was not done, and will not be. If you cannot tell, answer "info".
            reply = {"result": "fail", "code": error.errno or 0, "error": str(error)}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
