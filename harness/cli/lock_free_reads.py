"""A queue in one JSON file, as a subject: writers stand in line at a lock that is a hard link, and who reads takes no
lock, for a replace is one rename. Right: the commonest design there is."""

import json
import os
import sys
import time


def retried(action):
    for _ in range(500):
        try:
            return action()
        except PermissionError:
            time.sleep(0.01)
    return action()


class Queue:
    def __init__(self, directory, agent):
        self.agent = agent
        self.path = os.path.join(directory, "queue.json")
        self.lock = self.path + ".lock"
        self.own = os.path.join(directory, "writer-%d" % agent)
        open(self.own, "w").close()

    def load(self):
        try:
            with retried(lambda: open(self.path, encoding="utf-8")) as file:
                return json.load(file)
        except FileNotFoundError:
            return []

    def broadcast(self, message, to, body):
        while True:
            try:
                os.link(self.own, self.lock)
                break
            except FileExistsError:
                time.sleep(0.001)
        try:
            entries = self.load() + [{"id": message, "to": to, "body": body}]
            temporary = "%s.%d.tmp" % (self.path, self.agent)
            with open(temporary, "w", encoding="utf-8") as file:
                json.dump(entries, file)
            retried(lambda: os.replace(temporary, self.path))
        finally:
            retried(lambda: os.unlink(self.lock))

    def read(self):
        return [{"id": entry["id"], "body": entry["body"]} for entry in self.load() if self.agent in entry["to"]]


def main():
    queue = None
    for line in sys.stdin:
        request = json.loads(line)
        answer = {"result": "ok"}
        if request["op"] == "quit":
            return
        if request["op"] == "init":
            queue = Queue(request["dir"], request["agent"])
        elif request["op"] == "read":
            answer["entries"] = queue.read()
        else:
            queue.broadcast(request["id"], request["to"], request["body"])
        print(json.dumps(answer), flush=True)


main()
