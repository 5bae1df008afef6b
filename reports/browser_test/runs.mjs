// Real runs, made once: a directory each, with its report.html.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binary = process.env.HOLDFAST_BINARY;
const scenarios = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "scenarios");

export class Runs {
  constructor() { this.directory = mkdtempSync(join(tmpdir(), "holdfast-browser-")); }
  remove() { rmSync(this.directory, { recursive: true, force: true }); }
  path(...parts) { return join(this.directory, ...parts); }
  result(name) { return JSON.parse(readFileSync(this.path(name, "result.json"), "utf8")); }

  holdfast(expected, ...words) {
    const { status, stderr } = spawnSync(binary, words, { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
    assert.equal(status, expected, `holdfast ${words.join(" ")}: ${stderr}`);
  }
  run(name, expected, ...more) {
    this.holdfast(expected, "run", join(scenarios, `${name}.toml`), "--quiet", "--out", this.path(name), ...more);
  }

  make() {
    execFileSync(process.env.HOLDFAST_WRITE_PAGES, [this.directory]);
    this.run("pass", 0);
    this.run("fail", 1);
    this.run("inconclusive", 2);
    this.run("one_operation", 0);
    this.run("series", 0, "--trials", "3");
    this.holdfast(0, "compare", this.path("fail"), this.path("pass"), "--html", this.path("compare.html"));
    this.written = Date.now();
    this.holdfast(0, "check", this.path("million"));
    this.written = Date.now() - this.written;
  }

  // Serves all of them while `work` is done with their address.
  async served(work) {
    const server = spawn(binary, ["serve", this.directory, "--port", "0"], { stdio: ["ignore", "pipe", "pipe"] });
    const ended = once(server, "exit");
    try {
      const address = await new Promise((found, failed) => {
        let said = "";
        const hear = (bytes) => {
          said += bytes;
          const told = /http:\/\/127\.0\.0\.1:\d+\/(?=\s)/.exec(said);
          if (told) found(told[0]);
        };
        server.stdout.on("data", hear);
        server.stderr.on("data", hear);
        server.on("close", () => failed(new Error(`holdfast serve ended: ${said}`)));
      });
      await work(address);
    } finally {
      server.kill("SIGINT");
      await ended;
    }
    assert.equal(server.exitCode, 0);
  }
}
