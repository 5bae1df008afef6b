// The two charts of latencies, by uPlot.

function axisOf(label, values) {
  return {
    label, stroke: () => inkOf("dim"), grid: { stroke: () => inkOf("grid"), width: 1 }, ticks: { stroke: () => inkOf("line"), width: 1 },
    values, font: "12px system-ui", labelFont: "12px system-ui", labelSize: 18, size: 62,
  };
}

const milliseconds = (ms) => (ms >= 1000 ? `${+(ms / 1000).toPrecision(3)} s` : `${+ms.toPrecision(3)} ms`);

function sized(host) {
  return { width: Math.max(host.clientWidth, 240), height: 260 };
}

// The histogram is finer than a screen: buckets are put together by twelfths of a factor of ten.
function latencyHistogram(host, histogram) {
  const least = histogram.upper_ms.find((ms) => ms > 0);
  if (least === undefined) return null;
  const bars = new Map();
  histogram.upper_ms.forEach((ms, place) => {
    const at = Math.ceil(Math.log10(Math.max(ms, least)) * 12 - 1e-9);
    bars.set(at, (bars.get(at) || 0) + histogram.counts[place]);
  });
  const keys = [...bars.keys()];
  const xs = [];
  const ys = [];
  for (let at = Math.min(...keys) - 1; at <= Math.max(...keys) + 1; at += 1) { xs.push(10 ** ((at - 0.5) / 12)); ys.push(bars.get(at) || null); }
  return new uPlot({
    ...sized(host), legend: { show: true },
    scales: { x: { time: false, distr: 3, log: 10 }, y: { range: (_, low, high) => [0, Math.max(high * 1.08, 1)] } },
    axes: [axisOf("latency", (_, marks) => marks.map((mark) => (mark === null ? "" : milliseconds(mark)))), axisOf("broadcasts", (_, marks) => marks.map((mark) => mark.toLocaleString("en")))],
    series: [{ label: "up to about", value: (_, ms) => (ms == null ? "–" : milliseconds(ms)) },
      { label: "broadcasts", stroke: () => inkOf("ok"), fill: () => inkOf("held"), width: 1, paths: uPlot.paths.bars({ size: [0.9, 60] }), points: { show: false } }],
  }, [xs, ys], host);
}

// A point for each operation that is drawn, the steps of the run as lines, and holds as bands behind.
function latencyOverTime(host, timeline, figures) {
  const points = [];
  const operations = timeline ? timeline.operations.filter((one) => one.name === "broadcast" && one.complete !== null) : [];
  for (const one of operations) points.push([one.intended / 1e6, Math.max((one.complete - one.intended) / 1e3, 1e-3), one.outcome]);
  // With a point a row, quantiles of steps say more than the points between them.
  const lines = figures.series.length > 2;
  if (lines) for (const row of figures.series) if (row.ok > 0) points.push([row.at_s + figures.series_step_s / 2, row.latency_ms, "step"]);
  if (points.length === 0) return null;
  points.sort((a, b) => a[0] - b[0]);
  const kinds = ["ok", "failed", "lost"];
  const columns = [points.map((point) => point[0]),
    ...kinds.map((kind) => points.map((point) => (point[2] === kind ? point[1] : null)))];
  const shapes = { ok: "acknowledged", failed: "failed", lost: "lost" };
  const series = [{ label: "at", value: (_, at) => (at == null ? "–" : `${at.toFixed(3)} s`) },
    ...kinds.map((kind) => ({ label: shapes[kind], stroke: () => inkOf(outcomeInk[kind]), paths: () => null,
      points: { show: true, size: kind === "ok" ? 4 : 7, width: kind === "ok" ? 1 : 2, fill: () => (kind === "ok" ? inkOf("ok") : inkOf("paper")) },
      value: (_, ms) => (ms == null ? "–" : milliseconds(ms)) }))];
  if (lines) {
    for (const [name, dash] of [["p50", []], ["p99", [6, 4]]]) {
      columns.push(points.map((point) => (point[2] === "step" && point[1][name] > 0 ? point[1][name] : null)));
      series.push({ label: name, stroke: () => inkOf("ink"), dash, width: 1.5, spanGaps: true, points: { show: false }, value: (_, ms) => (ms == null ? "–" : milliseconds(ms)) });
    }
  }
  const present = columns.map((column, place) => place === 0 || column.some((value) => value !== null));
  const bands = (plot) => {
    if (!timeline) return;
    const pen = plot.ctx;
    pen.save();
    pen.fillStyle = inkOf("held");
    pen.globalAlpha = 0.3;
    for (const hold of timeline.holds) {
      const left = plot.valToPos(hold.from / 1e6, "x", true);
      const right = plot.valToPos((hold.until === null ? timeline.until : hold.until) / 1e6, "x", true);
      if (right < plot.bbox.left || left > plot.bbox.left + plot.bbox.width) continue;
      const from = Math.max(left, plot.bbox.left);
      pen.fillRect(from, plot.bbox.top, Math.max(Math.min(right, plot.bbox.left + plot.bbox.width) - from, 1), plot.bbox.height);
    }
    pen.restore();
  };
  return new uPlot({
    ...sized(host), hooks: { drawClear: [bands] }, cursor: { drag: { x: true, y: false } },
    scales: { x: { time: false }, y: { distr: 3, log: 10 } },
    axes: [axisOf("after the start", (_, marks) => marks.map((mark) => `${mark} s`)), axisOf("latency", (_, marks) => marks.map((mark) => (mark === null ? "" : milliseconds(mark))))],
    series: series.filter((_, place) => present[place]),
  }, columns.filter((_, place) => present[place]), host);
}

function drawCharts(timeline, figures) {
  const plots = [];
  const add = (id, make) => {
    const host = document.getElementById(id);
    const figure = host && host.closest("figure");
    if (!host) return;
    // Hidden until there is something in it, it has no width yet.
    host.style.display = "block";
    figure.style.display = "block";
    const plot = make(host);
    if (plot) { plots.push([host, plot]); plot.root.setAttribute("aria-hidden", "true"); } else figure.style.display = "none";
  };
  add("latency-histogram", (host) => latencyHistogram(host, figures.latency_histogram));
  add("latency-time", (host) => latencyOverTime(host, timeline, figures));
  window.addEventListener("resize", () => plots.forEach(([host, plot]) => plot.setSize(sized(host))));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plots.forEach(([, plot]) => plot.redraw(false, true)));
}
