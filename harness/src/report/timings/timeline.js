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
