"use strict";

// Puts the page together.

function main() {
  const model = analyse(foldLog(byId("log").textContent));
  model.parts = jobsOf(model);
  const view = new View(model);
  byId("main").hidden = false;
  drawHeader(model);
  drawFigures(model);
  drawTroubles(model);
  drawLegend(model);
  const timeline = new Timeline(byId("timeline"), byId("tip"), byId("announce"), view);
  drawPath(view);
  drawIdle(model);
  drawKeys(model);
  drawFixtures(model);
  drawAbout(model);
  const whatIf = new WhatIf(view);
  new TestTable(view);
  drawOutcomes(view);
  view.onChange((what) => what === "selected" && drawDetails(view, timeline));
  listenToTools(view, timeline, [timeline, whatIf]);
  const wanted = decodeURIComponent(location.hash.slice(1));
  const row = wanted && view.rows.find((other) => other.name === wanted);
  if (row) view.select(row);
  // For whoever measures it.
  performance.mark("timeline-shown");
}

function drawOutcomes(view) {
  const { counts } = view.model;
  const present = OUTCOMES.filter((outcome) => counts[outcome] > 0 && outcome !== "broken");
  byId("outcomes").replaceChildren(
    ...present.map((outcome) => {
      const chip = make("button", { type: "button", "aria-pressed": "true" }, dot(outcome), `${OUTCOME_NAMES[outcome]} ${counts[outcome].toLocaleString("en")}`);
      chip.addEventListener("click", () => {
        view.toggle(outcome);
        chip.setAttribute("aria-pressed", String(!view.hiddenOutcomes.has(outcome)));
      });
      return chip;
    }),
  );
}

function listenToTools(view, timeline, painters) {
  let pause = null;
  byId("filter").addEventListener("input", (event) => {
    clearTimeout(pause);
    pause = setTimeout(() => view.filterBy(event.target.value), 80);
  });
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => {
      for (const other of document.querySelectorAll("[data-view]")) other.setAttribute("aria-pressed", String(other === button));
      timeline.setMode(button.dataset.view);
    });
  }
  byId("zoom-in").addEventListener("click", () => timeline.zoom(0.5));
  byId("zoom-out").addEventListener("click", () => timeline.zoom(2));
  byId("zoom-fit").addEventListener("click", () => timeline.show(0, view.model.wall));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && view.selected) view.select(null);
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      byId("filter").focus();
    }
  });
  listenToTheme(painters);
}

/** The colours: as the system has them, light or dark. A page in a file may have no storage. */
function listenToTheme(painters) {
  const themes = ["auto", "light", "dark"];
  const key = "async-harness-timeline-theme";
  const stored = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const button = byId("theme");
  let theme = themes.includes(stored()) ? stored() : "auto";
  const use = () => {
    if (theme === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", theme);
    button.textContent = { auto: "Auto", light: "Light", dark: "Dark" }[theme];
    button.setAttribute("aria-label", `Colours: ${{ auto: "as the system has them", light: "light", dark: "dark" }[theme]}`);
    for (const painter of painters) painter.recolor();
  };
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    try {
      localStorage.setItem(key, theme);
    } catch {
      // It holds as long as the page is open.
    }
    use();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", use);
  use();
}

try {
  main();
} catch (error) {
  byId("broken").textContent = `The page could not be drawn: ${error.message}`;
  byId("broken").hidden = false;
  throw error;
}
