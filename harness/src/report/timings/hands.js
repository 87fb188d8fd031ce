"use strict";

// Mouse, touch and keys on the timeline.

Object.assign(Timeline.prototype, {
  listen() {
    const { canvas } = this;
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const pointers = new Map();
    let drag = null;
    canvas.addEventListener("pointerdown", (event) => {
      const [x, y] = place(event);
      pointers.set(event.pointerId, x);
      canvas.setPointerCapture(event.pointerId);
      if (pointers.size === 2) {
        drag = { kind: "pinch", from: this.from, to: this.to, xs: [...pointers.values()] };
      } else {
        const kind = y > this.head + this.shown ? "overview" : event.shiftKey ? "choose" : "move";
        drag = { kind, x, y, from: this.from, to: this.to, top: this.top, moved: false };
        if (kind === "overview") this.jump(x);
      }
    });
    canvas.addEventListener("pointermove", (event) => {
      const [x, y] = place(event);
      if (pointers.has(event.pointerId)) pointers.set(event.pointerId, x);
      if (!drag) {
        this.point(x, y);
        return;
      }
      this.dragged(drag, x, y, [...pointers.values()]);
    });
    const end = (event) => {
      pointers.delete(event.pointerId);
      if (!drag || pointers.size > 0) return;
      const [x, y] = place(event);
      if (drag.kind === "choose" && this.chosen) {
        const [a, b] = this.chosen.map((side) => this.time(side)).sort((p, q) => p - q);
        if (Math.abs(this.chosen[1] - this.chosen[0]) > 3) this.show(a, b);
      } else if (drag.kind === "move" && !drag.moved && event.type === "pointerup") {
        this.pick(x, y);
      }
      this.chosen = null;
      drag = null;
      canvas.classList.remove("grabbing");
      this.drawSoon();
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("pointerleave", () => {
      if (!drag) this.point(-1, -1);
    });
    canvas.addEventListener("dblclick", (event) => {
      const [x, y] = place(event);
      const found = this.at(x, y);
      if (found && found.bar) this.show(found.bar.began - (found.bar.end - found.bar.began) * 0.4, found.bar.end + (found.bar.end - found.bar.began) * 0.4);
      else this.show(0, this.model.wall);
    });
    canvas.addEventListener("wheel", (event) => this.wheeled(event, place(event)), { passive: false });
    canvas.addEventListener("keydown", (event) => {
      if (this.key(event)) event.preventDefault();
    });
  },

  dragged(drag, x, y, xs) {
    if (drag.kind === "pinch" && xs.length === 2) {
      const spread = (pair) => Math.max(10, Math.abs(pair[0] - pair[1]));
      const factor = spread(drag.xs) / spread(xs);
      const middle = (drag.from + drag.to) / 2;
      this.show(middle - (middle - drag.from) * factor, middle + (drag.to - middle) * factor);
    } else if (drag.kind === "overview") {
      this.jump(x);
    } else if (drag.kind === "choose") {
      this.chosen = [drag.x, x];
      this.drawSoon();
    } else if (drag.kind === "move") {
      drag.moved = drag.moved || Math.abs(x - drag.x) + Math.abs(y - drag.y) > 4;
      if (!drag.moved) return;
      this.canvas.classList.add("grabbing");
      this.tip.hidden = true;
      const by = ((drag.x - x) / (this.fitted.width - this.gutter - 8)) * (drag.to - drag.from);
      this.show(drag.from + by, drag.to + by);
      this.scrollTo(drag.top + drag.y - y);
    }
  },

  /** Shows what stands at this place of the overview. */
  jump(x) {
    const at = ((x - this.gutter) / (this.fitted.width - this.gutter - 8)) * this.model.wall;
    const half = (this.to - this.from) / 2;
    this.show(at - half, at + half);
  },

  /** A plain wheel is the page's, as long as all lanes are in sight. */
  wheeled(event, [x]) {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(Math.exp(event.deltaY * 0.0022 * (event.deltaMode === 1 ? 16 : 1)), this.time(x));
      return;
    }
    const across = event.shiftKey && !event.deltaX ? event.deltaY : event.deltaX;
    if (Math.abs(across) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      this.move(across / this.fitted.width);
      return;
    }
    const before = this.top;
    this.scrollTo(this.top + event.deltaY * (event.deltaMode === 1 ? 16 : 1));
    if (this.top !== before) {
      event.preventDefault();
      this.drawSoon();
    }
  },

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const lanes = (by) => {
      this.scrollTo(this.top + by * this.lane);
      this.drawSoon();
    };
    switch (event.key) {
      case "ArrowLeft": this.move(-0.15); return true;
      case "ArrowRight": this.move(0.15); return true;
      case "ArrowUp": lanes(-1); return true;
      case "ArrowDown": lanes(1); return true;
      case "PageUp": lanes(-10); return true;
      case "PageDown": lanes(10); return true;
      case "+": case "=": this.zoom(0.6); return true;
      case "-": case "_": this.zoom(1 / 0.6); return true;
      case "0": case "Home": this.show(0, this.model.wall); return true;
      case "n": case "N": this.step(1); return true;
      case "p": case "P": this.step(-1); return true;
      case "Enter": case " ": if (this.marked) this.view.select(this.marked); return true;
      default: return false;
    }
  },

  /** Marks the next test by its start, or the one before. */
  step(by) {
    const rows = this.shownTests;
    if (rows.length === 0) return;
    const place = rows.indexOf(this.marked || this.view.selected);
    const next = place < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, place + by));
    this.marked = rows[next];
    const bars = this.barsOf.get(this.marked.run) || [];
    this.hover = { bar: bars[bars.length - 1] };
    const { began, end } = this.marked.run;
    const span = this.to - this.from;
    if (end < this.from || began > this.to) this.show((began + end) / 2 - span / 2, (began + end) / 2 + span / 2);
    const y = (this.mode === "tests" ? next : this.marked.run.worker) * this.lane;
    if (y < this.top || y + this.lane > this.top + this.shown) this.scrollTo(y - this.shown / 2);
    this.announce.textContent =
      `${this.marked.name}: ${OUTCOME_NAMES[this.marked.outcome]}, ${seconds(this.marked.duration)}, ` +
      `worker ${this.marked.run.worker}, ${next + 1} of ${rows.length}`;
    this.drawSoon();
  },

  /** What stands at a place of the canvas. */
  at(x, y) {
    if (x < this.gutter || y < 0 || y > this.head + this.shown) return null;
    const time = this.time(x);
    const slack = ((this.to - this.from) / this.fitted.width) * 2;
    if (y < STRIP + AXIS) return { time };
    if (y < this.head) {
      const place = Math.floor((y - STRIP - AXIS - BAND) / FIXTURE_LANE);
      return place >= 0 && this.fixtures[place] ? { time, fixture: this.fixtures[place] } : { time };
    }
    const lane = Math.floor((y - this.head + this.top) / this.lane);
    if (lane >= this.lanes) return null;
    const bars = this.tests ? this.barsOf.get(this.tests[lane].run) || [] : this.model.lanes[lane];
    let bar = null;
    for (const other of bars) {
      if (other.began - slack > time) break;
      if (other.end + slack >= time && (!bar || this.rank(other) <= this.rank(bar))) bar = other;
    }
    if (bar) return { time, bar };
    if (this.tests) return { time, row: this.tests[lane] };
    const gap = this.idle[lane].find((other) => other.from <= time && other.to >= time);
    return { time, gap, lane };
  },

  point(x, y) {
    const found = this.at(x, y);
    const bar = found && found.bar;
    if ((this.hover && this.hover.bar) !== bar) {
      this.hover = bar ? { bar } : null;
      this.drawSoon();
    }
    this.canvas.style.cursor = bar ? "pointer" : "";
    const told = found && this.told(found);
    this.tip.hidden = !told;
    if (!told) return;
    this.tip.replaceChildren(...told);
    const { offsetWidth, offsetHeight } = this.tip;
    const box = this.canvas.parentElement;
    this.tip.style.left = `${Math.max(0, Math.min(x + 14, box.clientWidth - offsetWidth))}px`;
    const below = y + 18;
    const fits = this.canvas.getBoundingClientRect().top + below + offsetHeight < window.innerHeight;
    this.tip.style.top = `${fits ? below : Math.max(0, y - offsetHeight - 12)}px`;
  },

  pick(x, y) {
    const found = this.at(x, y);
    if (found && found.bar) this.view.select(found.bar.run.row);
    else if (found && found.row) this.view.select(found.row);
    else this.view.select(null);
  },

  /** What the tip says of it. */
  told({ time, bar, gap, lane, fixture }) {
    const list = (pairs) => make("dl", {}, pairs.filter(Boolean).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
    if (bar) return [make("strong", {}, bar.run.test.name), list(barFacts(bar))];
    if (fixture) {
      const users = count(fixture.fixture.users, "test");
      return [make("strong", {}, `fixture ${fixture.name}`), list([["scope", fixture.fixture.scope], ["used by", users], ...fixtureTimes(fixture.fixture)])];
    }
    if (lane !== undefined) {
      if (!gap) return null;
      const why = gap.key ? `${CAUSES[gap.cause]}, the first of them for ${gap.key}` : CAUSES[gap.cause];
      return [make("strong", {}, `worker ${lane} is idle`), list([["for", seconds(gap.to - gap.from)], ["as", why]])];
    }
    const span = (this.to - this.from) / this.fitted.width;
    const { alive, parked } = this.model.series;
    const all = alive.average(time - span, time + span);
    const cores = this.cpu.length ? this.cpu[Math.max(0, below(this.cpu.map((sample) => sample.at), time) - 1)].cores : null;
    const memory = this.model.samples.length ? this.model.samples[Math.max(0, below(this.model.samples.map((sample) => sample.at), time) - 1)].memory : null;
    return [
      make("strong", {}, `at ${seconds(time)}`),
      list([
        ["alive", `${all.toFixed(1)}, ${parked.average(time - span, time + span).toFixed(1)} of them parked`],
        cores !== null && ["CPU", `${cores.toFixed(2)} cores`],
        memory !== null && ["memory", bytes(memory)],
      ]),
    ];
  },
});

