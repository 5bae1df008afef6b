"""SQLite in WAL mode: one connection each, open for as long as it lives."""
import json
import os
import sqlite3
import time

from subject import serve


class Store:
    def __init__(self, directory, agent):
        path = os.path.join(directory, "queue.db")
        self.db = sqlite3.connect(path, timeout=20, isolation_level=None)
        self.patient("PRAGMA journal_mode = WAL")
        self.patient("CREATE TABLE IF NOT EXISTS queue (place INTEGER PRIMARY KEY, message TEXT NOT NULL)")

    def patient(self, statement):
        """All begin at once, and somebody may keep them from opening the file: SQLite does not wait for that."""
        give_up_at = time.monotonic() + 8
        while True:
            try:
                return self.db.execute(statement)
            except sqlite3.OperationalError:
                if time.monotonic() > give_up_at:
                    raise
            time.sleep(0.01)

    def add(self, message):
        self.db.execute("INSERT INTO queue (message) VALUES (?)", (json.dumps(message),))

    def messages(self):
        return [json.loads(text) for (text,) in self.db.execute("SELECT message FROM queue ORDER BY place")]


serve(Store)
