// A state file that Node.js processes share: a directory is the lock, and a temporary file is moved over the old one.
// With the argument "staged", the temporary file is made in a directory of its own, which fs.rmSync then removes with
// all that is in it.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';

const staged = process.argv[2] === 'staged';
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

// Does it again for a while if that is what is wrong; `again` are the codes of libuv for "somebody has it open".
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

let agent, file, stage;

function load() {
  try {
    return JSON.parse(patient(() => fs.readFileSync(file, 'utf8')));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function save(messages) {
  if (staged) fs.mkdirSync(stage);
  const temp = staged ? path.join(stage, 'state.json') : `${file}.${process.pid}.tmp`;
  if (staged) fs.writeFileSync(path.join(stage, 'journal'), String(messages.length));
  patient(() => fs.writeFileSync(temp, JSON.stringify(messages), { flush: true }));
  patient(() => fs.renameSync(temp, file));
  if (staged) patient(() => fs.rmSync(stage, { recursive: true }));
}

function locked(action) {
  patient(() => fs.mkdirSync(`${file}.lock`), ['EEXIST', 'EPERM']);
  try {
    return action();
  } finally {
    patient(() => fs.rmdirSync(`${file}.lock`));
  }
}

function answer(asked) {
  if (asked.op === 'init') {
    agent = asked.agent;
    file = path.join(asked.dir, 'state.json');
    stage = path.join(asked.dir, `stage-${process.pid}`);
  } else if (asked.op === 'broadcast') {
    locked(() => save([...load(), { id: asked.id, to: asked.to, body: asked.body }]));
  } else if (asked.op === 'read') {
    const mine = locked(load).filter((message) => message.to.includes(agent));
    return { result: 'ok', entries: mine.map(({ id, body }) => ({ id, body })) };
  }
  return { result: 'ok' };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  if (asked.op === 'quit') break;
  try {
    console.log(JSON.stringify(answer(asked)));
  } catch (error) {
    console.log(JSON.stringify({ result: 'fail', code: Math.abs(error.errno ?? 5), error: error.message }));
  }
}
