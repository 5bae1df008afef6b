// Reports of real runs in a real browser: they say nothing to the console, ask nothing of a network, and can be
// used with a mouse, with keys, and without a script.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

const lacking = !existsSync("/usr/bin/chromium") ? "chromium" : !existsSync(new URL("node_modules/axe-core", import.meta.url)) ? "node_modules" : "";
if (lacking) {
  console.log(`${lacking} is not there: 'ci/setup browser' installs what these tests need`);
  process.exit(process.env.HOLDFAST_NOTHING_SKIPPED ? 1 : 77);
}
const { launch, opened, seriousViolations, wider } = await import("./browser.mjs");
const { oddNames, Runs } = await import("./runs.mjs");

let browser;
const runs = new Runs();
before(async () => { runs.make(); browser = await launch(); });
after(async () => { await browser?.close(); runs.remove(); });

const report = (name) => runs.path(name, "report.html");
const look = (name, work, options) => opened(browser, report(name), options, work);
const pages = () => [
  ...["pass", "fail", "inconclusive", "one_operation", "million", "series"].map(report),
  ...["compare.html", "hostile.html", "hostile-compare.html", "hostile-trials.html"].map((name) => runs.path(name)),
];
const story = (page) => page.locator("#story").innerText();
const shown = (page) => page.locator("#shown").innerText();

// Where a refusal is on the screen.
async function placeOfRefusal(page, number) {
  await page.locator("#whole").click();
  await page.locator("#lanes-box").scrollIntoViewIfNeeded();
  return page.evaluate((at) => {
    const { lanes } = window.holdfast;
    const { operation, call } = lanes.refusals[at];
    lanes.draw();
    const { x, y } = lanes.placeOf(operation, call);
    const box = lanes.canvas.getBoundingClientRect();
    return { x: box.left + x, y: box.top + y, at: call.at, agent: operation.agent };
  }, number);
}

test("no page complains, asks for anything, or has a serious barrier, wide or narrow, light or dark", async () => {
  for (const file of pages()) {
    for (const options of [{ colorScheme: "light" }, { colorScheme: "dark", viewport: { width: 390, height: 844 } }]) {
      await opened(browser, file, options, async (page) => {
        assert.deepEqual(await seriousViolations(page), [], file);
        assert.ok(await wider(page) <= 0, `${file} is wider than ${options.viewport?.width ?? 1280} px`);
      });
    }
  }
});

test("verdict and reason come first", async () => {
  for (const [name, word] of [["pass", "PASS"], ["fail", "FAIL"], ["inconclusive", "INCONCLUSIVE"], ["one_operation", "PASS"], ["million", "PASS"]]) {
    await look(name, async (page) => {
      assert.match(await page.locator("header .word").innerText(), new RegExp(`${word}$`));
      const sentence = (await page.locator("header .sentence").textContent()).replaceAll("\u00a0", " ");
      assert.ok(sentence.length > 10);
      const [reason] = runs.result(name).reasons;
      const said = await page.locator("header li").allTextContents();
      // One reason alone, of a run that did not fail, is the sentence itself.
      if (said.length > 0) assert.equal(said[0].replaceAll("\u00a0", " "), reason);
      else assert.ok(word === "PASS" || sentence.slice(1, -1) === reason.slice(1), sentence);
      // Nothing stands above the sentence but the verdict and what was run.
      assert.ok((await page.locator("header .sentence").boundingBox()).y < 260);
    });
  }
});

test("the page opens on the operations that show the failure, and its picture links to them", async () => {
  for (const width of [1280, 390]) {
    await look("fail", async (page) => {
      assert.equal(await page.locator("svg.moment:visible").count(), 1);
      const links = page.locator("a.witness");
      assert.ok(await links.count() > 0);
      const first = await links.first().innerText();
      assert.match(await story(page), new RegExp(`Broadcast ${first} of agent`));
      const inSight = () => page.evaluate(() => [...document.querySelectorAll("a.witness")].every((link) => {
        const { lanes, timeline } = window.holdfast;
        const one = timeline.operations.find((each) => operationTitle(each) === link.dataset.operation);
        return lanes.view[0] <= one.invoke && lanes.endOf(one) <= lanes.view[1];
      }));
      assert.ok(await inSight());
      assert.ok(await page.evaluate(() => window.holdfast.lanes.view[0] >= 0), "no time before the start");
      const last = await links.last().innerText();
      await links.last().click();
      assert.match(await story(page), new RegExp(`Broadcast ${last} of agent`));
      assert.ok(await inSight());
    }, { viewport: { width, height: 900 } });
  }
});

