"use strict";

// Folds the lines of a log into what the page shows. Nothing here touches the page. Times are in seconds from the beginning
// of the run.

/** The outcomes, in the order in which they matter. */
const OUTCOMES = ["failed", "flaky", "broken", "xfail", "passed", "ignored", "not_run"];

/** What each outcome is called. */
const OUTCOME_NAMES = {
  passed: "passed",
  failed: "failed",
  flaky: "flaky",
  xfail: "failed as expected",
  ignored: "ignored",
  broken: "broken off",
  not_run: "not run",
};

/** What the log says, by test, attempt, phase and fixture. */
function foldLog(text) {
  const events = JSON.parse("[" + text.trim().split("\n").join(",") + "]");
  const model = {
    head: events[0] || {},
    started: {},
    finished: {},
    tests: [],
    runs: [],
    bars: [],
    phases: [],
    fixtures: [],
    fixtureRuns: [],
    samples: [],
    used: null,
    notes: [],
    troubles: [],
    stray: [],
    resumed: [],
  };
  const tests = new Map();
  const fixtures = new Map();
  const open = new Map();
  const letThrough = new Map();
  const attempts = new Map();
  let output = [];
  const taken = () => {
    const all = output;
    output = [];
    return all;
  };
  const test = (name) => {
    if (!tests.has(name)) {
      tests.set(name, plannedTest({ test: name, module: "", file: "", line: 0, phase: "parallel" }, model.tests));
    }
    return tests.get(name);
  };
  for (const event of events) {
    switch (event.event) {
      case "run_started":
        model.started = event;
        break;
      case "fixture_planned":
        fixtures.set(event.fixture, plannedFixture(event, model.fixtures));
        break;
      case "test_planned":
        tests.set(event.test, plannedTest(event, model.tests));
        break;
      case "phase_started": {
        const last = model.phases[model.phases.length - 1];
        if (!last || last.name !== event.phase) {
          model.phases.push({ name: event.phase, from: event.at, to: event.at });
        }
        break;
      }
      case "test_started":
        open.set(event.test, { at: event.at, worker: event.worker, brokenAt: null });
        break;
      case "test_let_through":
        letThrough.set(event.test, { at: event.at, key: event.key || null, behind: event.behind });
        break;
      case "output":
        output.push(event);
        break;
      case "attempt_failed": {
        const before = attempts.get(event.test) || [];
        before.push(attemptOf(event, "failed", taken()));
        attempts.set(event.test, before);
        break;
      }
      case "test_finished": {
        const all = (attempts.get(event.test) || []).concat(attemptOf(event, outcomeOf(event), taken()));
        finishRun(model, test(event.test), event, all, open.get(event.test), letThrough.get(event.test));
        attempts.delete(event.test);
        open.delete(event.test);
        letThrough.delete(event.test);
        break;
      }
      case "fixture_ran": {
        const fixture = fixtures.get(event.fixture) || plannedFixture(event, model.fixtures);
        fixtures.set(event.fixture, fixture);
        const ran = {
          fixture,
          phase: event.phase,
          began: event.began,
          duration: event.duration,
          end: event.began + event.duration,
          worker: event.worker === undefined ? null : event.worker,
          test: event.test || null,
        };
        fixture.ran.push(ran);
        model.fixtureRuns.push(ran);
        break;
      }
      case "fixture_failed": {
        const fixture = fixtures.get(event.fixture) || plannedFixture(event, model.fixtures);
        fixtures.set(event.fixture, fixture);
        fixture.error = event.error;
        const doing = event.phase === "set_up" ? "set up" : "tear down";
        model.troubles.push({ text: `fixture ${fixture.name} failed to ${doing}: ${event.error}`, output: taken() });
        break;
      }
      case "run_broken":
        model.troubles.push({ text: event.reason, output: taken() });
        break;
      case "run_noted":
        model.notes.push(event.note);
        break;
      case "sample":
        model.samples.push({ at: event.at, cpu: event.cpu, memory: event.memory });
        break;
      case "used":
        model.used = event;
        break;
      case "went_on":
        // What was running then is broken off, unless it turns out to be what crashed.
        model.resumed.push(event.at);
        for (const start of open.values()) start.brokenAt = start.brokenAt || event.at;
        break;
      case "run_finished":
        model.finished = event;
        model.stray = taken();
        break;
    }
  }
  return settle(model);
}

function plannedTest(event, list) {
  const test = {
    index: list.length,
    name: event.test,
    module: event.module,
    file: event.file,
    line: event.line,
    phase: event.phase,
    ignored: Boolean(event.ignored),
    tags: event.tags || [],
    keys: event.keys || [],
    fixtures: event.fixtures || [],
    session: Boolean(event.session_runtime),
    unit: event.unit || null,
    threads: event.threads_required || 1,
    timeout: event.timeout || null,
    expected: event.expected === undefined ? null : event.expected,
    failedLast: Boolean(event.failed_last),
    why: event.ignore || event.xfail || "",
    runs: [],
  };
  list.push(test);
  return test;
}

