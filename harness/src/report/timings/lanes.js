"use strict";

// The lanes of the timeline: their bars, and what lies between.

Object.assign(Timeline.prototype, {
  laneTop(lane) {
    return this.head + lane * this.lane - this.top;
  },

  drawLanes() {
    const { draw, width } = this.fitted;
    const clip = (left) => {
      draw.save();
      draw.beginPath();
      draw.rect(left, this.head, width - left - 8, this.shown);
      draw.clip();
    };
    const first = Math.floor(this.top / this.lane);
    const last = Math.min(this.lanes, Math.ceil((this.top + this.shown) / this.lane));
    clip(0);
    for (let lane = first; lane < last; lane += 1) this.drawTitle(lane);
    draw.restore();
    clip(this.gutter);
    // Ten thousand bars are quick as long as those of one colour are drawn one after the other.
    this.layers = [new Map(), new Map(), new Map()];
    this.labels = [];
    this.outlines = [];
    const inner = this.inner();
    for (let lane = first; lane < last; lane += 1) {
      const y = this.laneTop(lane) + 1;
      if (this.tests) {
        const { run } = this.tests[lane];
        if (run.keyWait > 0) {
          const from = this.x(run.keyWaitFrom);
          this.put(0, this.colors.keys, 0.34, from, y + inner / 2 - 2, this.x(run.letThrough.at) - from, 4);
        }
        for (const bar of this.barsOf.get(run) || []) this.putBar(bar, y, inner);
      } else {
        this.putIdle(lane, y, inner);
        this.putBars(this.model.lanes[lane], y, inner);
        for (const { began, end } of this.teardowns[lane]) {
          this.put(0, this.colors.fixture, 1, this.x(began), y, Math.max(1, this.x(end) - this.x(began)), inner);
        }
      }
    }
    this.paint();
    this.drawWait();
    draw.restore();
  },

  inner() {
    return Math.max(3, this.lane - (this.lane > 12 ? 4 : 1));
  },

  drawTitle(lane) {
    const { draw, width } = this.fitted;
    const { colors } = this;
    const y = this.laneTop(lane);
    draw.fillStyle = colors.line;
    if (this.lane >= 14) draw.fillRect(0, y + this.lane - 1, width, 1);
    draw.fillStyle = colors.muted;
    draw.textAlign = "left";
    if (this.tests) {
      const row = this.tests[lane];
      if (row === this.view.selected || row === this.marked) draw.fillStyle = colors.accent;
      this.clipText(row.name, 0, y + this.inner() / 2 + 1, this.gutter - 8, true);
    } else if (this.lane >= 12 || lane % 5 === 0) {
      this.clipText(this.gutter > 60 ? `worker ${lane}` : String(lane), 0, y + this.lane / 2, this.gutter - 6);
    }
  },

  /** Has a rectangle drawn with those of its layer and colour. */
  put(layer, color, alpha, x, y, width, height) {
    const layers = this.layers[layer];
    let styles = layers.get(color);
    if (!styles) layers.set(color, (styles = new Map()));
    let rectangles = styles.get(alpha);
    if (!rectangles) styles.set(alpha, (rectangles = []));
    rectangles.push(x, y, width, height);
  },

  paint() {
    const { draw } = this.fitted;
    const { colors } = this;
    for (const layer of this.layers) {
      for (const [color, styles] of layer) {
        draw.fillStyle = color;
        for (const [alpha, list] of styles) {
          draw.globalAlpha = alpha;
          for (let at = 0; at < list.length; at += 4) draw.fillRect(list[at], list[at + 1], list[at + 2], list[at + 3]);
        }
      }
    }
    draw.globalAlpha = 1;
    draw.fillStyle = colors.ink;
    draw.textAlign = "left";
    for (const [text, x, y, room] of this.labels) this.clipText(text, x, y, room);
    for (const [x, y, width, height, selected] of this.outlines) {
      draw.strokeStyle = selected ? colors.accent : colors.ink;
      draw.lineWidth = selected ? 2 : 1;
      draw.strokeRect(x + 0.5, y + 0.5, Math.max(1, width - 1), height - 1);
    }
  },

  putIdle(lane, y, height) {
    for (const gap of this.idle[lane]) {
      if (gap.to < this.from || gap.from > this.to) continue;
      const [a, b] = [this.x(gap.from), this.x(gap.to)];
      if (b - a < 1) continue;
      this.put(0, this.colors[gap.cause], gap.cause === "keys" ? 0.36 : 0.2, a, y + height * 0.3, b - a, height * 0.4);
    }
  },

  /** The bars of one lane. Those that share a pixel are drawn as the one that matters most. */
  putBars(bars, y, height) {
    // Bars of a lane follow each other, but for one whose thread was left behind.
    const first = Math.max(0, below(this.begins.get(bars), this.from) - 2);
    let pixel = null;
    let worst = null;
    const flush = () => {
      if (worst) this.putBar(worst, y, height);
      worst = null;
    };
    for (let place = first; place < bars.length; place += 1) {
      const bar = bars[place];
      if (bar.began > this.to) break;
      if (bar.end < this.from) continue;
      const [a, b] = [this.x(bar.began), this.x(bar.end)];
      if (b - a >= 2) {
        flush();
        pixel = null;
        this.putBar(bar, y, height);
        continue;
      }
      if (Math.floor(a) !== pixel) flush();
      pixel = Math.floor(a);
      if (!worst || this.rank(bar) < this.rank(worst)) worst = bar;
    }
    flush();
  },

  rank(bar) {
    return (this.isDim(bar) ? 100 : 0) + OUTCOMES.indexOf(bar.outcome);
  },

  isDim(bar) {
    return this.view.isFiltered && !this.view.matches.has(bar.run.row);
  },

  putBar(bar, y, height) {
    const { attempt } = bar;
    const a = this.x(bar.began);
    const b = Math.max(this.x(bar.end), a + 1);
    const dim = this.isDim(bar) ? 0.13 : 1;
    const color = this.colors[bar.outcome];
    if (!attempt) {
      this.put(0, color, 0.45 * dim, a, y, b - a, height);
    } else if (b - a < 4) {
      const waits = attempt.duration > 0 ? Math.round((attempt.parked / attempt.duration) * 4) / 4 : 0;
      this.put(0, color, (1 - 0.45 * waits) * dim, a, y, b - a, height);
    } else {
      this.put(0, color, dim, a, y, b - a - 0.5, height);
      for (const [from, to] of attempt.parks) {
        const [c, d] = [this.x(bar.began + from), this.x(bar.began + to)];
        if (d - c >= 0.5) this.put(1, this.colors.panel, 0.5 * dim, c, y, d - c, height);
      }
      const ready = this.x(bar.began + attempt.setUp);
      const leaves = this.x(bar.end - attempt.teardown);
      if (ready - a >= 1) this.put(2, this.hatch, 0.85 * dim, a, y, ready - a, height);
      if (b - leaves >= 1) this.put(2, this.hatch, 0.85 * dim, leaves, y, b - leaves, height);
      if (height >= 13 && b - a > 34 && !this.tests && dim === 1) {
        const left = Math.max(a, this.gutter);
        this.labels.push([lastPart(bar.run.test.name), left + 4, y + height / 2 + 0.5, b - left - 8]);
      }
    }
    const selected = bar.run.row === this.view.selected;
    if (selected || (this.hover && this.hover.bar === bar)) this.outlines.push([a, y, b - a, height, selected]);
  },

  /** What the selected test waited for: a line from the end of the one that held its key. */
  drawWait() {
    const row = this.view.selected;
    if (!row || !row.run || row.run.keyWait <= 0 || this.tests) return;
    const { run } = row;
    const { draw } = this.fitted;
    const behind = this.model.runs.filter((other) => other.test.name === run.letThrough.behind && other.end <= run.letThrough.at + STEP).pop();
    const y = this.laneTop(run.worker) + this.lane / 2;
    draw.strokeStyle = this.colors.keys;
    draw.lineWidth = 2;
    draw.setLineDash([3, 3]);
    draw.beginPath();
    draw.moveTo(Math.max(this.gutter, this.x(run.keyWaitFrom)), y);
    draw.lineTo(this.x(run.began), y);
    if (behind) {
      draw.moveTo(this.x(behind.end), this.laneTop(behind.worker) + this.lane / 2);
      draw.lineTo(this.x(run.began), y);
    }
    draw.stroke();
    draw.setLineDash([]);
  },
});
