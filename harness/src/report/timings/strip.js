"use strict";

// The timeline around its lanes: the strip above, the axis, the phases, the fixtures, and the whole run in small below.

Object.assign(Timeline.prototype, {
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
  },

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
  },

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
  },

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
  },

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
  },
});
