"""Each message is a file with the next number for its name. link(2) gives a number to one of those who want it, and the
others take the next: a compare-and-swap without a lock."""
import json
import os

from subject import patient, read_whole, serve, write_whole


class Store:
    def __init__(self, directory, agent):
        self.directory = directory

    def numbers(self):
        return sorted(int(name) for name in os.listdir(self.directory) if name.isdigit())

    def add(self, message):
        temp = os.path.join(self.directory, f"{message['id']}.tmp")
        write_whole(temp, json.dumps(message).encode())
        number = max(self.numbers(), default=0)
        while True:
            number += 1
            try:
                patient(lambda: os.link(temp, os.path.join(self.directory, str(number))))
                break
            except FileExistsError:
                pass
        patient(lambda: os.unlink(temp))

    def messages(self):
        return [json.loads(read_whole(os.path.join(self.directory, str(number)))) for number in self.numbers()]


serve(Store)
