"use strict";

// What all parts of the page share: the run, what is selected and filtered, and the colours.

/** Makes an element; whatever is text stays text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

function byId(id) {
  return document.getElementById(id);
}

/** A coloured square, named after a colour of the style sheet. */
function dot(color) {
  return make("span", { class: "dot", style: { background: `var(--${color})` }, "aria-hidden": "true" });
}

/** What is shown of the run at the moment; whoever listens is told of changes. */
class View {
  constructor(model) {
    this.model = model;
    this.rows = rowsOf(model);
    this.selected = null;
    this.filter = null;
    this.hiddenOutcomes = new Set();
    this.listeners = [];
    this.matches = new Set(this.rows);
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  tell(what) {
    for (const listener of this.listeners) listener(what);
  }

  select(row) {
    if (this.selected === row) return;
    this.selected = row;
    history.replaceState(null, "", row ? `#${encodeURIComponent(row.name)}` : location.pathname + location.search);
    this.tell("selected");
  }

  filterBy(text) {
    this.filter = filterOf(text);
    this.match();
  }

  /** Shows an outcome, or does not. */
  toggle(outcome) {
    if (!this.hiddenOutcomes.delete(outcome)) this.hiddenOutcomes.add(outcome);
    this.match();
  }

  match() {
    const { filter, hiddenOutcomes } = this;
    this.matches = new Set(this.rows.filter((row) => !hiddenOutcomes.has(row.outcome) && (!filter || filter(row))));
    this.tell("filtered");
  }

  get isFiltered() {
    return this.matches.size < this.rows.length;
  }
}

/** The colours of the style sheet as a canvas takes them. */
function palette() {
  const probe = make("span", { hidden: true });
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const names = ["ground", "panel", "ink", "muted", "line", "faint", "accent", "fixture", "cpu"];
  const colors = {};
  for (const name of names.concat(OUTCOMES, Object.keys(CAUSES))) {
    probe.style.color = `var(--${name})`;
    colors[name] = style.color;
  }
  probe.remove();
  return colors;
}

/** Fits a canvas to its box, at the screen's own resolution; gives what draws on it. */
function fitCanvas(canvas, height) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.parentElement.clientWidth;
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const draw = canvas.getContext("2d");
  draw.setTransform(ratio, 0, 0, ratio, 0, 0);
  draw.font = `11.5px ${getComputedStyle(document.body).fontFamily}`;
  draw.textBaseline = "middle";
  return { draw, width, height };
}

/** Calls it once, at the next frame, however often it is asked for. */
function atNextFrame(run) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      run();
    });
  };
}

/** Round steps for an axis: some five of them, but no closer than they can be read. */
function ticks(from, to, most) {
  const rough = (to - from) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * power).find((part) => part >= rough) || rough;
  const list = [];
  for (let place = Math.ceil(from / step); place * step <= to; place += 1) list.push(place * step);
  return { list, step };
}

/** The time of a tick, with no more digits than the steps between them need. */
function tickLabel(time, step) {
  const unit = step >= 1 ? [1, "s"] : step >= 1e-3 ? [1e3, "ms"] : [1e6, "µs"];
  if (time >= 1 && step < 1) {
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    return `${time.toFixed(digits)} s`;
  }
  return `${Number((time * unit[0]).toFixed(3)).toLocaleString("en")} ${unit[1]}`;
}
