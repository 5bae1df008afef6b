// What one does with the lanes: point at something, select it, look closer, move along.

class Lanes extends DrawnLanes {
  constructor(box, timeline, onSelect) {
    super(box, timeline, onSelect);
    this.listen();
  }

  // What is at a point of the canvas: a refusal rather than an operation.
  at(x, y) {
    const time = this.timeAt(x);
    const slack = this.timeAt(x + 7) - time;
    const holderPlace = Math.floor((y - this.holdersTop) / 20);
    if (y < this.lanesTop - 6) {
      const lane = this.holderLanes[holderPlace];
      if (!lane) return null;
      const hold = lane.holds.find((one) => one.from - slack <= time && time <= (one.until === null ? this.timeline.until : one.until) + slack);
      if (hold) return { hold };
      const mark = lane.marks.find(({ call, mention }) => Math.min(mention.since === null ? call.at : mention.since, call.at) - slack <= time && time <= call.answered + slack);
      return mark ? { operation: mark.operation, call: mark.call } : null;
    }
    const lane = this.lanes[Math.floor((y - this.lanesTop + this.box.scrollTop) / this.laneHeight)];
    if (!lane) return null;
    let best = null;
    let bestAway = slack;
    for (const operation of lane.operations) {
      for (const call of operation.calls) {
        const away = Math.abs(call.at - time);
        if (call.code !== 0 && away <= bestAway) { best = { operation, call }; bestAway = away; }
      }
    }
    if (best) return best;
    const operation = lane.operations.find((one) => one.invoke <= time && time <= this.endOf(one)) ||
      lane.operations.find((one) => one.invoke - slack / 2 <= time && time <= this.endOf(one) + slack / 2);
    return operation ? { operation, call: operation.calls.find((call) => call.code !== 0) || null } : null;
  }

  // Where a click selects this refusal, in pixels of the canvas; none if it is not in sight.
  placeOf(operation, call) {
    const place = this.laneOf.get(operation.agent);
    return place === undefined ? null : { x: this.x(call ? call.at : operation.invoke), y: this.laneY(place) };
  }

  select(selected, reveal) {
    this.selected = selected;
    if (selected && selected.operation && reveal) this.reveal(selected.operation, reveal === "zoom");
    this.draw();
    this.onSelect(selected);
  }

  reveal(operation, zoom) {
    const end = this.endOf(operation);
    if (zoom) {
      const around = Math.max((end - operation.invoke) * 0.6, 20000);
      this.look(operation.invoke - around, end + around);
    } else if (operation.invoke < this.view[0] || operation.invoke > this.view[1]) {
      const span = this.view[1] - this.view[0];
      this.look(operation.invoke - span * 0.3, operation.invoke + span * 0.7);
    }
    const place = this.laneOf.get(operation.agent);
    if (place === undefined) return;
    const top = place * this.laneHeight;
    const room = this.height - this.lanesTop;
    if (top < this.box.scrollTop || top + this.laneHeight > this.box.scrollTop + room) this.box.scrollTop = Math.max(0, top - room / 2);
  }

  // Several operations at once, each with its lane in sight if there is room.
  show(operations) {
    const from = Math.min(...operations.map((one) => one.invoke));
    const until = Math.max(...operations.map((one) => this.endOf(one)));
    const around = Math.max((until - from) * 0.25, 150);
    this.look(from - around, until + around);
    const places = operations.map((one) => this.laneOf.get(one.agent)).filter((place) => place !== undefined);
    if (places.length > 0) this.box.scrollTop = Math.max(0, (Math.min(...places) - 1) * this.laneHeight);
    this.request();
  }

  // No time before the start, unless something happened there.
  look(from, until) {
    const least = Math.min(0, this.timeline.from);
    const shift = Math.max(0, least - from);
    this.view = [from + shift, until + shift];
  }

  zoom(factor, around) {
    const middle = around === undefined ? (this.view[0] + this.view[1]) / 2 : around;
    const least = 200;
    const span = Math.min(Math.max((this.view[1] - this.view[0]) * factor, least), this.whole[1] - this.whole[0]);
    const share = (middle - this.view[0]) / (this.view[1] - this.view[0]);
    this.look(middle - span * share, middle + span * (1 - share));
    this.request();
  }

  pan(share) {
    const by = (this.view[1] - this.view[0]) * share;
    this.look(this.view[0] + by, this.view[1] + by);
    this.request();
  }

  all() { this.view = [...this.whole]; this.request(); }

  listen() {
    let drag = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      drag = { x: event.offsetX, view: [...this.view], moved: false };
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!drag) return;
      const by = event.offsetX - drag.x;
      if (Math.abs(by) > 4) drag.moved = true;
      if (!drag.moved) return;
      const time = by / (this.width - this.gutter - 6) * (drag.view[1] - drag.view[0]);
      this.look(drag.view[0] - time, drag.view[1] - time);
      this.request();
    });
    this.canvas.addEventListener("pointerup", (event) => {
      if (drag && !drag.moved) this.select(this.at(event.offsetX, event.offsetY), false);
      drag = null;
    });
    this.canvas.addEventListener("pointercancel", () => { drag = null; });
    this.canvas.addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.timeAt(event.offsetX));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        this.pan((event.deltaX || event.deltaY) / 800);
      }
    }, { passive: false });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.request());
  }
}
