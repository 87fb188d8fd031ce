"use strict";

// The parts of the page beside the timeline and the table.

function drawHeader(model) {
  const { target = {}, harness = "", run_id: id = "" } = model.head;
  const name = target.id || target.name || "tests";
  document.title = `${name}: timeline`;
  byId("title").textContent = name;
  const began = model.started.unix_time ? new Date(model.started.unix_time * 1000) : null;
  const when = began ? began.toLocaleString("en", { dateStyle: "medium", timeStyle: "medium" }) : "";
  byId("subtitle").textContent = [when, id && `run ${id}`, harness && `async-harness ${harness}`].filter(Boolean).join(" · ");
}

function drawFigures(model) {
  const { totals, counts } = model;
  const figure = (name, value, more, extra) => make("div", {}, make("dt", {}, name), make("dd", {}, value, extra, more && make("small", {}, more)));
  const split = make("div", { class: "split", role: "img", "aria-label": OUTCOMES.filter((o) => counts[o]).map((o) => `${counts[o]} ${OUTCOME_NAMES[o]}`).join(", ") });
  for (const outcome of OUTCOMES) {
    if (counts[outcome] && outcome !== "broken") split.append(make("i", { style: { flex: String(counts[outcome]), minWidth: "2px", background: `var(--${outcome})` } }));
  }
  const words = OUTCOMES.filter((o) => counts[o] && o !== "broken").map((o) => `${counts[o].toLocaleString("en")} ${OUTCOME_NAMES[o]}`);
  const { bound } = model;
  const cut = { failures: "stopped after failures", crash: "ended by a crash", interrupt: "interrupted", main_thread: "the main thread was lost" }[model.finished.cut];
  byId("figures").replaceChildren(
    figure("tests", (model.runs.length + counts.not_run).toLocaleString("en"), [words.join(", "), cut].filter(Boolean).join("; "), split),
    figure("time of the run", seconds(model.wall), `${seconds(totals.sum)} of tests, ${totals.speedUp.toFixed(2)} at once`),
    bound && figure("efficiency", percent(Math.min(1, bound.time / model.wall)), `${seconds(bound.time)} at least: ${bound.why}`),
    figure("workers", String(model.capacity), workersText(model)),
    totals.slowest && figure("slowest test", seconds(totals.slowest.end - totals.slowest.began), totals.slowest.test.name),
    figure("fixtures", seconds(totals.setUp + totals.teardown), `${seconds(totals.setUp)} set-up, ${seconds(totals.teardown)} teardown in tests`),
    totals.cpu !== null && figure("CPU", `${(totals.cpu / model.wall).toFixed(2)} cores`, `${seconds(totals.cpu)} in all, of ${count(model.head.cores || 1, "core")}; ${bytes(totals.memory)} at most`),
  );
}

function workersText(model) {
  const { threads = 1, in_flight: inFlight, isolated } = model.started;
  if (threads === 0) return "the main thread alone";
  const kind = isolated ? "process" : "thread";
  const plural = kind === "process" ? `${threads} processes` : count(threads, kind);
  return inFlight ? `${plural}, up to ${inFlight} tests alive` : plural;
}

function drawTroubles(model) {
  const items = model.troubles.map(({ text, output }) => [text, output]).concat(model.notes.map((note) => [note, []]));
  if (model.stray.length > 0) items.push(["output of no single test", model.stray]);
  byId("troubles").hidden = items.length === 0;
  byId("trouble-list").replaceChildren(...items.map(([text, output]) => make("li", {}, text, output.length > 0 && outputOf(output))));
}

/** Output as it was printed, with standard error apart. */
function outputOf(chunks) {
  return make("pre", { tabindex: "0", "aria-label": "output" }, chunks.map((chunk) => make("span", { class: chunk.stream }, plain(chunk.text))));
}

/** Text without the colours of terminals. */
function plain(text) {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "");
}

