// The adapter between Holdfast and a store: Holdfast starts one for each agent, and asks it to save and to read.
//
// Replace the class Store by calls of your own code. The rest is the protocol: a request on stdin, an answer on stdout, one
// JSON object per line. Try it with: holdfast adapter check -- node adapter.mjs
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';

const FILE = 'queue.json'; // scenario.toml names it, too: in subject.files and inject.path

const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

// Repeats an action while somebody has the file open: on Windows, code 5 is EPERM, and 32 is EBUSY.
function patient(action, again = ['EPERM', 'EBUSY', 'EACCES']) {
  const giveUpAt = Date.now() + 20000;
  for (;;) {
    try {
      return action();
    } catch (error) {
      if (!again.includes(error.code) || Date.now() > giveUpAt) throw error;
    }
    sleep(10);
  }
}

// A list of messages in one file, which all agents share. Take out the lock, or patient(), and run it again.
class Store {
  constructor(directory) {
    this.path = path.join(directory, FILE);
  }

  // Node has no file locks: a directory can be made only once.
  locked(action) {
    patient(() => fs.mkdirSync(`${this.path}.lock`), ['EEXIST', 'EPERM', 'EBUSY']);
    try {
      return action();
    } finally {
      patient(() => fs.rmdirSync(`${this.path}.lock`));
    }
  }

  load() {
    try {
      return JSON.parse(patient(() => fs.readFileSync(this.path, 'utf8')));
    } catch (error) {
      if (error.code === 'ENOENT') return [];
      throw error;
    }
  }

  add(message) {
    this.locked(() => {
      const temp = `${this.path}.${process.pid}.tmp`;
      try {
        fs.writeFileSync(temp, JSON.stringify([...this.load(), message]), { flush: true });
        patient(() => fs.renameSync(temp, this.path));
      } catch (error) {
        patient(() => fs.rmSync(temp, { force: true }));
        throw error;
      }
    });
  }

  messages() {
    return this.locked(() => this.load());
  }
}

let store, agent;

function answer(request) {
  if (request.op === 'init') {
    agent = request.agent; // our number
    store = new Store(request.dir);
  } else if (request.op === 'broadcast') {
    // "ok" is a promise: from now on the message must not be lost.
    store.add({ id: request.id, to: request.to, body: request.body });
  } else {
    // read: what is addressed to this agent, in order
    const mine = store.messages().filter((message) => message.to.includes(agent));
    return { result: 'ok', entries: mine.map(({ id, body }) => ({ id, body })) };
  }
  return { result: 'ok' };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.op === 'quit') break;
  let reply;
  try {
    reply = answer(request);
  } catch (error) {
    // "fail" is a promise, too: it was not done, and will not be. If you cannot tell, answer "info".
    reply = { result: 'fail', code: Math.abs(error.errno ?? 0), error: error.message };
  }
  console.log(JSON.stringify(reply));
}