function barFacts(bar) {
  const { attempt, run } = bar;
  if (!attempt) {
    return [["", "broken off by a crash of another test, and run again"], ["ran for", seconds(bar.end - bar.began)]];
  }
  const many = run.attempts.length > 1 ? `, attempt ${attempt.number} of ${run.attempts.length}` : "";
  const expected = run.test.expected;
  return [
    ["outcome", `${OUTCOME_NAMES[bar.outcome]}${many}`],
    attempt.message && ["", attempt.message],
    ["took", seconds(attempt.duration) + (expected !== null ? `, ${seconds(expected)} expected` : "")],
    attempt.setUp > 5e-5 && ["set-up", seconds(attempt.setUp)],
    attempt.parked > 5e-5 && ["parked", seconds(attempt.parked)],
    attempt.teardown > 5e-5 && ["teardown", seconds(attempt.teardown)],
    ["began at", `${seconds(attempt.began)} on worker ${attempt.worker}`],
    run.keyWait > 5e-5 && ["waited", `${seconds(run.keyWait)} for ${run.letThrough.key ? `key ${run.letThrough.key}` : "another test"}, until ${run.letThrough.behind} had ended`],
    run.test.keys.length > 0 && ["keys", run.test.keys.map((key) => key.name + (key.shared ? " (shared)" : "")).join(", ")],
  ];
}

function fixtureTimes(fixture) {
  const sum = (phase) => {
    const times = fixture.ran.filter((ran) => ran.phase === phase).map((ran) => ran.duration);
    return times.length ? `${seconds(times.reduce((a, b) => a + b, 0))} in ${count(times.length, "time")}` : null;
  };
  return [["set-up", sum("set_up")], ["teardown", sum("teardown")]].filter(([, value]) => value);
}
