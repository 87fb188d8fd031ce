"use strict";

// The table of all tests. Only the rows in sight are elements.

const ROW = 29;

const COLUMNS = [
  { name: "name", title: "Test", width: "minmax(17rem, 1fr)", text: (row) => row.name + (row.run && row.run.nth > 0 ? ` (${row.run.nth + 1})` : "") },
  { name: "outcome", title: "Outcome", width: "10.5rem" },
  { name: "duration", title: "Duration", width: "6rem", number: true, text: (row) => (row.run && row.run.ran ? seconds(row.duration) : "") },
  { name: "parts", title: "Its parts", width: "9rem", sorts: "duration" },
  { name: "setUp", title: "Set-up", width: "5.6rem", number: true, text: (row) => notable(row.setUp) },
  { name: "running", title: "Running", width: "5.8rem", number: true, text: (row) => notable(row.running) },
  { name: "parked", title: "Parked", width: "5.6rem", number: true, text: (row) => notable(row.parked) },
  { name: "teardown", title: "Teardown", width: "6.2rem", number: true, text: (row) => notable(row.teardown) },
  { name: "keyWait", title: "Key wait", width: "5.8rem", number: true, text: (row) => notable(row.keyWait) },
  { name: "expected", title: "Expected", width: "5.8rem", number: true, text: (row) => (row.expected === null ? "" : seconds(row.expected)) },
  { name: "change", title: "Change", width: "5.8rem", number: true, text: (row) => (row.change === null ? "" : (row.change > 0 ? "+" : row.change < 0 ? "−" : "") + seconds(Math.abs(row.change))) },
  { name: "attempts", title: "Attempts", width: "5.8rem", number: true, text: (row) => (row.attempts > 1 ? String(row.attempts) : "") },
  { name: "worker", title: "Worker", width: "5rem", number: true, text: (row) => (row.worker < 0 ? "" : String(row.worker)) },
  { name: "began", title: "Start", width: "5.6rem", number: true, text: (row) => (row.began === Infinity ? "" : seconds(row.began)) },
];