function drawLegend(model) {
  const items = OUTCOMES.filter((outcome) => outcome !== "not_run" && outcome !== "ignored" && model.counts[outcome] > 0);
  const list = items.map((outcome) => make("li", {}, dot(outcome), OUTCOME_NAMES[outcome]));
  const swatch = (style, name) => make("li", {}, make("span", { class: "dot", style, "aria-hidden": "true" }), name);
  const stripes = "repeating-linear-gradient(135deg, var(--passed) 0 2px, var(--panel) 2px 4px)";
  list.push(
    swatch({ background: stripes }, "set-up and teardown"),
    swatch({ background: "color-mix(in srgb, var(--passed) 50%, var(--panel))" }, "parked: waits without a core"),
  );
  if (model.keys.length > 0) list.push(swatch({ background: "color-mix(in srgb, var(--keys) 40%, var(--panel))" }, "waits for a key"));
  if (model.fixtureRuns.length > 0) list.push(make("li", {}, dot("fixture"), "fixtures that tests share"));
  list.push(make("li", {}, dot("cpu"), "cores in use"));
  if (model.resumed.length > 0) list.push(swatch({ background: "var(--failed)", width: "2px" }, "executed again after a crash"));
  byId("legend").replaceChildren(...list);
}

/** How many tests of the path are shown. */
const PATH_ROWS = 60;

function drawPath(view) {
  const { model } = view;
  const { path } = model;
  const length = path.reduce((sum, { run }) => sum + (run.end - run.began), 0);
  const gaps = path.reduce((sum, { gap }) => sum + gap, 0);
  const tail = path.length ? model.wall - path[path.length - 1].run.end : 0;
  const parts = [
    `${count(path.length, "test")} one after the other, ${seconds(length)} of the ${seconds(model.wall)}`,
    gaps > STEP && `${seconds(gaps)} before and between them`,
    tail > STEP && `${seconds(tail)} after the last`,
  ];
  byId("path-intro").textContent = path.length
    ? `${parts.filter(Boolean).join(", ")}. None of them could have begun earlier in this run.`
    : "No test has run.";
  const { jobs } = model.parts;
  const base = simulate(jobs, model.capacity).makespan;
  const places = new Map(jobs.map((job, place) => [job.run, place]));
  const cells = [];
  const body = make("tbody");
  // The longest, in their order.
  const least = path.map(({ run }) => run.end - run.began).sort((a, b) => b - a)[PATH_ROWS] || 0;
  const shown = path.length > PATH_ROWS ? path.filter(({ run }) => run.end - run.began > least) : path;
  for (const { run, why } of shown) {
    const saving = make("td", { class: "num" }, "…");
    cells.push([run, saving]);
    body.append(
      make("tr", {},
        make("td", { class: "name" }, testLink(view, run)),
        make("td", {}, why ? `after ${why}` : "first"),
        make("td", { class: "num" }, seconds(run.end - run.began)),
        saving));
  }
  byId("path").replaceChildren(make("thead", {}, make("tr", {}, ["Test", "Could begin", "Took"].map((t, i) => make("th", { scope: "col", class: i === 2 ? "num" : "" }, t)), make("th", { scope: "col", class: "num", title: "How much shorter the run would be without this test" }, "Without it"))), body);
  if (shown.length < path.length) {
    body.append(make("tr", {}, make("td", { class: "muted", colspan: "4" }, `and ${count(path.length - shown.length, "shorter one")} between these`)));
  }
  // The longest first; a page must not hang on a simulation for each of a thousand tests.
  const queue = cells.slice().sort((a, b) => b[0].end - b[0].began - (a[0].end - a[0].began));
  whenIdle(queue, ([run, cell], done) => {
    const place = places.get(run);
    let saved = run.end - run.began;
    if (place !== undefined) {
      if (done >= 60) {
        cell.textContent = "";
        return;
      }
      const without = jobs.slice();
      without.splice(place, 1);
      saved = base - simulate(without, model.capacity).makespan;
    }
    cell.textContent = saved > STEP ? `−${seconds(saved)}` : "nothing";
  });
}

/** Does something for each item, a bit at a time. */
function whenIdle(items, run) {
  let done = 0;
  const go = () => {
    const until = performance.now() + 12;
    while (done < items.length && performance.now() < until) {
      run(items[done], done);
      done += 1;
    }
    if (done < items.length) setTimeout(go, 0);
  };
  setTimeout(go, 0);
}

function testLink(view, run) {
  return make("button", { type: "button", class: "link", onclick: () => view.select(run.row) }, run.test.name);
}

