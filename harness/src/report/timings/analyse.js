"use strict";

// What a run says of itself: who waited for what, when workers were idle and why, and what set the end. Nothing here touches
// the page.

/** Why a worker was idle. */
const CAUSES = {
  keys: "tests are left, and all of them wait for keys",
  heavy: "a test that counts for several is running",
  room: "a test that counts for several waits for room",
  unit: "what is left stays on other workers",
  nothing: "no test is left to start",
  serial: "the serial phase",
  ending: "fixtures are torn down",
  crash: "the process was executed again after a crash",
  start: "before a worker's first test",
  between: "between tests",
};

/** The number of items that are less, in a sorted list. */
function below(sorted, value) {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle] < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Adds everything that follows from a model. */
function analyse(model) {
  const parallel = phaseOf(model, "parallel");
  const runs = model.runs.filter((run) => run.ran && run.test.phase === "parallel");
  model.idle = idleOf(model, parallel, runs);
  findKeyWaits(model, runs);
  model.keys = keysOf(model);
  model.path = pathOf(model);
  model.series = seriesOf(model);
  model.totals = totalsOf(model);
  model.bound = boundOf(model);
  return model;
}

/** The stretches in which a worker had nothing to run, each with its cause. */
function idleOf(model, parallel, runs) {
  const idle = [];
  if (parallel) {
    const state = scheduleState(model, runs);
    for (let worker = 0; worker < Math.min(model.capacity, model.workers); worker += 1) {
      const before = idle.length;
      for (const [from, to] of gapsOf(model, worker, parallel)) addGap(idle, state, worker, from, to);
      const first = idle[before];
      if (first && first.cause === "between" && first.from === parallel.from) first.cause = "start";
    }
  }
  for (const [name, cause] of [["serial", "serial"], ["ending", "ending"]]) {
    const phase = phaseOf(model, name);
    // The main thread has the serial phase, as worker 0.
    const first = name === "serial" ? 1 : 0;
    for (let worker = first; phase && worker < Math.min(model.capacity, model.workers); worker += 1) {
      idle.push({ worker, from: phase.from, to: phase.to, cause, key: null });
    }
  }
  return idle;
}

/** Less than the log can tell: its times are cut to microseconds. */
const NOTHING = 1e-7;
const ROUNDING = 4e-6;

/** When a worker of the parallel phase ran nothing. */
function gapsOf(model, worker, phase) {
  const busy = model.lanes[worker].map((bar) => [bar.began, bar.end]);
  for (const ran of model.fixtureRuns) {
    if (ran.worker === worker && ran.phase === "teardown") busy.push([ran.began, ran.end]);
  }
  busy.sort((a, b) => a[0] - b[0]);
  const gaps = [];
  let at = phase.from;
  for (const [from, to] of busy) {
    if (from >= phase.to) break;
    if (from - at > NOTHING) gaps.push([at, from]);
    at = Math.max(at, to);
  }
  if (phase.to - at > NOTHING) gaps.push([at, phase.to]);
  return gaps;
}

/** How many tests were left at a moment, and how many of these had to wait for another. */
function scheduleState(model, runs) {
  const sorted = (times) => times.sort((a, b) => a - b);
  const held = runs.filter((run) => run.letThrough);
  const heavy = runs.filter((run) => run.test.threads > 1);
  const starts = sorted(runs.map((run) => run.began));
  const releases = sorted(held.map((run) => run.letThrough.at));
  const heavyStarts = sorted(heavy.map((run) => run.began));
  const heavyReady = sorted(heavy.map((run) => (run.letThrough ? run.letThrough.at : 0)));
  held.sort((a, b) => a.test.index - b.test.index);
  // How many more than one a heavy test counts for, while it runs.
  const more = heavy.flatMap((run) => {
    const threads = Math.min(run.test.threads, model.capacity) - 1;
    return [[run.began, threads], [run.end, -threads]];
  });
  more.sort((a, b) => a[0] - b[0]);
  const moreTimes = more.map(([time]) => time);
  const moreCounts = [];
  more.reduce((count, [, step]) => (moreCounts.push(count + step), count + step), 0);
  return {
    changes: sorted(starts.concat(releases, moreTimes, model.resumed)),
    dist: model.started.dist || "load",
    causeAt(at) {
      const left = starts.length - below(starts, at);
      const waiting = releases.length - below(releases, at);
      if (left === 0) return "nothing";
      // Nothing starts from a crash until the process goes on.
      const start = below(starts, at);
      const resume = below(model.resumed, at);
      const next = model.resumed[resume];
      if (next !== undefined && !(starts[start] < next)) return "crash";
      if (resume > 0 && !(starts[start - 1] > model.resumed[resume - 1])) return "crash";
      if (left === waiting) return "keys";
      const place = below(moreTimes, at) - 1;
      if (place >= 0 && moreCounts[place] > 0) return "heavy";
      if (below(heavyReady, at) > below(heavyStarts, at)) return "room";
      return this.dist === "load" ? "between" : "unit";
    },
    keyAt(at) {
      const first = held.find((run) => run.letThrough.at > at);
      return first ? first.letThrough.key : null;
    },
  };
}

