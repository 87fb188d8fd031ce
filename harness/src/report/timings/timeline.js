"use strict";

// The run over time, on a canvas: ten thousand tests are ten thousand bars, which no other element carries.

/** Heights, in pixels. */
const STRIP = 78;
const AXIS = 20;
const BAND = 16;
const FIXTURE_LANE = 16;
const FIXTURE_LANES = 8;
const TEST_LANE = 18;

class Timeline {
  constructor(canvas, tip, announce, view) {
    Object.assign(this, { canvas, tip, announce, view, model: view.model });
    this.mode = "workers";
    this.from = 0;
    this.to = this.model.wall;
    this.top = 0;
    this.hover = null;
    this.drawSoon = atNextFrame(() => this.draw());
    this.fixtures = sharedFixtures(this.model);
    this.byTest = this.view.rows.filter((row) => row.run && row.run.ran).sort((a, b) => a.began - b.began);
    this.barsOf = new Map();
    for (const bar of this.model.bars) {
      if (!this.barsOf.has(bar.run)) this.barsOf.set(bar.run, []);
      this.barsOf.get(bar.run).push(bar);
    }
    this.begins = new Map(this.model.lanes.map((bars) => [bars, bars.map((bar) => bar.began)]));
    this.idle = Array.from({ length: this.model.workers }, () => []);
    for (const gap of this.model.idle) {
      // What lies between two tests cannot be seen.
      if (gap.cause !== "between" || gap.to - gap.from >= STEP) this.idle[gap.worker].push(gap);
    }
    this.teardowns = Array.from({ length: this.model.workers }, () => []);
    for (const ran of this.model.fixtureRuns) {
      if (ran.worker !== null && ran.phase === "teardown" && this.teardowns[ran.worker]) this.teardowns[ran.worker].push(ran);
    }
    this.cpu = cpuRates(this.model);
    this.recolor();
    this.listen();
    view.onChange((what) => {
      if (what === "selected") this.reveal();
      this.layout();
    });
    // At the next frame: a layout changes what is observed.
    new ResizeObserver(atNextFrame(() => this.layout())).observe(canvas.parentElement);
    this.layout();
  }

  recolor() {
    this.colors = palette();
    this.hatch = hatching(this.colors.panel);
    this.drawSoon();
  }

  /** The rows of the view by test: those that the filter leaves. */
  get shownTests() {
    return this.view.isFiltered ? this.byTest.filter((row) => this.view.matches.has(row)) : this.byTest;
  }

  layout() {
    const room = this.canvas.parentElement.clientWidth;
    this.gutter = this.mode === "tests" ? Math.round(Math.min(320, room * 0.3)) : room < 560 ? 46 : 84;
    const { workers } = this.model;
    this.tests = this.mode === "tests" ? this.shownTests : null;
    this.lane = this.mode === "tests" ? TEST_LANE : workers <= 12 ? 26 : workers <= 32 ? 20 : workers <= 96 ? 14 : 10;
    this.lanes = this.mode === "tests" ? this.tests.length : workers;
    this.head = STRIP + AXIS + BAND + this.fixtures.length * FIXTURE_LANE + (this.fixtures.length ? 6 : 0);
    const most = Math.max(220, Math.round(window.innerHeight * 0.62) - this.head);
    const all = this.lanes * this.lane;
    this.shown = Math.min(all, most);
    this.fitted = fitCanvas(this.canvas, this.head + this.shown + 14);
    this.scrollTo(this.top);
    // At once: the canvas is blank now.
    this.draw();
  }

  scrollTo(top) {
    this.top = Math.max(0, Math.min(top, this.lanes * this.lane - this.shown));
  }

  x(time) {
    return this.gutter + ((time - this.from) / (this.to - this.from)) * (this.fitted.width - this.gutter - 8);
  }

  time(x) {
    return this.from + ((x - this.gutter) / (this.fitted.width - this.gutter - 8)) * (this.to - this.from);
  }

  /** Shows another stretch of the run. */
  show(from, to) {
    const least = Math.max(this.model.wall * 1e-6, 2e-6);
    const span = Math.min(this.model.wall, Math.max(least, to - from));
    const middle = (from + to) / 2;
    this.from = Math.max(0, Math.min(middle - span / 2, this.model.wall - span));
    this.to = this.from + span;
    this.drawSoon();
  }