function drawIdle(model) {
  const { totals, wall, capacity } = model;
  const whole = wall * capacity;
  const busy = model.runs.filter((run) => run.ran).reduce((sum, run) => sum + run.duration, 0);
  const parked = Math.min(totals.parked, busy);
  const parts = [
    ["passed", "tests, at work", busy - parked],
    ["ignored", "tests, parked", parked],
    ...Object.keys(CAUSES).map((cause) => [cause, CAUSES[cause], totals.idle[cause]]),
  ].filter(([, , time]) => time > whole * 1e-5);
  const known = parts.reduce((sum, [, , time]) => sum + time, 0);
  byId("idle-intro").textContent = `${count(capacity, "worker")} for ${seconds(wall)} are ${seconds(whole)}.`;
  const bar = make("div", { class: "whole", role: "img", "aria-label": parts.map(([, name, time]) => `${name}: ${percent(time / known)}`).join("; ") });
  for (const [color, , time] of parts) bar.append(make("i", { style: { flex: String(time), background: `var(--${color})` } }));
  const list = make("ul", {}, parts.map(([color, name, time]) => make("li", {}, dot(color), make("span", {}, name), make("span", { class: "num" }, seconds(time)), make("span", { class: "num muted" }, percent(time / known)))));
  byId("idle").replaceChildren(bar, list);
}

/** A table: titles, with those of numbers to the right, and rows of cells. */
function table(id, titles, rows) {
  const head = make("tr", {}, titles.map(([title, kind, help]) => make("th", { scope: "col", class: kind, title: help }, title)));
  const body = rows.map((cells) => make("tr", {}, cells.map((cell, place) => make("td", { class: titles[place][1] }, cell))));
  byId(id).replaceChildren(make("thead", {}, head), make("tbody", {}, body));
}

/** A name that is a filter of the table and the timeline. */
function filterLink(word, name) {
  const use = () => {
    const input = byId("filter");
    input.value = word;
    input.dispatchEvent(new Event("input"));
    byId("timeline-title").scrollIntoView({ block: "nearest" });
  };
  return make("button", { type: "button", class: "link", onclick: use, title: `Show ${word}` }, name);
}

function drawKeys(model) {
  byId("keys-panel").hidden = model.keys.length === 0;
  if (model.keys.length === 0) return;
  const chain = model.keys[0];
  byId("keys-intro").textContent = `The busiest is ${chain.name}: ${seconds(chain.alone + chain.longestShared)} that cannot be shared out among workers.`;
  table(
    "keys",
    [["Key", "name"], ["Alone", "num", "Tests that hold it alone, one after the other"], ["Shared", "num", "Tests that hold it beside each other"], ["Held alone", "num"], ["Of the run", "num"], ["Waited", "num", "How long tests waited for it from when their turn had come, added up"], ["Idle", "num", "How long workers had nothing to run while the next test waited for it, added up"]],
    model.keys.map((key) => [filterLink(`key:${key.name}`, key.name), String(key.aloneTests), String(key.sharedTests), seconds(key.alone), percent(key.alone / model.wall), notable(key.wait), notable(key.idle)]),
  );
}

function drawFixtures(model) {
  const shown = model.fixtures.filter((fixture) => !fixture.builtIn || fixture.ran.length > 0);
  byId("fixtures-panel").hidden = shown.length === 0;
  const times = (fixture, phase) => fixture.ran.filter((ran) => ran.phase === phase).map((ran) => ran.duration);
  const sum = (list) => list.reduce((a, b) => a + b, 0);
  const most = (list) => list.reduce((a, b) => Math.max(a, b), 0);
  const rows = shown.map((fixture) => ({ fixture, up: times(fixture, "set_up"), down: times(fixture, "teardown") }));
  rows.sort((a, b) => sum(b.up) + sum(b.down) - sum(a.up) - sum(a.down));
  table(
    "fixtures",
    [["Fixture", "name"], ["Scope", ""], ["Used by", "num"], ["Set up", "num"], ["Set-up", "num"], ["Longest", "num"], ["Teardown", "num"], ["Longest", "num"], ["Place", ""]],
    rows.map(({ fixture, up, down }) => [
      filterLink(`fixture:${fixture.path.toLowerCase()}`, fixture.name + (fixture.error ? " (failed)" : "")),
      fixture.scope,
      count(fixture.users, "test"),
      count(up.length, "time"),
      notable(sum(up)),
      notable(most(up)),
      notable(sum(down)),
      notable(most(down)),
      make("span", { class: "code muted" }, fixture.builtIn ? "built in" : `${fixture.file}:${fixture.line}`),
    ]),
  );
}

