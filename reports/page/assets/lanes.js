// Lanes in true time on one canvas: who held files on top, agents beneath. What is drawn follows from the view
// (a stretch of time, lanes scrolled by the box around the canvas), the filter and what is selected.

class DrawnLanes extends LaneMarks {
  constructor(box, timeline, onSelect) {
    super();
    this.timeline = timeline;
    this.onSelect = onSelect;
    this.filter = { agents: null, outcomes: new Set(Object.keys(outcomeWords)), code: 0, refusedOnly: false };
    this.whole = [timeline.from < 0 ? timeline.from * 1.01 : 0, timeline.until + (timeline.until - timeline.from) * 0.01];
    this.view = [...this.whole];
    this.selected = null;  // { operation, call } or { hold }
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.spacer = element("div", {});
    this.box = box;
    box.append(this.canvas, this.spacer);
    this.layHolders();
    this.apply();
    box.addEventListener("scroll", () => this.request());
    new ResizeObserver(() => this.resize()).observe(box);
  }

  // Holders with most refusals have lanes of their own, the others share one.
  layHolders() {
    const { holders, holds, refusals } = this.timeline;
    const most = 8;
    const named = holders.map(() => 0);
    for (const { call } of refusals) for (const { holder } of call.holders) named[holder] += 1;
    const order = holders.map((_, index) => index)
      .sort((a, b) => (holders[b].kind === 1) - (holders[a].kind === 1) || named[b] - named[a]);
    this.holderLane = holders.map(() => 0);
    this.holderLanes = [];
    order.forEach((holder, place) => {
      const lane = order.length > most && place >= most - 1 ? most - 1 : place;
      this.holderLane[holder] = lane;
      if (!this.holderLanes[lane]) this.holderLanes[lane] = { holders: [], holds: [], marks: [] };
      this.holderLanes[lane].holders.push(holder);
    });
    for (const hold of holds) this.holderLanes[this.holderLane[hold.holder]].holds.push(hold);
    for (const refusal of refusals) {
      for (const mention of refusal.call.holders) {
        const lane = this.holderLanes[this.holderLane[mention.holder]];
        if (holders[mention.holder].kind !== 1 && lane) lane.marks.push({ ...refusal, mention });
      }
    }
  }

  holderLabel(lane) {
    const { holders } = this.timeline;
    if (lane.holders.length > 1) return `${lane.holders.length} others`;
    const holder = holders[lane.holders[0]];
    const who = holder.kind === 2 && holder.index !== undefined ? `agent ${holder.index}` : holder.name;
    return [who, holder.pid || "", holder.share].filter(Boolean).join(" ");
  }

  passes(operation) {
    const { agents, outcomes, code, refusedOnly } = this.filter;
    if (agents && !agents(operation.agent)) return false;
    if (!outcomes.has(operation.outcome)) return false;
    if (refusedOnly && !operation.refused) return false;
    return code === 0 || operation.calls.some((call) => call.code === code);
  }

  // Takes over a changed filter.
  apply() {
    const byAgent = new Map();
    this.shown = 0;
    for (const operation of this.timeline.operations) {
      if (!this.passes(operation)) continue;
      this.shown += 1;
      if (!byAgent.has(operation.agent)) byAgent.set(operation.agent, []);
      byAgent.get(operation.agent).push(operation);
    }
    this.filtered = this.shown < this.timeline.operations.length;
    const agents = [...byAgent.keys()];
    if (!this.filtered) for (let agent = 0; agent < this.timeline.agents; agent += 1) if (!byAgent.has(agent)) agents.push(agent);
    agents.sort((a, b) => a - b);
    this.lanes = agents.map((agent) => ({ agent, operations: byAgent.get(agent) || [] }));
    this.laneOf = new Map(agents.map((agent, place) => [agent, place]));
    this.laneHeight = this.lanes.length > 12 ? 18 : 26;
    this.refusals = this.timeline.refusals.filter(({ operation, call }) =>
      this.passes(operation) && (this.filter.code === 0 || call.code === this.filter.code));
    this.resize();
  }

  resize() {
    const axis = 24;
    this.width = this.box.clientWidth;
    if (this.width === 0) return;
    this.gutter = this.width > 640 ? 158 : 76;
    this.holdersTop = axis;
    this.lanesTop = axis + this.holderLanes.length * 20 + (this.holderLanes.length ? 10 : 0);
    const content = this.lanesTop + this.lanes.length * this.laneHeight + 6;
    this.height = Math.min(content, 636);
    this.spacer.style.height = `${content - this.height}px`;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.height = `${this.height}px`;
    this.ratio = ratio;
    this.draw();
  }