  zoom(factor, at = (this.from + this.to) / 2) {
    this.show(at - (at - this.from) * factor, at + (this.to - at) * factor);
  }

  move(part) {
    const by = (this.to - this.from) * part;
    this.show(this.from + by, this.to + by);
  }

  setMode(mode) {
    this.mode = mode;
    this.top = 0;
    this.hover = null;
    this.layout();
    this.reveal();
  }

  /** Brings what is selected into sight. */
  reveal() {
    const row = this.view.selected;
    if (!row || !row.run || !row.run.ran || !this.fitted) return;
    const { began, end, worker } = row.run;
    const span = this.to - this.from;
    if (end < this.from || began > this.to) this.show((began + end) / 2 - span / 2, (began + end) / 2 + span / 2);
    // What is too small to be seen is brought nearer.
    if ((end - began) / (this.to - this.from) < 0.004) this.show(began - (end - began) * 20, end + (end - began) * 20);
    const lane = this.mode === "tests" ? this.shownTests.indexOf(row) : worker;
    const y = lane * this.lane;
    if (y < this.top || y + this.lane > this.top + this.shown) this.scrollTo(y - this.shown / 2);
    this.drawSoon();
  }

  draw() {
    if (!this.fitted) return;
    const { draw, width, height } = this.fitted;
    const { colors } = this;
    draw.clearRect(0, 0, width, height);
    this.drawAxis();
    draw.save();
    draw.beginPath();
    draw.rect(this.gutter, 0, width - this.gutter, height);
    draw.clip();
    this.drawStrip();
    this.drawBand();
    this.fixtures.forEach((fixture, place) => this.drawFixture(fixture, place));
    draw.restore();
    this.drawLanes();
    this.drawOverview();
    if (this.chosen) {
      draw.fillStyle = colors.accent;
      draw.globalAlpha = 0.18;
      draw.fillRect(Math.min(...this.chosen), 0, Math.abs(this.chosen[1] - this.chosen[0]), this.head + this.shown);
      draw.globalAlpha = 1;
    }
    this.canvas.setAttribute(
      "aria-label",
      `Timeline: ${count(this.model.runs.length, "result")} on ${count(this.model.workers, "worker")}, ` +
        `from ${seconds(this.from)} to ${seconds(this.to)} of ${seconds(this.model.wall)}`,
    );
  }

  drawAxis() {
    const { draw, width } = this.fitted;
    const { colors } = this;
    const { list, step } = ticks(this.from, this.to, (width - this.gutter) / 110);
    draw.textAlign = "center";
    for (const time of list) {
      const x = Math.round(this.x(time)) + 0.5;
      if (x < this.gutter) continue;
      draw.fillStyle = colors.faint;
      draw.fillRect(x - 0.5, 0, 1, this.head + this.shown);
      draw.fillStyle = colors.muted;
      const label = tickLabel(time, step);
      const half = draw.measureText(label).width / 2;
      draw.fillText(label, Math.min(Math.max(x, this.gutter + half), width - half - 2), STRIP + AXIS / 2);
    }
  }

  /** Tests at work and parked, and cores in use, over time. */
  drawStrip() {
    const { draw, width } = this.fitted;
    const { colors, model } = this;
    const { alive, parked } = model.series;
    const cores = this.cpu.reduce((most, sample) => Math.max(most, sample.cores), 0);
    const top = Math.max(alive.most, Math.min(cores, model.head.cores || 1), 1);
    const base = STRIP - 2;
    const y = (value) => base - (Math.min(value, top * 1.05) / top) * (STRIP - 14);
    const from = Math.max(0, Math.floor(this.gutter));
    const columns = [];
    for (let x = from; x < width - 8; x += 1) {
      const [a, b] = [this.time(x), this.time(x + 1)];
      const all = alive.average(a, b);
      columns.push([x, all, Math.min(all, parked.average(a, b))]);
    }
    for (const [part, alpha] of [[1, 0.22], [2, 0.62]]) {
      draw.beginPath();
      draw.moveTo(from, base);
      for (const [x, all, waiting] of columns) draw.lineTo(x + 0.5, y(part === 1 ? all : all - waiting));
      draw.lineTo(width - 8, base);
      draw.closePath();
      draw.fillStyle = colors.passed;
      draw.globalAlpha = alpha;
      draw.fill();
    }
    draw.globalAlpha = 1;
    draw.fillStyle = colors.line;
    draw.fillRect(this.gutter, base, width, 1);
    if (this.cpu.length > 1) {
      draw.beginPath();
      for (const { at, cores: used } of this.cpu) draw.lineTo(this.x(at), y(used));
      draw.strokeStyle = colors.cpu;
      draw.lineWidth = 1.5;
      draw.stroke();
    }
    // The gutter says how high it is.
    draw.restore();
    draw.textAlign = "right";
    draw.fillStyle = colors.muted;
    draw.fillText(`${Math.round(top)}`, this.gutter - 6, y(top) + 2);
    draw.fillText("0", this.gutter - 6, base - 4);
    if (this.gutter > 60) {
      draw.textAlign = "left";
      draw.fillText("alive", 0, y(top) + 2);
      draw.fillStyle = colors.cpu;
      draw.fillText("CPU", 0, y(top) + 18);
    }
    draw.save();
    draw.beginPath();
    draw.rect(this.gutter, 0, width - this.gutter, this.fitted.height);
    draw.clip();
  }