/** What is shorter is the time that a worker takes from one test to the next. */
const STEP = 0.0005;

function addGap(idle, state, worker, from, to) {
  if (to - from < STEP) {
    idle.push({ worker, from, to, cause: "between", key: null });
    return;
  }
  const first = below(state.changes, from);
  const last = below(state.changes, to);
  const ends = state.changes.slice(first, last).concat(to);
  let begin = from;
  let open = null;
  for (const end of ends) {
    if (end <= begin) continue;
    const at = (begin + end) / 2;
    const cause = state.causeAt(at);
    const key = cause === "keys" ? state.keyAt(at) : null;
    if (open && open.cause === cause && open.key === key) open.to = end;
    else idle.push((open = { worker, from: begin, to: end, cause, key }));
    begin = end;
  }
}

/** How long each test waited for a key from when its turn had come: a test planned behind it started, or a worker was idle. */
function findKeyWaits(model, runs) {
  const byPlan = runs.slice().sort((a, b) => a.test.index - b.test.index);
  const idle = model.idle.filter((gap) => gap.cause === "keys").reduce((first, gap) => Math.min(first, gap.from), Infinity);
  let turn = idle;
  for (let place = byPlan.length - 1; place >= 0; place -= 1) {
    const run = byPlan[place];
    if (run.letThrough && run.letThrough.at > turn) {
      run.keyWaitFrom = turn;
      run.keyWait = run.letThrough.at - turn;
    }
    turn = Math.min(turn, run.began);
  }
}

/** Who held each key, for how long, and who waited for it. */
function keysOf(model) {
  const keys = new Map();
  const key = (name) => {
    if (!keys.has(name)) {
      keys.set(name, { name, alone: 0, aloneTests: 0, sharedTests: 0, longestShared: 0, wait: 0, waits: 0, idle: 0, runs: [] });
    }
    return keys.get(name);
  };
  for (const run of model.runs) {
    if (!run.ran) continue;
    for (const { name, shared } of run.test.keys) {
      const found = key(name);
      found.runs.push(run);
      if (shared) {
        found.sharedTests += 1;
        found.longestShared = Math.max(found.longestShared, run.end - run.began);
      } else {
        found.aloneTests += 1;
        found.alone += run.end - run.began;
      }
    }
    if (run.keyWait > 0 && run.letThrough.key) {
      const found = key(run.letThrough.key);
      found.wait += run.keyWait;
      found.waits += 1;
    }
  }
  for (const gap of model.idle) if (gap.key) key(gap.key).idle += gap.to - gap.from;
  return [...keys.values()].sort((a, b) => b.alone - a.alone || (a.name < b.name ? -1 : 1));
}

