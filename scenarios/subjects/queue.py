#!/usr/bin/env python3
"""A queue in one JSON file that many processes share, as a subject for Holdfast: copy it to begin your own.

Requests come on stdin and answers go to stdout, one JSON object per line. The queue itself is the usual recipe: a
lock around reading, changing and writing; a temporary file of its own, flushed, moved over the old one; and
retries while somebody else has the file open. Other errors are answered with their errno.
"""

import contextlib
import fcntl
import json
import os
import sys
import tempfile
import time

RETRIES = 5
FIRST_WAIT_S = 0.1  # then twice as long each time: 3.1 s in all


def retried(action):
    """Repeats it while it is refused: on Windows, codes 5 and 32 are both a PermissionError."""
    for retry in range(RETRIES):
        try:
            return action()
        except PermissionError:
            time.sleep(FIRST_WAIT_S * 2**retry)
    return action()


class MaybeSaved(Exception):
    """The new queue is in its place, but a power cut may yet bring the old one back."""


class Queue:
    def __init__(self, directory, agent):
        self.directory = directory
        self.agent = agent
        self.path = os.path.join(directory, "queue.json")
        # Beside the queue and never deleted: a lock on the queue itself would go with the next replace.
        self.lock = os.open(self.path + ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    @contextlib.contextmanager
    def locked(self):
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self.lock, fcntl.LOCK_UN)

    def load(self):
        try:
            with retried(lambda: open(self.path, encoding="utf-8")) as file:
                return json.load(file)["entries"]
        except FileNotFoundError:
            return []  # under the lock: nobody has saved yet

    def save(self, entries):
        descriptor, temp = tempfile.mkstemp(prefix="queue.json.", suffix=".tmp", dir=self.directory)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump({"entries": entries}, file)
                file.flush()
                os.fsync(file.fileno())
            retried(lambda: os.replace(temp, self.path))
        except BaseException:
            retried(lambda: os.unlink(temp))
            raise
        try:
            directory = os.open(self.directory, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
        except OSError as error:
            raise MaybeSaved(str(error)) from error

    def broadcast(self, message_id, to, body):
        with self.locked():
            self.save(self.load() + [{"id": message_id, "to": to, "body": body}])

    def read(self):
        with self.locked():
            return [{"id": entry["id"], "body": entry["body"]}
                    for entry in self.load() if self.agent in entry["to"]]


def answer(queue, request):
    try:
        if request["op"] == "read":
            return {"result": "ok", "entries": queue.read()}
        queue.broadcast(request["id"], request["to"], request["body"])
        return {"result": "ok"}
    except MaybeSaved as error:
        return {"result": "info", "error": str(error)}
    except OSError as error:
        return {"result": "fail", "code": error.errno or 0, "error": str(error)}


def main():
    queue = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "quit":
            return
        if request["op"] == "init":
            queue = Queue(request["dir"], request["agent"])
            print('{"result":"ok"}', flush=True)
        else:
            print(json.dumps(answer(queue, request)), flush=True)


if __name__ == "__main__":
    main()
