// Real runs, made once: a directory each, with its report.html.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binary = process.env.HOLDFAST_BINARY;
const scenarios = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "scenarios");

export const oddNames = ["a #1?x=50%&y", "%2e%2e", "javascript:alert(1)", "\"><img src=x onerror=alert(1)>", "back\\slash", "ü"];

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
    for (const name of oddNames) cpSync(this.path("one_operation"), this.path(name), { recursive: true });
    const bytes = Buffer.from(this.path("x"));
    bytes[bytes.length - 1] = 0xff;  // no UTF-8
    cpSync(this.path("one_operation"), this.path("x"), { recursive: true });
    renameSync(this.path("x"), bytes);
    this.holdfast(0, "compare", this.path("fail"), this.path("pass"), "--html", this.path("compare.html"));
    this.written = Date.now();
    this.holdfast(0, "check", this.path("million"));
    this.written = Date.now() - this.written;
    this.holdfast(0, "index", this.directory);
  }
}