  drawBand() {
    const { draw } = this.fitted;
    const { colors } = this;
    const top = STRIP + AXIS;
    draw.textAlign = "left";
    for (const phase of this.model.phases) {
      const [a, b] = [Math.max(this.x(phase.from), this.gutter), this.x(phase.to)];
      if (b < this.gutter) continue;
      draw.fillStyle = colors[{ serial: "serial", ending: "ending", suspects: "broken" }[phase.name]] || colors.passed;
      draw.globalAlpha = 0.28;
      draw.fillRect(a, top, Math.max(1, b - a - 1), BAND - 5);
      draw.globalAlpha = 1;
      draw.fillStyle = colors.ink;
      this.clipText(phaseName(phase.name), a + 4, top + (BAND - 5) / 2 + 0.5, b - a - 8);
    }
    for (const at of this.model.resumed) {
      draw.fillStyle = colors.failed;
      draw.fillRect(this.x(at) - 1, top, 2, this.head + this.shown - top);
    }
  }

  drawFixture(fixture, place) {
    const { draw } = this.fitted;
    const { colors } = this;
    const y = STRIP + AXIS + BAND + place * FIXTURE_LANE;
    for (const { from, ready, leaves, to } of fixture.lives) {
      draw.fillStyle = colors.fixture;
      draw.globalAlpha = 0.25;
      draw.fillRect(this.x(from), y + 5, Math.max(1, this.x(to) - this.x(from)), 5);
      draw.globalAlpha = 1;
      for (const [a, b] of [[from, ready], [leaves, to]]) {
        if (b > a) draw.fillRect(this.x(a), y + 2, Math.max(1.5, this.x(b) - this.x(a)), FIXTURE_LANE - 5);
      }
    }
    draw.restore();
    draw.fillStyle = colors.muted;
    draw.textAlign = "left";
    this.clipText(fixture.name.split("::").pop(), 0, y + 8, this.gutter - 6);
    draw.save();
    draw.beginPath();
    draw.rect(this.gutter, 0, this.fitted.width - this.gutter, this.fitted.height);
    draw.clip();
  }

