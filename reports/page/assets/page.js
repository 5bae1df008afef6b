// Puts lanes, story and charts into the page, and ties keys and filters to them.

// "0-3, 7" as a test of an agent's number; none for nothing, or for what cannot be read.
function agentsWanted(text) {
  const ranges = text.split(",").map((part) => part.trim()).filter(Boolean).map((part) => part.match(/^(\d+)(?:\s*[-–]\s*(\d+))?$/));
  if (ranges.length === 0 || ranges.some((range) => !range)) return null;
  return (agent) => ranges.some(([, first, last]) => agent >= +first && agent <= +(last || first));
}

function buildLanes(host, timeline, codes) {
  const box = element("div", { class: "viewport", tabindex: "0", role: "application", id: "lanes-box",
    "aria-label": "Timeline. Left and right go from operation to operation, up and down from agent to agent, n and p from refusal to refusal; the selection is described beside it." });
  const story = element("div", { class: "story", id: "story", role: "region", "aria-live": "polite", "aria-label": "What is selected", tabindex: "0" });
  const shown = element("output", { id: "shown" });
  host.hidden = false;
  const tools = element("div", { class: "tools" });
  host.append(tools, element("div", { class: "stage" }, box, story));
  const lanes = new Lanes(box, timeline, (selected) => tellStory(story, timeline, codes, selected));

  const refilter = () => {
    lanes.apply();
    shown.textContent = `${lanes.shown.toLocaleString("en")} of ${timeline.operations.length.toLocaleString("en")} shown`;
  };
  const refusalOf = (operation) => operation.calls.find((call) => call.code !== 0) || null;
  const jump = (index) => {
    if (index === null) return;
    const operation = timeline.operations[index];
    lanes.select({ operation, call: refusalOf(operation) }, "zoom");
  };
  // The operations in the picture of the moment: all in sight, one of them selected.
  const witnesses = [...document.querySelectorAll("a.witness")].map((link) => ({
    link, operation: timeline.operations.find((one) => one.name === "broadcast" && operationTitle(one) === link.dataset.operation),
  })).filter(({ operation }) => operation);
  const showWitness = (operation) => {
    lanes.show(witnesses.map((one) => one.operation));
    lanes.select({ operation, call: refusalOf(operation) }, false);
  };
  const firstFailure = () => { if (witnesses.length > 0) showWitness(witnesses[0].operation); else jump(timeline.firstFailure); };
  // The refusal before or after the one that is selected.
  const step = (by) => {
    const { refusals } = lanes;
    if (refusals.length === 0) return;
    const now = lanes.selected && lanes.selected.call ? refusals.findIndex(({ call }) => call === lanes.selected.call) : -1;
    const next = now < 0 ? (by > 0 ? 0 : refusals.length - 1) : Math.min(Math.max(now + by, 0), refusals.length - 1);
    lanes.select({ ...refusals[next] }, true);
  };
  const along = (by) => {
    const first = lanes.lanes.find((lane) => lane.operations.length > 0);
    if (!first) return;
    const from = lanes.selected && lanes.selected.operation;
    const place = from ? lanes.laneOf.get(from.agent) : undefined;
    if (place === undefined) { lanes.select({ operation: first.operations[0], call: refusalOf(first.operations[0]) }, true); return; }
    const { operations } = lanes.lanes[place];
    const operation = operations[Math.min(Math.max(operations.indexOf(from) + by, 0), operations.length - 1)];
    lanes.select({ operation, call: refusalOf(operation) }, true);
  };
  const across = (by) => {
    const from = lanes.selected && lanes.selected.operation;
    if (!from) { along(0); return; }
    for (let place = (lanes.laneOf.get(from.agent) ?? 0) + by; place >= 0 && place < lanes.lanes.length; place += by) {
      const { operations } = lanes.lanes[place];
      if (operations.length === 0) continue;
      const near = operations.reduce((best, one) => (Math.abs(one.invoke - from.invoke) < Math.abs(best.invoke - from.invoke) ? one : best));
      lanes.select({ operation: near, call: refusalOf(near) }, true);
      return;
    }
  };
  const keys = {
    f: firstFailure, r: () => jump(timeline.firstRefusal), n: () => step(1), p: () => step(-1),
    "+": () => lanes.zoom(0.6), "=": () => lanes.zoom(0.6), "-": () => lanes.zoom(1.7), 0: () => lanes.all(),
    ArrowLeft: () => along(-1), ArrowRight: () => along(1), ArrowUp: () => across(-1), ArrowDown: () => across(1),
    a: () => lanes.pan(-0.3), d: () => lanes.pan(0.3), Escape: () => lanes.select(null, false),
  };
  box.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });

  const button = (id, label, act, disabled) => element("button", { type: "button", id, onclick: act, disabled }, label);
  tools.append(
    button("first-failure", "First failure", keys.f, timeline.firstFailure === null),
    button("first-refusal", "First refusal", keys.r, timeline.firstRefusal === null),
    button("previous", "‹ refusal", keys.p, timeline.refusals.length === 0), button("next", "refusal ›", keys.n, timeline.refusals.length === 0),
    button("closer", "Zoom in", keys["+"]), button("farther", "Zoom out", keys["-"]), button("whole", "Whole run", keys[0]));
  const agents = element("input", { type: "text", id: "agents-wanted", placeholder: "0-3, 7", oninput: () => { lanes.filter.agents = agentsWanted(agents.value); refilter(); } });
  const outcomes = element("fieldset", {}, element("legend", {}, "Outcome"));
  const signs = { ok: "■", failed: "▨", unknown: "◧", lost: "▩" };
  for (const [name, words] of Object.entries(outcomeWords)) {
    if (!timeline.operations.some((one) => one.outcome === name)) continue;
    const tick = element("input", { type: "checkbox", checked: true, "data-outcome": name, onchange: () => {
      if (tick.checked) lanes.filter.outcomes.add(name); else lanes.filter.outcomes.delete(name);
      refilter();
    } });
    const sign = element("span", { class: "key-sign", "aria-hidden": "true" }, signs[name]);
    sign.style.color = `var(--${outcomeInk[name]})`;
    outcomes.append(element("label", {}, tick, sign, ` ${words}`));
  }
  const code = element("select", { id: "code-wanted", onchange: () => { lanes.filter.code = +code.value; refilter(); } }, element("option", { value: "0" }, "any"));
  for (const [number, words] of Object.entries(codes)) code.append(element("option", { value: number }, words));
  const refused = element("input", { type: "checkbox", id: "refused-only", onchange: () => { lanes.filter.refusedOnly = refused.checked; refilter(); } });
  const filters = element("div", { class: "tools" }, element("label", {}, "Agents ", agents), outcomes, element("label", {}, "WinError ", code),
    element("label", {}, refused, " only refused"), shown);
  tools.after(filters);
  host.append(element("p", { class: "note hint" },
    "A bar is an operation, a diamond a refused call with its code, a dashed line the back-off after it, a cross a planned kill; bars on top are files held. Drag moves, Ctrl and wheel zooms. Keys in the timeline: arrows, ",
    element("kbd", {}, "n"), " ", element("kbd", {}, "p"), " refusals, ", element("kbd", {}, "f"), " first failure, ", element("kbd", {}, "r"), " first refusal, ",
    element("kbd", {}, "+"), " ", element("kbd", {}, "−"), " ", element("kbd", {}, "0"), " zoom, ", element("kbd", {}, "a"), " ", element("kbd", {}, "d"), " move."));
  for (const link of document.querySelectorAll("a.op")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      jump(+link.dataset.op);
      document.getElementById("lanes").scrollIntoView();
      box.focus({ preventScroll: true });
    });
  }
  for (const { link, operation } of witnesses) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      showWitness(operation);
      document.getElementById("lanes").scrollIntoView();
      box.focus({ preventScroll: true });
    });
  }
  refilter();
  const start = timeline.firstFailure ?? timeline.firstRefusal;
  if (witnesses.length > 0) showWitness(witnesses[0].operation);
  else if (start === null) tellStory(story, timeline, codes, null);
  else lanes.select({ operation: timeline.operations[start], call: refusalOf(timeline.operations[start]) }, false);
  return lanes;
}

// What the page shows, for tests and for the curious.
window.holdfast = (() => {
  const data = embedded("timeline");
  const figures = embedded("figures");
  const timeline = data && decodedTimeline(data);
  const host = document.getElementById("lanes-view");
  const lanes = host && timeline ? buildLanes(host, timeline, figures.codes) : null;
  drawCharts(timeline, figures);
  // Paper unfolds nothing by itself.
  window.addEventListener("beforeprint", () => { for (const fold of document.querySelectorAll("main details")) fold.open = true; });
  return { timeline, lanes };
})();