function plannedFixture(event, list) {
  const fixture = {
    path: event.fixture,
    name: event.name || event.fixture,
    scope: event.scope || "",
    file: event.file || "",
    line: event.line || 0,
    needs: event.needs || [],
    keys: event.keys || [],
    builtIn: Boolean(event.built_in),
    error: "",
    ran: [],
    users: 0,
  };
  list.push(fixture);
  return fixture;
}

function outcomeOf(event) {
  if (event.flaky) return "flaky";
  return event.outcome === "failed_as_expected" ? "xfail" : event.outcome;
}

function attemptOf(event, outcome, output) {
  return {
    number: event.attempt || event.attempts || 1,
    outcome,
    kind: event.kind || "",
    message: event.message || "",
    reason: event.reason || "",
    worker: event.worker,
    began: event.began,
    duration: event.duration,
    end: event.began + event.duration,
    setUp: event.set_up || 0,
    teardown: event.teardown || 0,
    parked: event.parked || 0,
    parks: event.parks || [],
    notes: event.notes || [],
    output,
  };
}

function finishRun(model, test, event, attempts, start, letThrough) {
  const last = attempts[attempts.length - 1];
  const first = attempts[0];
  const run = {
    test,
    nth: test.runs.length,
    outcome: last.outcome,
    attempts,
    worker: last.worker,
    // A run that was broken off is told of as started once, and began anew.
    began: start && start.brokenAt === null ? Math.min(start.at, first.began) : first.began,
    end: last.end,
    letThrough: letThrough || null,
    keyWait: 0,
    keyWaitFrom: null,
    message: last.message,
    ran: last.duration > 0 || last.outcome !== "ignored",
  };
  run.duration = attempts.reduce((sum, attempt) => sum + attempt.duration, 0);
  const sum = (part) => attempts.reduce((total, attempt) => total + attempt[part], 0);
  run.setUp = sum("setUp");
  run.teardown = sum("teardown");
  run.parked = sum("parked");
  test.runs.push(run);
  model.runs.push(run);
  if (start && start.brokenAt !== null && first.began >= start.brokenAt) {
    model.bars.push({
      run,
      attempt: null,
      outcome: "broken",
      worker: start.worker,
      began: start.at,
      end: start.brokenAt,
    });
  }
  if (!run.ran) return;
  for (const attempt of attempts) {
    const outcome = attempt === last ? run.outcome : "failed";
    model.bars.push({
      run,
      attempt,
      outcome,
      worker: attempt.worker,
      began: attempt.began,
      end: attempt.end,
    });
  }
}

/** What can only be said once everything is known. */
function settle(model) {
  const { bars, runs, tests, phases } = model;
  const ends = bars.map((bar) => bar.end).concat(model.fixtureRuns.map((ran) => ran.end));
  const last = ends.reduce((latest, end) => Math.max(latest, end), 0);
  model.wall = Math.max(model.finished.elapsed || 0, last, 1e-6);
  phases.forEach((phase, place) => {
    phase.to = place + 1 < phases.length ? phases[place + 1].from : model.wall;
  });
  bars.sort((a, b) => a.began - b.began || b.end - a.end);
  runs.sort((a, b) => a.began - b.began || a.end - b.end);
  const workers = bars.reduce((most, bar) => Math.max(most, bar.worker + 1), 1);
  const { threads = 1, in_flight: inFlight = 0 } = model.started;
  const parallel = tests.filter((test) => test.phase === "parallel" && !test.ignored).length;
  /** How many tests can be alive at once. */
  model.capacity = Math.max(1, Math.min(inFlight || threads || 1, Math.max(parallel, 1)));
  model.workers = Math.max(workers, Math.min(model.capacity, parallel || 1));
  model.lanes = Array.from({ length: model.workers }, () => []);
  for (const bar of bars) model.lanes[bar.worker].push(bar);
  model.counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0]));
  for (const run of runs) model.counts[run.outcome] += 1;
  for (const test of tests) if (test.runs.length === 0) model.counts.not_run += 1;
  model.counts.broken = bars.filter((bar) => bar.outcome === "broken").length;
  for (const fixture of model.fixtures) fixture.users = 0;
  const byPath = new Map(model.fixtures.map((fixture) => [fixture.path, fixture]));
  for (const test of tests) {
    for (const path of test.fixtures) {
      const fixture = byPath.get(path);
      if (fixture && test.runs.some((run) => run.ran)) fixture.users += 1;
    }
  }
  model.fixtureByPath = byPath;
  return model;
}

/** When a phase was, if it was. */
function phaseOf(model, name) {
  return model.phases.find((phase) => phase.name === name) || null;
}