class TestTable {
  constructor(view) {
    this.view = view;
    this.box = byId("table");
    this.sort = { column: "duration", descending: true };
    this.active = 0;
    this.columns = COLUMNS.filter((column) => {
      if (column.name === "expected" || column.name === "change") return view.model.tests.some((test) => test.expected !== null);
      if (column.name === "keyWait") return view.model.keys.length > 0;
      if (column.name === "attempts") return view.model.runs.some((run) => run.attempts.length > 1);
      return true;
    });
    this.longest = view.rows.reduce((most, row) => Math.max(most, row.duration), 1e-9);
    this.body = make("div", { class: "body", role: "rowgroup" });
    this.titles = make("div", { class: "row titles", role: "row", "aria-rowindex": "1" });
    const widths = this.columns.map((column) => column.width).join(" ");
    const least = this.columns.reduce((sum, column) => sum + parseFloat(/[\d.]+/.exec(column.width)[0]), 0);
    const inner = make("div", { style: { minWidth: `${least}rem` } }, make("div", { role: "rowgroup" }, this.titles), this.body);
    this.titles.style.gridTemplateColumns = widths;
    this.widths = widths;
    this.box.replaceChildren(inner);
    this.drawSoon = atNextFrame(() => this.draw());
    this.box.addEventListener("scroll", () => this.drawSoon());
    this.box.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.drawSoon()).observe(this.box);
    view.onChange((what) => {
      if (what === "filtered") this.arrange();
      if (what === "selected" && view.selected) this.activate(this.rows.indexOf(view.selected));
      this.drawSoon();
    });
    window.addEventListener("beforeprint", () => this.draw(400));
    window.addEventListener("afterprint", () => this.draw());
    this.arrange();
  }

  arrange() {
    const { column, descending } = this.sort;
    this.rows = [...this.view.matches].sort(compareBy(column, descending));
    this.active = Math.max(0, this.rows.indexOf(this.view.selected));
    this.box.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.body.style.height = `${Math.max(1, this.rows.length) * ROW}px`;
    this.box.scrollTop = 0;
    this.drawTitles();
    this.drawSoon();
    const all = this.view.rows.length;
    byId("shown").textContent = this.rows.length === all ? count(all, "result") : `${this.rows.length.toLocaleString("en")} of ${count(all, "result")}`;
  }

  drawTitles() {
    this.titles.replaceChildren(
      ...this.columns.map(({ name, title, number, sorts }) => {
        const by = sorts || name;
        const sorted = this.sort.column === by && !sorts;
        const arrow = sorted ? (this.sort.descending ? " ↓" : " ↑") : "";
        const press = () => {
          const same = this.sort.column === by;
          this.sort = { column: by, descending: same ? !this.sort.descending : Boolean(number || sorts) };
          this.arrange();
        };
        const state = sorted ? (this.sort.descending ? "descending" : "ascending") : null;
        return make("div", { class: `cell ${number ? "num" : ""}`, role: "columnheader", "aria-sort": state }, make("button", { type: "button", onclick: press }, title + arrow));
      }),
    );
  }

  draw(most = null) {
    const head = this.titles.offsetHeight;
    const first = most ? 0 : Math.max(0, Math.floor(this.box.scrollTop / ROW) - 4);
    const last = Math.min(this.rows.length, most || Math.ceil((this.box.scrollTop + this.box.clientHeight - head) / ROW) + 4);
    const rows = [];
    for (let place = first; place < last; place += 1) rows.push(this.row(this.rows[place], place));
    if (this.rows.length === 0) rows.push(make("div", { class: "empty", role: "row" }, make("span", { role: "gridcell" }, "No test is like that.")));
    this.body.replaceChildren(...rows);
    const active = this.rows[this.active];
    this.box.setAttribute("aria-activedescendant", active ? `row-${this.active}` : "");
  }

  row(row, place) {
    const cells = this.columns.map((column) => {
      const cell = make("div", { class: `cell ${column.number ? "num" : ""}`, role: "gridcell" });
      if (column.name === "outcome") cell.append(make("span", { class: "state" }, dot(row.outcome), OUTCOME_NAMES[row.outcome]));
      else if (column.name === "parts") cell.append(this.parts(row));
      else cell.textContent = column.text(row);
      if (column.name === "name") cell.title = row.name;
      return cell;
    });
    return make(
      "div",
      {
        class: `row ${place === this.active ? "active" : ""}`,
        role: "row",
        id: `row-${place}`,
        "aria-rowindex": String(place + 2),
        "aria-selected": String(row === this.view.selected),
        style: { top: `${place * ROW}px`, gridTemplateColumns: this.widths },
        onclick: () => {
          this.active = place;
          this.view.select(row === this.view.selected ? null : row);
        },
      },
      cells,
    );
  }

  /** What the time went to, as long as it was beside the longest of all. */
  parts(row) {
    const box = make("div", { class: "parts", "aria-hidden": "true" });
    const waiting = Math.max(0, row.duration - row.setUp - row.teardown - row.running);
    const color = `var(--${row.outcome})`;
    const part = (time, background) => {
      if (time > 0) box.append(make("i", { style: { width: `${(time / this.longest) * 100}%`, background } }));
    };
    const stripes = `repeating-linear-gradient(135deg, ${color} 0 2px, var(--panel) 2px 4px)`;
    part(row.setUp, stripes);
    part(row.running, color);
    part(waiting, `color-mix(in srgb, ${color} 45%, var(--panel))`);
    part(row.teardown, stripes);
    return box;
  }

  activate(place) {
    if (place < 0 || this.rows.length === 0) return;
    this.active = Math.min(place, this.rows.length - 1);
    const head = this.titles.offsetHeight;
    const y = this.active * ROW;
    if (y < this.box.scrollTop) this.box.scrollTop = y;
    else if (y + ROW + head > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = y + ROW + head - this.box.clientHeight;
    this.drawSoon();
  }

  key(event) {
    if (event.target !== this.box || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.box.clientHeight / ROW) - 2);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in moves) {
      const next = this.active + moves[event.key];
      this.activate(Math.max(0, Math.min(this.rows.length - 1, next)));
    } else if (event.key === "Enter" || event.key === " ") {
      if (this.rows[this.active]) this.view.select(this.rows[this.active]);
    } else {
      return;
    }
    event.preventDefault();
  }
}