test("a click on a refusal shows who held the file, since when, and the operation's story", async () => {
  await look("fail", async (page) => {
    const viewer = runs.result("fail").refusals.by_holder.find(({ holder }) => holder === "viewer");
    const mine = await page.evaluate(() => {
      const { lanes, timeline } = window.holdfast;
      return lanes.refusals.map(({ call }, at) => (call.holders.some(({ holder }) => timeline.holders[holder].name === "viewer") ? at : -1)).filter((at) => at >= 0);
    });
    assert.ok(mine.length > 1, "the viewer stood in somebody's way");
    for (const number of [mine[0], mine[mine.length - 1]]) {
      const { x, y, at } = await placeOfRefusal(page, number);
      await page.mouse.click(x, y);
      const said = await story(page);
      assert.match(said, /Held by viewer, holdfast, pid \d+/);
      assert.ok(viewer.pids.some((pid) => said.includes(`pid ${pid}`)), said);
      assert.match(said, /since \d+\.\d{6} s, .* before/);
      assert.match(said, /Refused with WinError \d+ \(/);
      assert.ok(said.includes(`${(at / 1e6).toFixed(6)} s`), said);
      assert.match(said, /Step by step/);
    }
  });
});

test("keys go through failures and refusals, zoom, move and let go", async () => {
  await look("pass", async (page) => {
    const box = page.locator("#lanes-box");
    // By the skip link, without a mouse.
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await box.focus();
    await page.keyboard.press("r");
    const first = await story(page);
    assert.match(first, /Held by /);
    await page.keyboard.press("n");
    assert.notEqual(await story(page), first);
    await page.keyboard.press("p");
    assert.equal(await story(page), first);
    const span = () => page.evaluate(() => { const { view } = window.holdfast.lanes; return view[1] - view[0]; });
    const from = () => page.evaluate(() => window.holdfast.lanes.view[0]);
    await page.keyboard.press("0");
    const whole = await span();
    await page.keyboard.press("+");
    assert.ok(await span() < whole);
    const left = await from();
    await page.keyboard.press("d");
    assert.ok(await from() > left);
    await page.keyboard.press("0");
    assert.equal(await span(), whole);
    await page.keyboard.press("ArrowRight");
    const right = await story(page);
    await page.keyboard.press(/of agent 0\b/.test(right) ? "ArrowDown" : "ArrowUp");
    assert.notEqual(await story(page), right);
    await page.keyboard.press("Escape");
    assert.match(await story(page), /Nothing selected/);
  });
  await look("fail", async (page) => {
    await page.locator("#lanes-box").focus();
    await page.keyboard.press("f");
    const first = await page.evaluate(() => {
      const witness = document.querySelector("a.witness");
      const [agent, number] = witness.dataset.operation.split("-");
      return { agent, number };
    });
    assert.match(await story(page), new RegExp(`Broadcast ${first.agent}-${first.number} of agent ${first.agent}\\b`));
  });
});

test("filters by agent, outcome and code", async () => {
  await look("fail", async (page) => {
    const result = runs.result("fail");
    const total = await page.evaluate(() => window.holdfast.timeline.operations.length);
    assert.equal(await shown(page), `${total} of ${total} shown`);
    await page.locator("#agents-wanted").fill("1");
    const own = await page.evaluate(() => window.holdfast.timeline.operations.filter(({ agent }) => agent === 1).length);
    assert.ok(own > 0 && own < total);
    assert.equal(await shown(page), `${own} of ${total} shown`);
    await page.locator("#agents-wanted").fill("");
    for (const tick of await page.locator("[data-outcome]").all()) {
      if (await tick.getAttribute("data-outcome") !== "failed") await tick.uncheck();
    }
    assert.equal(await shown(page), `${result.broadcasts.failed} of ${total} shown`);
    for (const tick of await page.locator("[data-outcome]").all()) await tick.check();
    const [code] = Object.keys(result.refusals.by_code);
    await page.locator("#code-wanted").selectOption(code);
    const refused = await page.evaluate((wanted) => window.holdfast.timeline.operations.filter(({ calls }) => calls.some((call) => call.code === +wanted)).length, code);
    assert.ok(refused > 0);
    assert.equal(await shown(page), `${refused} of ${total} shown`);
    await page.locator("#code-wanted").selectOption("0");
    await page.locator("#refused-only").check();
    assert.equal(await shown(page), `${await page.evaluate(() => window.holdfast.timeline.operations.filter(({ refused: was }) => was).length)} of ${total} shown`);
  });
});

test("charts are drawn, and bands of faults with them", async () => {
  await look("fail", async (page) => {
    assert.equal(await page.locator(".chart .uplot").count(), 2);
    const inked = await page.evaluate(() => [...document.querySelectorAll(".chart canvas")].map((canvas) =>
      canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value !== 0)));
    assert.deepEqual(inked, [true, true]);
  });
});