/** What had to end before what, from the first test to the last: nothing of it could have begun earlier in this run. */
function pathOf(model) {
  const runs = model.runs.filter((run) => run.ran);
  if (runs.length === 0) return [];
  // Those that share something, each list by end.
  const lists = new Map();
  const add = (of, run) => {
    if (!lists.has(of)) lists.set(of, { runs: [], ends: [] });
    lists.get(of).runs.push(run);
    lists.get(of).ends.push(run.end);
  };
  for (const run of runs.slice().sort((a, b) => a.end - b.end)) {
    add("all", run);
    add(`worker ${run.worker}`, run);
    add(`test ${run.test.name}`, run);
    if (run.test.phase !== "serial") add("parallel", run);
  }
  const latest = (of, before, not) => {
    const list = lists.get(of);
    if (!list) return null;
    let place = below(list.ends, before) - 1;
    while (place >= 0 && (list.runs[place] === not || list.runs[place].began >= not.began)) place -= 1;
    return place < 0 ? null : list.runs[place];
  };
  const path = [];
  const seen = new Set();
  const all = lists.get("all").runs;
  let run = all[all.length - 1];
  while (run && !seen.has(run)) {
    seen.add(run);
    const before = run.began + ROUNDING;
    const candidates = [];
    if (run.letThrough) {
      const why = run.letThrough.key ? `key ${run.letThrough.key}` : "the test before it";
      candidates.push([latest(`test ${run.letThrough.behind}`, before, run), why]);
    }
    candidates.push([latest(`worker ${run.worker}`, before, run), `worker ${run.worker}`]);
    if (run.test.phase === "serial") candidates.push([latest("parallel", before, run), "the parallel phase"]);
    const resume = model.resumed[below(model.resumed, before) - 1];
    if (resume !== undefined) candidates.push([latest("all", resume, run), "the process had crashed"]);
    if (run.test.threads > 1 || model.started.in_flight) candidates.push([latest("all", before, run), "room to run"]);
    let best = null;
    for (const [other, why] of candidates) {
      if (other && (!best || other.end > best.other.end + STEP / 2)) best = { other, why };
    }
    path.push({ run, why: best ? best.why : "", gap: best ? Math.max(0, run.began - best.other.end) : run.began });
    run = best && best.other;
  }
  return path.reverse();
}

/** The shortest that the run could have taken, and what makes it so long, as the harness has found; nothing in older logs. */
function boundOf(model) {
  const { lower_bound: time, bound_by: by, bound_name: name } = model.finished;
  if (time === undefined) return null;
  const unit = { scope: "module", file: "file", group: "group" }[model.started.dist] || "unit";
  const why = {
    sum: "the sum of all tests",
    test: "the longest test",
    key: `key ${name}`,
    unit: `${unit} ${name}, which stays on one worker`,
    serial: "the serial phase",
  };
  return { time, why: why[by] || by };
}

/** How many tests were alive, and how many of these were parked, as integrals that can be averaged over any stretch. */
function seriesOf(model) {
  const alive = [];
  const parked = [];
  for (const bar of model.bars) {
    alive.push([bar.began, 1], [bar.end, -1]);
    if (!bar.attempt) continue;
    for (const [from, to] of bar.attempt.parks) parked.push([bar.began + from, 1], [bar.began + to, -1]);
  }
  return { alive: integral(alive), parked: integral(parked) };
}

function integral(steps) {
  steps.sort((a, b) => a[0] - b[0]);
  const times = [];
  const counts = [];
  const sums = [];
  let count = 0;
  let sum = 0;
  let at = 0;
  for (const [time, step] of steps) {
    sum += count * (time - at);
    at = time;
    count += step;
    times.push(time);
    counts.push(count);
    sums.push(sum);
  }
  const until = (time) => {
    const place = below(times, time) - 1;
    return place < 0 ? 0 : sums[place] + counts[place] * (time - times[place]);
  };
  return {
    most: counts.reduce((most, value) => Math.max(most, value), 0),
    average: (from, to) => (to > from ? (until(to) - until(from)) / (to - from) : 0),
  };
}

/** The figures of the whole run. */
function totalsOf(model) {
  const runs = model.runs.filter((run) => run.ran);
  const sum = runs.reduce((total, run) => total + (run.end - run.began), 0);
  const part = (name) => runs.reduce((total, run) => total + run[name], 0);
  const idle = Object.fromEntries(Object.keys(CAUSES).map((cause) => [cause, 0]));
  for (const gap of model.idle) idle[gap.cause] += gap.to - gap.from;
  const slowest = runs.reduce((most, run) => (!most || run.end - run.began > most.end - most.began ? run : most), null);
  return {
    sum,
    setUp: part("setUp"),
    teardown: part("teardown"),
    parked: part("parked"),
    idle,
    slowest,
    speedUp: sum / model.wall,
    cpu: model.used ? model.used.cpu : null,
    // The process's own peak, or what it and its children had at once.
    memory: model.used ? model.samples.reduce((most, sample) => Math.max(most, sample.memory), model.used.peak_memory) : null,
  };
}
