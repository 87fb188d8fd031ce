"use strict";

// Figures as words, and words as filters. Nothing here touches the page.

/** A duration for people, to three digits. */
function seconds(time) {
  if (time < 0) return `−${seconds(-time)}`;
  const digits = (value) => (value >= 100 ? 0 : value >= 10 ? 1 : 2);
  if (time >= 99.95) {
    const whole = Math.round(time);
    return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  }
  if (time >= 1) return `${time.toFixed(digits(time))} s`;
  if (time >= 1e-3) return `${(time * 1e3).toFixed(digits(time * 1e3))} ms`;
  return time > 0 ? `${(time * 1e6).toFixed(0)} µs` : "0 s";
}

/** The same, and nothing for what is too short to matter. */
function notable(time) {
  return time >= 5e-5 ? seconds(time) : "–";
}

function percent(part) {
  return `${(part * 100).toFixed(part < 0.0995 ? 1 : 0)} %`;
}

/** `1 test`, `2 tests`. */
function count(number, word) {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}

function bytes(number) {
  return number >= 1 << 30 ? `${(number / 2 ** 30).toFixed(2)} GiB` : `${(number / 2 ** 20).toFixed(1)} MiB`;
}

/** Reads a filter: what has to hold of a row of the table. */
function filterOf(text) {
  const tests = [];
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const duration = /^([<>])=?(\d+(?:\.\d+)?)(us|µs|ms|s|m)?$/.exec(word);
    const pair = /^(is|tag|key|fixture|module|file|worker):(.+)$/.exec(word);
    if (duration) {
      const units = { us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60 };
      const limit = Number(duration[2]) * units[duration[3] || "s"];
      tests.push(duration[1] === ">" ? (row) => row.duration >= limit : (row) => row.run !== null && row.duration <= limit);
    } else if (pair) {
      tests.push(pairFilter(pair[1], pair[2]));
    } else {
      tests.push((row) => row.lower.includes(word));
    }
  }
  return tests.length === 0 ? null : (row) => tests.every((test) => test(row));
}

function pairFilter(what, value) {
  const has = (list) => list.some((item) => item.toLowerCase().includes(value));
  switch (what) {
    case "is":
      return (row) => row.outcome.replace("_", "").startsWith(value.replace("_", ""));
    case "tag":
      return (row) => row.test.tags.some((tag) => tag.toLowerCase() === value);
    case "key":
      return (row) => row.test.keys.some((key) => key.name.toLowerCase() === value);
    case "fixture":
      return (row) => has(row.test.fixtures);
    case "module":
      return (row) => row.test.module.toLowerCase().includes(value);
    case "file":
      return (row) => row.test.file.toLowerCase().includes(value);
    default:
      return (row) => row.run !== null && row.run.ran && String(row.run.worker) === value;
  }
}

/** A row of the table for each result, and for each test that has none. */
function rowsOf(model) {
  const row = (test, run) => ({
    test,
    run,
    lower: test.name.toLowerCase(),
    name: test.name,
    outcome: run ? run.outcome : "not_run",
    began: run ? run.began : Infinity,
    duration: run ? run.duration : 0,
    setUp: run ? run.setUp : 0,
    teardown: run ? run.teardown : 0,
    parked: run ? run.parked : 0,
    running: run ? Math.max(0, run.duration - parkedOrFixtures(run)) : 0,
    keyWait: run ? run.keyWait : 0,
    expected: test.expected,
    change: run && test.expected !== null && run.ran ? lastDuration(run) - test.expected : null,
    attempts: run && run.ran ? run.attempts.length : 0,
    worker: run && run.ran ? run.worker : -1,
  });
  const rows = model.runs.map((run) => {
    run.row = row(run.test, run);
    return run.row;
  });
  return rows.concat(model.tests.filter((test) => test.runs.length === 0).map((test) => row(test, null)));
}

/** The history has the duration of the last attempt. */
function lastDuration(run) {
  return run.attempts[run.attempts.length - 1].duration;
}

/** How long a run used no core, or was at its fixtures: what waits within a set-up counts once. */
function parkedOrFixtures(run) {
  let sum = 0;
  for (const { duration, setUp, teardown, parked, parks } of run.attempts) {
    const within = (from, to) =>
      parks.reduce((total, [begin, end]) => total + Math.max(0, Math.min(end, to) - Math.max(begin, from)), 0);
    const alsoFixtures = within(0, setUp) + within(duration - teardown, duration);
    sum += setUp + teardown + Math.max(0, parked - alsoFixtures);
  }
  return sum;
}

/** Compares rows by a column; what is not known comes last in either direction. */
function compareBy(column, descending) {
  const sign = descending ? -1 : 1;
  const rank = (row) => (column === "outcome" ? OUTCOMES.indexOf(row.outcome) : row[column]);
  return (a, b) => {
    const [x, y] = [rank(a), rank(b)];
    const missing = (value) => value === null || value === Infinity;
    if (missing(x) || missing(y)) return missing(x) - missing(y) || a.test.index - b.test.index;
    if (x !== y) return (x < y ? -1 : 1) * sign;
    return a.test.index - b.test.index;
  };
}
