// The marks that lanes are drawn with, in the page's colours.

const outcomeWords = { ok: "acknowledged", failed: "failed", unknown: "may or may not have been done", lost: "acknowledged, and lost" };
const outcomeInk = { ok: "ok", failed: "fail", unknown: "unknown", lost: "lost" };

class LaneMarks {
  // Hatched, so that outcomes differ by more than colour.
  pattern(pen, name) {
    if (name === "ok") return this.ink.ok;
    if (!this.patterns[name]) {
      const tile = document.createElement("canvas");
      tile.width = tile.height = 8;
      const small = tile.getContext("2d");
      small.fillStyle = this.ink[outcomeInk[name]];
      if (name === "failed") {
        small.fillRect(0, 0, 8, 8);
        small.strokeStyle = this.ink.paper;
        small.lineWidth = 1.6;
        for (const shift of [-8, 0, 8]) { small.beginPath(); small.moveTo(shift, 8); small.lineTo(shift + 8, 0); small.stroke(); }
      } else if (name === "lost") {
        small.fillRect(0, 0, 8, 8);
        small.fillStyle = this.ink.paper;
        small.beginPath(); small.arc(4, 4, 2, 0, 7); small.fill();
      } else {
        small.fillRect(0, 0, 4, 8);
      }
      this.patterns[name] = pen.createPattern(tile, "repeat");
    }
    return this.patterns[name];
  }

  smallText(pen, text, x, y) {
    pen.font = "11px system-ui, sans-serif";
    pen.textAlign = "center";
    const width = pen.measureText(text).width;
    pen.fillStyle = this.ink.paper;
    pen.fillRect(x - width / 2 - 2, y - 6, width + 4, 12);
    pen.fillStyle = this.ink.ink;
    pen.fillText(text, x, y + 0.5);
    pen.font = "12px system-ui, sans-serif";
  }

  diamond(pen, x, y, size) {
    pen.beginPath();
    pen.moveTo(x, y - size); pen.lineTo(x + size, y); pen.lineTo(x, y + size); pen.lineTo(x - size, y);
    pen.closePath();
    pen.fillStyle = this.ink.refused;
    pen.fill();
    pen.strokeStyle = this.ink.paper;
    pen.stroke();
  }
}