  laneTop(lane) {
    return this.head + lane * this.lane - this.top;
  }

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
    const inner = this.inner;
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
  }

  get inner() {
    return Math.max(3, this.lane - (this.lane > 12 ? 4 : 1));
  }

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
      this.clipText(row.name, 0, y + this.inner / 2 + 1, this.gutter - 8, true);
    } else if (this.lane >= 12 || lane % 5 === 0) {
      this.clipText(this.gutter > 60 ? `worker ${lane}` : String(lane), 0, y + this.lane / 2, this.gutter - 6);
    }
  }

  /** Has a rectangle drawn with those of its layer and colour. */
  put(layer, color, alpha, x, y, width, height) {
    const layers = this.layers[layer];
    let styles = layers.get(color);
    if (!styles) layers.set(color, (styles = new Map()));
    let rectangles = styles.get(alpha);
    if (!rectangles) styles.set(alpha, (rectangles = []));
    rectangles.push(x, y, width, height);
  }

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
  }

  putIdle(lane, y, height) {
    for (const gap of this.idle[lane]) {
      if (gap.to < this.from || gap.from > this.to) continue;
      const [a, b] = [this.x(gap.from), this.x(gap.to)];
      if (b - a < 1) continue;
      this.put(0, this.colors[gap.cause], gap.cause === "keys" ? 0.36 : 0.2, a, y + height * 0.3, b - a, height * 0.4);
    }
  }

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
  }

  rank(bar) {
    return (this.isDim(bar) ? 100 : 0) + OUTCOMES.indexOf(bar.outcome);
  }

  isDim(bar) {
    return this.view.isFiltered && !this.view.matches.has(bar.run.row);
  }

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
  }

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
  }

  /** The whole run in small, with what of it is shown. */
  drawOverview() {
    const { draw, width } = this.fitted;
    const { colors } = this;
    const y = this.head + this.shown + 4;
    const room = width - this.gutter - 8;
    const at = (time) => this.gutter + (time / this.model.wall) * room;
    draw.fillStyle = colors.faint;
    draw.fillRect(this.gutter, y, room, 8);
    draw.fillStyle = colors.muted;
    draw.globalAlpha = 0.75;
    draw.fillRect(at(this.from), y, Math.max(3, at(this.to) - at(this.from)), 8);
    draw.globalAlpha = 1;
    const all = this.lanes * this.lane;
    if (all > this.shown) {
      draw.fillStyle = colors.faint;
      draw.fillRect(width - 6, this.head, 6, this.shown);
      draw.fillStyle = colors.muted;
      draw.fillRect(width - 6, this.head + (this.top / all) * this.shown, 6, Math.max(12, (this.shown / all) * this.shown));
    }
  }

  /** Writes as much of a text as there is room for: its beginning, or its end. */
  clipText(text, x, y, room, end = false) {
    if (room < 14) return;
    const { draw } = this.fitted;
    const part = (length) => (end ? `…${text.slice(text.length - length)}` : `${text.slice(0, length)}…`);
    let shown = text;
    if (draw.measureText(shown).width > room) {
      let [from, to] = [0, Math.min(text.length, Math.ceil(room / 3))];
      while (from < to) {
        const middle = (from + to + 1) >> 1;
        if (draw.measureText(part(middle)).width <= room) from = middle;
        else to = middle - 1;
      }
      shown = from > 1 ? part(from) : "";
    }
    if (shown) draw.fillText(shown, x, y);
  }
}

/** The fixtures that tests share, each with when it was up. */
function sharedFixtures(model) {
  const list = [];
  for (const fixture of model.fixtures) {
    const shared = fixture.ran.filter((ran) => ran.worker === null && !ran.test);
    if (shared.length === 0) continue;
    const lives = [];
    for (const ran of shared) {
      if (ran.phase === "set_up") {
        lives.push({ from: ran.began, ready: ran.end, leaves: model.wall, to: model.wall, open: true });
      } else {
        const life = lives.find((other) => other.open);
        if (life) Object.assign(life, { leaves: ran.began, to: ran.end, open: false });
      }
    }
    list.push({ name: fixture.name, fixture, lives });
  }
  return list.slice(0, FIXTURE_LANES);
}

/** Cores in use around each sample: between its neighbours, for the kernel counts in hundredths of a second. */
function cpuRates(model) {
  const samples = model.samples.slice();
  if (model.used) samples.push({ at: model.wall, cpu: model.used.cpu });
  return samples.map(({ at }, place) => {
    const before = samples[Math.max(0, place - 1)];
    const after = samples[Math.min(samples.length - 1, place + 1)];
    const span = after.at - before.at;
    return { at, cores: span > 0 ? Math.max(0, after.cpu - before.cpu) / span : 0 };
  });
}

function hatching(color) {
  const tile = document.createElement("canvas");
  tile.width = 6;
  tile.height = 6;
  const draw = tile.getContext("2d");
  draw.strokeStyle = color;
  draw.lineWidth = 1.6;
  draw.beginPath();
  for (const shift of [-6, 0, 6]) {
    draw.moveTo(shift - 1, 7);
    draw.lineTo(shift + 7, -1);
  }
  draw.stroke();
  return draw.createPattern(tile, "repeat");
}

function phaseName(name) {
  return { parallel: "parallel", serial: "serial", ending: "teardown", suspects: "after a crash, one by one" }[name] || name;
}

/** The end of a test's name, by which its neighbours know it. */
function lastPart(name) {
  return name.split("::").slice(-2).join("::");
}