test("without a script, and on paper, tables say it all", async () => {
  await look("fail", async (page) => {
    const text = await page.locator("body").innerText();
    for (const words of ["What was checked", "The timeline is drawn by a script", "Who held the file", "viewer", "Not modelled", "Repeat this run"]) {
      assert.ok(text.includes(words), words);
    }
    const rows = page.locator("#holders details tbody tr");
    assert.ok(await rows.count() > 0);
    assert.match(await rows.first().textContent(), /viewer, holdfast, pid \d+/);
    assert.equal(await page.locator("#lanes-view").isVisible(), false);
  }, { javaScriptEnabled: false });
  await look("pass", async (page) => {
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("nav").isVisible(), false);
    assert.equal(await page.locator("#first-failure").isVisible(), false);
    assert.ok((await page.pdf({ format: "A4" })).length > 10_000);
  });
});

test("a million operations: what is left out is said, and the file is small", async (t) => {
  assert.ok(statSync(report("million")).size < 5_000_000);
  for (const name of ["pass", "fail", "inconclusive", "one_operation"]) assert.ok(statSync(report(name)).size < 1_500_000);
  await look("million", async (page, took) => {
    t.diagnostic(`judged and written in ${runs.written} ms, opened in ${took} ms, ${statSync(report("million")).size} bytes`);
    assert.match(await page.locator("#lanes p").first().innerText(), /[\d,]+ of 1,000,100 operations are drawn one by one/);
    assert.equal(await page.evaluate(() => window.holdfast.timeline.bins.reduce((sum, row) => sum + row[2] + row[3] + row[4], 0)), 1_000_100);
    await page.locator("#lanes-box").focus();
    await page.keyboard.press("ArrowRight");
    assert.match(await story(page), /Broadcast \d+-\d+ of agent \d+/);
  });
});

test("hostile names stay text", async () => {
  for (const name of ["hostile.html", "hostile-compare.html", "hostile-trials.html"]) {
    await opened(browser, runs.path(name), {}, async (page) => {
      assert.equal(await page.evaluate(() => window.harmed), undefined);
      assert.equal(await page.locator("img").count(), 0);
      assert.equal(await page.locator("a[href^='javascript']").count(), 0);
      assert.match(await page.locator("h1, header ul").allTextContents().then((all) => all.join()), /<\/script><script>window\.harmed/);
      for (const fold of await page.locator("main summary").all()) await fold.click();
      assert.equal(await page.evaluate(() => window.harmed), undefined);
    });
  }
  await opened(browser, runs.path("hostile.html"), {}, async (page) => {
    const { x, y } = await placeOfRefusal(page, 0);
    await page.mouse.click(x, y);
    assert.match(await story(page), /Held by <\/script><script>window\.harmed/);
    assert.equal(await page.locator("#story img, #story script").count(), 0);
    assert.equal(await page.evaluate(() => window.harmed), undefined);
  });
});

test("before and after stand side by side, and so do variants", async () => {
  await opened(browser, runs.path("compare.html"), {}, async (page) => {
    assert.deepEqual((await page.locator(".side .word").allInnerTexts()).map((word) => word.trim().slice(2)), ["FAIL", "PASS"]);
    const [left, right] = await Promise.all((await page.locator(".side").all()).map((side) => side.boundingBox()));
    assert.ok(left.y === right.y && left.x + left.width <= right.x);
    assert.equal(await page.locator("script").count(), 0);
  });
  await look("series", async (page) => {
    assert.deepEqual(await page.locator(".side h2").allInnerTexts(), ["core", "origin not judged"]);
    assert.equal(await page.locator(".side").first().locator(".signs li").count(), 3);
    const trials = JSON.parse(readFileSync(runs.path("series", "trials.json"), "utf8"));
    const links = page.locator("#not-passed a");
    assert.equal(await links.count(), trials.trials.filter(({ verdict }) => verdict !== "pass").length);
  });
});

test("past runs are listed on a page without barriers, whose links work from disk", async () => {
  const index = pathToFileURL(runs.path("index.html")).href;
  let links;
  for (const options of [{ colorScheme: "light" }, { colorScheme: "dark", viewport: { width: 390, height: 844 } }]) {
    await opened(browser, runs.path("index.html"), options, async (page) => {
      assert.deepEqual(await seriousViolations(page), []);
      assert.ok(await wider(page) <= 0, `the list is wider than ${options.viewport?.width ?? 1280} px`);
      links = new Set(await page.locator("a").evaluateAll((all) => all.map(({ href }) => href)));
      for (const name of ["pass", "fail", "inconclusive", "one_operation", "million", "series"]) {
        assert.ok(links.has(pathToFileURL(report(name)).href), `${name} is not among ${[...links].join(" ")}`);
      }
    });
  }
  const folders = new Set([...links].filter((link) => link.endsWith("/report.html")).map((link) => link.slice(0, -"report.html".length)));
  assert.equal(folders.size, 7 + oddNames.length);
  for (const folder of folders) {
    assert.ok(folder.startsWith(index.slice(0, -"index.html".length)), folder);
    await opened(browser, `${folder}report.html`, {}, (page) => page.locator("header h1").waitFor());
  }
});
