#!/usr/bin/env python3
"""Subjects for waits_test.cc, of which the first argument names one: what they keep while they are idle, and what they
wait for.
"""

import fcntl
import json
import os
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scenarios", "subjects", "right"))
from subject import serve


class Locked:
    """A queue in a JSON file with a lock file beside it."""

    name = "queue.json"

    def __init__(self, root, agent):
        self.agent = agent
        self.path = os.path.join(root, self.name)
        self.lock_path = self.path + ".lock"

    def take_lock(self):
        lock = os.open(self.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def load(self):
        try:
            with open(self.path, encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return []

    def save(self, entries):
        temp = f"{self.path}.{os.getpid()}.tmp"
        with open(temp, "w", encoding="utf-8") as file:
            json.dump(entries, file)
        os.replace(temp, self.path)

    def add(self, entry):
        lock = self.take_lock()
        self.save(self.load() + [entry])
        os.close(lock)

    def messages(self):
        return self.load()


class Jobs(Locked):
    name = "jobs.json"


class KeepsReplaced(Locked):
    """A reader that keeps the first descriptor that it got, over all renames."""

    kept = None

    def load(self):
        try:
            file = open(self.path, encoding="utf-8")
        except FileNotFoundError:
            return []
        self.kept = self.kept or file
        return json.load(file)


class Litters(Locked):
    """Leaves a file beside each save, and keeps it open."""

    def __init__(self, root, agent):
        super().__init__(root, agent)
        self.litter = []

    def add(self, entry):
        super().add(entry)
        self.litter.append(open(f"{self.path}.{entry['id']}.copy", "w", encoding="utf-8"))


class Scratch(Locked):
    """Keeps a log of its own, and two files for scratch that have no name any more; all make notes of what they saved,
    from the second message on, in a file that is never read."""

    def __init__(self, root, agent):
        super().__init__(root, agent)
        self.root = root
        self.log = open(os.path.join(root, f"agent-{agent}.log"), "a", encoding="utf-8")
        self.scratch = []

    def add(self, entry):
        super().add(entry)
        print(entry["id"], file=self.log, flush=True)
        if len(self.scratch) < 2:
            file = tempfile.NamedTemporaryFile(dir=self.root)
            self.scratch.append(os.dup(file.fileno()))
            file.close()
        else:
            with open(os.path.join(self.root, "audit"), "a", encoding="utf-8") as audit:
                print(entry["id"], file=audit)


class Leader(Locked):
    """One is elected for life; who is not waits for that in a thread, and the queue has a lock of its own."""

    def __init__(self, root, agent):
        super().__init__(root, agent)
        self.leader = os.open(os.path.join(root, "leader.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        threading.Thread(target=fcntl.flock, args=(self.leader, fcntl.LOCK_EX), daemon=True).start()


class KeepsLock(Locked):
    """Agent 0 keeps the lock after its first message; the others, once it does, look for it again and again."""

    kept = None

    def add(self, entry):
        lock = self.kept or os.open(self.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        while self.agent != 0 and not os.path.exists(self.path):
            time.sleep(0.01)
        deadline = time.monotonic() + 3.9
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(lock)
                    raise
                time.sleep(0.01)
        self.save(self.load() + [entry])
        if self.agent == 0:
            self.kept = lock
        else:
            os.close(lock)


class Deadlock(Locked):
    """Even agents take lock a, then b; odd ones b, then a."""

    def add(self, entry):
        names = ["a", "b"] if self.agent % 2 == 0 else ["b", "a"]
        held = []
        for name in names:
            held.append(os.open(f"{self.path}.{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644))
            fcntl.flock(held[-1], fcntl.LOCK_EX)
            time.sleep(0.2)
        self.save(self.load() + [entry])
        for lock in held:
            os.close(lock)


class Hangs(Locked):
    """Agent 0 takes the lock and never comes back."""

    def add(self, entry):
        lock = self.take_lock()
        while self.agent == 0:
            time.sleep(1000)
        self.save(self.load() + [entry])
        os.close(lock)


KINDS = {"leader": Leader, "jobs": Jobs, "keeps-replaced": KeepsReplaced, "litters": Litters, "scratch": Scratch,
         "keeps-lock": KeepsLock, "deadlock": Deadlock, "hangs-on-lock": Hangs}

serve(KINDS[sys.argv[1]])