  request() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => { this.pending = 0; this.draw(); });
  }

  x(time) { return this.gutter + (time - this.view[0]) / (this.view[1] - this.view[0]) * (this.width - this.gutter - 6); }
  timeAt(x) { return this.view[0] + (x - this.gutter) / (this.width - this.gutter - 6) * (this.view[1] - this.view[0]); }
  laneY(place) { return this.lanesTop + place * this.laneHeight - this.box.scrollTop + this.laneHeight / 2; }
  holderY(place) { return this.holdersTop + place * 20 + 10; }

  draw() {
    if (!this.width) return;
    const pen = this.canvas.getContext("2d");
    const ink = this.ink = Object.fromEntries(["paper", "ink", "dim", "line", "grid", "ok", "fail", "unknown", "lost", "held", "refused", "mark", "focus"].map((name) => [name, inkOf(name)]));
    this.patterns = {};
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    pen.font = "12px system-ui, sans-serif";
    pen.textBaseline = "middle";
    pen.save();
    pen.beginPath();
    pen.rect(0, this.lanesTop, this.width, this.height - this.lanesTop);
    pen.clip();
    this.drawBins(pen);
    const first = Math.max(0, Math.floor(this.box.scrollTop / this.laneHeight));
    const last = Math.min(this.lanes.length, first + Math.ceil(this.height / this.laneHeight) + 1);
    for (let place = first; place < last; place += 1) this.drawLane(pen, this.lanes[place], this.laneY(place));
    this.drawKills(pen);
    pen.restore();
    this.holderLanes.forEach((lane, place) => this.drawHolderLane(pen, lane, this.holderY(place)));
    if (this.holderLanes.length) {
      pen.fillStyle = ink.line;
      pen.fillRect(0, this.lanesTop - 6, this.width, 1);
    }
    this.drawAxis(pen);
    this.drawSelection(pen);
  }

  drawAxis(pen) {
    const span = this.view[1] - this.view[0];
    const room = Math.max(2, Math.floor((this.width - this.gutter) / 90));
    const power = 10 ** Math.floor(Math.log10(span / room));
    const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => span / size <= room) || power * 10;
    pen.fillStyle = this.ink.dim;
    pen.textAlign = "left";
    pen.fillText("after the start", 4, 11, this.gutter - 30);
    for (let at = Math.ceil(this.view[0] / step) * step; at <= this.view[1]; at += step) {
      const x = this.x(at);
      pen.fillStyle = this.ink.grid;
      pen.fillRect(x, 20, 1, this.height - 20);
      pen.fillStyle = this.ink.dim;
      pen.textAlign = x > this.width - 34 ? "right" : x < this.gutter + 24 ? "left" : "center";
      pen.fillText(step >= 1e6 ? `${Math.round(at / 1e6)} s` : step >= 1e3 ? `${Math.round(at / 1e3)} ms` : `${Math.round(at)} µs`, x, 11);
    }
    if (this.timeline.quiesced !== null) {
      const x = this.x(this.timeline.quiesced);
      if (x > this.gutter && x < this.width) {
        pen.setLineDash([2, 3]);
        pen.strokeStyle = this.ink.dim;
        pen.beginPath(); pen.moveTo(x, 20); pen.lineTo(x, this.height); pen.stroke();
        pen.setLineDash([]);
      }
    }
  }

  label(pen, text, y) {
    pen.fillStyle = this.ink.paper;
    pen.fillRect(0, y - 9, this.gutter - 2, 18);
    pen.fillStyle = this.ink.ink;
    pen.textAlign = "left";
    pen.fillText(text, 6, y, this.gutter - 12);
  }

  // Where operations were left out: how much there was, as a shade.
  drawBins(pen) {
    const { bins, bin, agentsALane, from } = this.timeline;
    if (!bins || this.filtered) return;
    if (!this.greatestBin) this.greatestBin = bins.reduce((most, row) => Math.max(most, row[2] + row[3] + row[4]), 1);
    for (const [lane, at, ok, failed, unknown] of bins) {
      const left = Math.max(this.x(from + at * bin), this.gutter);
      const right = this.x(from + (at + 1) * bin);
      if (right < this.gutter || left > this.width) continue;
      const top = this.laneY(lane * agentsALane) - this.laneHeight / 2;
      const total = ok + failed + unknown;
      pen.globalAlpha = 0.12 + 0.35 * Math.log1p(total) / Math.log1p(this.greatestBin);
      pen.fillStyle = (failed + unknown) * 2 > total ? this.ink.fail : this.ink.ok;
      pen.fillRect(left, top, Math.max(right - left, 1), agentsALane * this.laneHeight - 1);
    }
    pen.globalAlpha = 1;
  }

  endOf(operation) { return operation.complete === null ? this.timeline.until : operation.complete; }

  drawLane(pen, lane, y) {
    this.label(pen, `agent ${lane.agent}`, y);
    pen.fillStyle = this.ink.grid;
    pen.fillRect(this.gutter, y, this.width - this.gutter, 1);
    pen.save();
    pen.beginPath();
    pen.rect(this.gutter, y - this.laneHeight / 2, this.width - this.gutter, this.laneHeight);
    pen.clip();
    const half = this.laneHeight > 20 ? 6 : 4;
    let marks = [];
    let covered = -1;
    for (const operation of lane.operations) {
      if (operation.invoke > this.view[1]) break;
      const end = this.endOf(operation);
      if (end < this.view[0]) continue;
      const left = this.x(operation.invoke);
      const width = Math.max(this.x(end) - left, 1.5);
      // Successful operations within one pixel need not be drawn repeatedly.
      if (operation.outcome === "ok" && !operation.refused && left + width < covered) continue;
      covered = left + width;
      this.drawOperation(pen, operation, left, width, y, half);
      if (operation.refused) marks.push(operation);
    }
    for (const operation of marks) this.drawRefusals(pen, operation, y);
    pen.restore();
  }

  drawOperation(pen, operation, left, width, y, half) {
    if (operation.intended < operation.invoke) {
      pen.fillStyle = this.ink.dim;
      pen.fillRect(this.x(operation.intended), y - 0.5, left - this.x(operation.intended), 1.5);
    }
    // Lost is told from failed by a sign above it, however small the bar.
    if (operation.outcome === "lost") {
      const middle = left + Math.min(width, 10) / 2;
      pen.fillStyle = this.ink.lost;
      pen.beginPath(); pen.moveTo(middle - 5, y - half - 5); pen.lineTo(middle + 5, y - half - 5); pen.lineTo(middle, y - half); pen.closePath(); pen.fill();
    }
    if (width < 4) {
      pen.fillStyle = this.ink[outcomeInk[operation.outcome]];
      pen.fillRect(left, y - half, width, half * 2);
      return;
    }
    pen.fillStyle = this.pattern(pen, operation.outcome);
    pen.globalAlpha = operation.outcome === "ok" ? 0.35 : 0.8;
    pen.fillRect(left, y - half, width, half * 2);
    pen.globalAlpha = 1;
    pen.strokeStyle = this.ink[outcomeInk[operation.outcome]];
    if (operation.complete === null) pen.setLineDash([4, 3]);
    pen.strokeRect(left + 0.5, y - half + 0.5, width - 1, half * 2 - 1);
    pen.setLineDash([]);
    // Calls that were done: a tick each.
    pen.fillStyle = this.ink.ink;
    for (const call of operation.calls) if (call.code === 0) pen.fillRect(this.x(call.at), y - half, 1.5, half * 2);
    if (width > 60 && this.laneHeight > 20 && !operation.refused) this.smallText(pen, operation.name === "broadcast" ? operationTitle(operation) : "read", left + width / 2, y);
  }

  drawRefusals(pen, operation, y) {
    const calls = operation.calls.filter((call) => call.attempt);
    calls.forEach((call, place) => {
      if (call.code === 0 || place + 1 >= calls.length) return;
      // The back-off: from the refusal's answer to the next attempt.
      const from = this.x(call.answered);
      const to = this.x(calls[place + 1].at);
      if (to - from < 6) return;
      pen.strokeStyle = this.ink.paper;
      pen.lineWidth = 5;
      pen.beginPath(); pen.moveTo(from, y); pen.lineTo(to, y); pen.stroke();
      pen.strokeStyle = this.ink.ink;
      pen.lineWidth = 1.5;
      pen.setLineDash([5, 4]);
      pen.beginPath(); pen.moveTo(from, y); pen.lineTo(to, y); pen.stroke();
      pen.setLineDash([]);
      pen.lineWidth = 1;
      if (to - from > 70 && this.laneHeight > 20) this.smallText(pen, duration(calls[place + 1].at - call.answered), (from + to) / 2, y);
    });
    // A code stands where the next diamond leaves room for it.
    const refused = operation.calls.filter((call) => call.code !== 0).map((call) => ({ code: String(call.code), x: this.x(call.at) }));
    refused.forEach(({ code, x }, place) => {
      const room = place + 1 < refused.length ? refused[place + 1].x - x : 99;
      if (room > 30 && this.laneHeight > 20) this.smallText(pen, code, x + 15, y);
    });
    for (const { x } of refused) this.diamond(pen, x, y, 5);
  }

  drawKills(pen) {
    pen.textAlign = "center";
    for (const kill of this.timeline.kills) {
      const place = this.laneOf.get(kill.agent);
      const x = this.x(kill.at);
      if (place === undefined || x < this.gutter) continue;
      const y = this.laneY(place);
      pen.strokeStyle = this.ink.ink;
      pen.lineWidth = 2;
      pen.beginPath();
      pen.moveTo(x - 4, y - 7); pen.lineTo(x + 4, y + 7); pen.moveTo(x + 4, y - 7); pen.lineTo(x - 4, y + 7);
      pen.stroke();
      pen.lineWidth = 1;
    }
  }

  drawHolderLane(pen, lane, y) {
    this.label(pen, this.holderLabel(lane), y);
    pen.save();
    pen.beginPath();
    pen.rect(this.gutter, y - 10, this.width - this.gutter, 20);
    pen.clip();
    pen.fillStyle = this.ink.held;
    for (const hold of lane.holds) {
      const until = hold.until === null ? this.timeline.until : hold.until;
      if (hold.from > this.view[1] || until < this.view[0]) continue;
      const left = this.x(hold.from);
      pen.fillRect(left, y - 6, Math.max(this.x(until) - left, 1.5), 12);
    }
    for (const { call, mention } of lane.marks) {
      const from = this.x(mention.since === null ? call.at : Math.min(mention.since, call.at));
      pen.globalAlpha = 0.6;
      pen.fillRect(from, y - 4, Math.max(this.x(call.answered) - from, 2), 8);
      pen.globalAlpha = 1;
    }
    pen.restore();
  }

  drawSelection(pen) {
    if (!this.selected) return;
    const { operation, call, hold } = this.selected;
    pen.strokeStyle = this.ink.focus;
    pen.lineWidth = 2.5;
    if (hold) {
      this.frameHold(pen, hold.holder, hold.from, hold.until);
    } else {
      const place = this.laneOf.get(operation.agent);
      if (place !== undefined) {
        const y = this.laneY(place);
        const left = Math.max(this.x(operation.invoke) - 2, this.gutter);
        const right = Math.max(this.x(this.endOf(operation)) + 2, left + 4);
        const inSight = y > this.lanesTop;
        if (inSight && right > this.gutter) pen.strokeRect(left, y - this.laneHeight / 2 + 1, right - left, this.laneHeight - 2);
        if (call) {
          const x = this.x(call.at);
          for (const mention of call.holders) {
            this.frameHold(pen, mention.holder, mention.since === null ? call.at : mention.since, mention.until === null ? call.answered : mention.until);
            if (x < this.gutter || x > this.width) continue;
            pen.setLineDash([3, 3]);
            pen.lineWidth = 1.5;
            pen.beginPath();
            pen.moveTo(x, this.holderY(this.holderLane[mention.holder]) + 8);
            pen.lineTo(x, Math.max(inSight ? y - 6 : this.lanesTop, this.lanesTop - 6));
            pen.stroke();
            pen.setLineDash([]);
            pen.lineWidth = 2.5;
          }
          if (inSight && x > this.gutter) this.diamond(pen, x, y, 8);
        }
      }
    }
    pen.lineWidth = 1;
  }

  frameHold(pen, holder, from, until) {
    const y = this.holderY(this.holderLane[holder]);
    const left = Math.max(this.x(from) - 1, this.gutter);
    const right = Math.min(this.x(until === null ? this.timeline.until : until) + 1, this.width - 2);
    if (right >= left) pen.strokeRect(left, y - 8, Math.max(right - left, 3), 16);
  }
}
