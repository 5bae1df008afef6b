// Chromium with a page in it, and what it complains of.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function launch() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

// Opens a file, by its path or its address, hands the page to `look`, and fails if it said anything to the console,
// threw, opened a dialog or asked for anything but itself.
export async function opened(browser, place, options, look) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);  // for a machine that is busy with other things
  const complaints = [];
  const address = place.startsWith("file://") ? place : pathToFileURL(place).href;
  page.on("console", (message) => complaints.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { complaints.push("a dialog"); return dialog.dismiss(); });
  page.on("request", (request) => { if (request.url() !== address) complaints.push(`asked for ${request.url()}`); });
  try {
    const started = Date.now();
    await page.goto(address);
    if (options?.javaScriptEnabled !== false) {
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    }
    await look(page, Date.now() - started);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

// What axe calls serious or worse, as text.
export async function seriousViolations(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ")}`);
}

export async function wider(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
