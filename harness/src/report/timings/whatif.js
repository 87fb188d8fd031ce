"use strict";

// How long the run would take with other numbers of workers.

class WhatIf {
  constructor(view) {
    this.model = view.model;
    this.canvas = byId("whatif");
    this.slider = byId("whatif-workers");
    this.order = byId("whatif-order");
    this.walls = { next: new Map(), this: new Map() };
    this.drawSoon = atNextFrame(() => this.draw());
    this.slider.value = String(Math.min(64, this.model.capacity));
    this.slider.addEventListener("input", () => this.drawSoon());
    if (this.model.started.shuffle_seed) this.order.value = "this";
    this.order.addEventListener("change", () => this.fill());
    this.colors = palette();
    new ResizeObserver(() => this.drawSoon()).observe(this.canvas.parentElement);
    const model = wallWith(this.model.parts, this.model.parts.jobs, this.model.capacity);
    byId("whatif-intro").textContent =
      `The schedule done again with the durations of this run, which took ${seconds(this.model.wall)}; so done it takes ` +
      `${seconds(model)}. Tests that compete for cores take longer beside more of their kind, which it does not know.`;
    this.fill();
  }

  recolor() {
    this.colors = palette();
    this.drawSoon();
  }

  wall(workers) {
    const { parts } = this.model;
    const known = this.walls[this.order.value];
    if (!known.has(workers)) {
      const jobs = this.order.value === "next" ? longestFirst(parts.jobs, workers) : parts.jobs;
      known.set(workers, wallWith(parts, jobs, workers));
    }
    return known.get(workers);
  }

  /** The numbers that say most first, the others as there is time. */
  fill() {
    const first = [this.model.capacity, 1, 2, 4, 8, 16, 32, 64].filter((number) => number <= 64);
    const others = Array.from({ length: 64 }, (_, place) => place + 1).filter((number) => !first.includes(number));
    whenIdle(first.concat(others), (workers, done) => {
      this.wall(workers);
      if (done === first.length - 1 || done % 8 === 0 || done === 63) this.drawSoon();
    });
  }

  draw() {
    const { draw, width, height } = fitCanvas(this.canvas, 210);
    const { colors, model } = this;
    const known = [...this.walls[this.order.value].entries()].sort((a, b) => a[0] - b[0]);
    if (known.length === 0) return;
    const chosen = Number(this.slider.value);
    const top = Math.max(...known.map(([, wall]) => wall), model.wall);
    const [left, right, base] = [62, width - 14, height - 24];
    const x = (workers) => left + (Math.log2(workers) / 6) * (right - left);
    const y = (wall) => base - (wall / top) * (base - 14);
    const { list, step } = ticks(0, top, 4);
    draw.textAlign = "right";
    for (const wall of list) {
      draw.fillStyle = colors.line;
      draw.fillRect(left, Math.round(y(wall)), right - left, 1);
      draw.fillStyle = colors.muted;
      draw.fillText(tickLabel(wall, step), left - 8, y(wall));
    }
    draw.textAlign = "center";
    draw.fillStyle = colors.muted;
    for (const workers of [1, 2, 4, 8, 16, 32, 64]) draw.fillText(String(workers), x(workers), height - 10);
    this.drawFloor(draw, left, right, y);
    draw.beginPath();
    for (const [workers, wall] of known) draw.lineTo(x(workers), y(wall));
    draw.strokeStyle = colors.accent;
    draw.lineWidth = 2;
    draw.lineJoin = "round";
    draw.stroke();
    if (model.capacity <= 64) this.drawPoint(draw, x(model.capacity), y(model.wall), colors.ink, false);
    const wall = this.wall(chosen);
    this.drawPoint(draw, x(chosen), y(wall), colors.accent, true);
    const change = wall / model.wall - 1;
    const versus = Math.abs(change) < 0.005 ? "as long as this run" : `${percent(Math.abs(change))} ${change < 0 ? "less" : "more"} than this run`;
    byId("whatif-value").textContent = `${count(chosen, "worker")}: ${seconds(wall)}, ${versus}.`;
    this.canvas.setAttribute("aria-label", `Time of the run by number of workers: ${[1, 2, 4, 8, 16, 32, 64].map((n) => `${n}: ${seconds(this.wall(n))}`).join(", ")}`);
  }

  /** What the cores alone make of it. */
  drawFloor(draw, left, right, y) {
    const { totals, head } = this.model;
    if (totals.cpu === null || !head.cores) return;
    const floor = totals.cpu / head.cores;
    draw.strokeStyle = this.colors.cpu;
    draw.lineWidth = 1;
    draw.setLineDash([4, 4]);
    draw.beginPath();
    draw.moveTo(left, y(floor));
    draw.lineTo(right, y(floor));
    draw.stroke();
    draw.setLineDash([]);
    draw.fillStyle = this.colors.cpu;
    // With one worker the run takes longest, so there is room here.
    draw.textAlign = "left";
    draw.fillText(`what ${count(head.cores, "core")} need for the work: ${seconds(floor)}`, left + 4, y(floor) - 8);
  }

  drawPoint(draw, x, y, color, filled) {
    draw.beginPath();
    draw.arc(x, y, 4.5, 0, Math.PI * 2);
    draw.fillStyle = filled ? color : this.colors.panel;
    draw.fill();
    draw.strokeStyle = color;
    draw.lineWidth = 2;
    draw.stroke();
  }
}