function drawAbout(model) {
  const { head } = model;
  const facts = [
    ["arguments", (head.arguments || []).join(" ") || "none", ""],
    ["folder", head.folder || "", ""],
    ["executable", head.executable || "", ""],
    ["system", `${head.system || ""}, ${head.architecture || ""}, ${count(head.cores || 1, "core")}`, ""],
  ];
  const settings = (head.settings || []).map(({ name, value, source }) => [name, value, source]);
  const isSaid = ([, , source]) => !source.startsWith("default");
  const cells = ([name, value, source]) => [name, make("span", { class: "code" }, value), make("span", { class: "muted" }, source)];
  const titles = [["Setting", ""], ["Value", "name"], ["Said by", ""]];
  table("settings", titles, facts.concat(settings.filter(isSaid)).map(cells));
  const others = settings.filter((setting) => !isSaid(setting));
  byId("defaults").hidden = others.length === 0;
  table("default-settings", titles, others.map(cells));
}

/** All that is known of one test, beside the page. */
function drawDetails(view, timeline) {
  const pane = byId("details");
  const row = view.selected;
  pane.hidden = !row;
  if (!row) return;
  const { test, run } = row;
  const fact = (name, value) => (value ? [make("dt", {}, name), make("dd", {}, value)] : []);
  const close = make("button", { type: "button", class: "plain", onclick: () => view.select(null), "aria-label": "Close" }, "Close");
  const keys = test.keys.map((key) => key.name + (key.shared ? " (shared)" : "")).join(", ");
  const parts = [
    make("header", {}, make("h2", { id: "details-title" }, test.name), close),
    make("p", { class: "badge" }, dot(row.outcome), OUTCOME_NAMES[row.outcome], run && run.ran && ` in ${seconds(run.duration)}`),
    make("dl", { class: "facts" },
      fact("place", make("span", { class: "code" }, `${test.file}:${test.line}`)),
      fact("module", test.module),
      fact("phase", phaseName(test.phase)),
      fact("tags", test.tags.join(", ")),
      fact("keys", keys),
      fact("fixtures", test.fixtures.map((path) => (view.model.fixtureByPath.get(path) || { name: path }).name).join(", ")),
      fact("runtime", test.session ? "the session's" : ""),
      fact("counts for", test.threads > 1 && `${test.threads} tests`),
      fact("stays with", test.unit || ""),
      fact("reason", test.why),
      fact("expected", test.expected !== null && `${seconds(test.expected)}, by earlier runs${test.failedLast ? "; it failed when it ran last" : ""}`),
      fact("waited", run && run.keyWait > 5e-5 && `${seconds(run.keyWait)} for ${run.letThrough.key ? `key ${run.letThrough.key}` : "another test"}, until ${run.letThrough.behind} had ended`)),
  ];
  if (run) {
    if (run.ran) parts.push(make("p", { class: "actions" }, make("button", { type: "button", onclick: () => zoomTo(timeline, run) }, "Zoom to it")));
    for (const attempt of run.attempts) parts.push(...attemptParts(run, attempt));
  }
  pane.replaceChildren(...parts.filter(Boolean));
  pane.scrollTop = 0;
}

function zoomTo(timeline, run) {
  const span = Math.max(run.end - run.began, 1e-5);
  timeline.show(run.began - span * 0.5, run.end + span * 0.5);
  timeline.reveal();
  timeline.canvas.scrollIntoView({ block: "center" });
}

function attemptParts(run, attempt) {
  const last = attempt === run.attempts[run.attempts.length - 1];
  const outcome = last ? OUTCOME_NAMES[run.outcome] : "failed";
  const title = run.attempts.length > 1 ? `Attempt ${attempt.number}: ${outcome}` : "What happened";
  const fact = (name, value) => (value ? [make("dt", {}, name), make("dd", {}, value)] : []);
  return [
    make("h3", {}, title),
    make("dl", { class: "facts" },
      fact("why", attempt.message && `${attempt.message}${attempt.kind ? ` (${attempt.kind})` : ""}`),
      fact("", attempt.reason),
      fact("began at", run.ran && `${seconds(attempt.began)} on worker ${attempt.worker}`),
      fact("took", run.ran && seconds(attempt.duration)),
      fact("set-up", attempt.setUp > 5e-5 && seconds(attempt.setUp)),
      fact("parked", attempt.parked > 5e-5 && `${seconds(attempt.parked)}, without a core`),
      fact("teardown", attempt.teardown > 5e-5 && seconds(attempt.teardown)),
      attempt.notes.map((note) => fact("note", note))),
    attempt.output.length > 0 && outputOf(attempt.output),
  ];
}
