"use strict";

// What if: the schedule of the harness, done again with measured durations. It does what `schedule.rs` and `order.rs` of the
// harness do, and a test holds the one to the other. Nothing here touches the page.

/** A job for each result of the parallel phase, in the order of the plan; and what lies before, between and after. */
function jobsOf(model) {
  const parallel = phaseOf(model, "parallel");
  const shared = new Map();
  for (const fixture of model.fixtures) {
    if (fixture.scope !== "session" && fixture.scope !== "module") continue;
    const setUps = fixture.ran.filter((ran) => ran.phase === "set_up" && ran.worker === null && !ran.test);
    if (setUps.length > 0) shared.set(fixture.path, setUps);
  }
  const ofWorkers = new Map();
  for (const fixture of model.fixtures) {
    if (fixture.scope !== "worker") continue;
    const times = fixture.ran.filter((ran) => ran.phase === "set_up").map((ran) => ran.duration);
    const ends = fixture.ran.filter((ran) => ran.phase === "teardown").map((ran) => ran.duration);
    const mean = (list) => (list.length ? list.reduce((a, b) => a + b, 0) / list.length : 0);
    if (times.length > 0) ofWorkers.set(fixture.path, { setUp: mean(times), teardown: mean(ends), ran: fixture.ran });
  }
  const jobs = [];
  let serial = 0;
  const runs = model.runs.filter((run) => run.ran);
  const rounds = runs.slice().sort((a, b) => a.nth - b.nth || a.test.index - b.test.index);
  for (const run of rounds) {
    const whole = run.end - run.began;
    if (run.test.phase === "serial") {
      serial += whole;
      continue;
    }
    const gates = [];
    const own = [];
    let waited = 0;
    for (const path of run.test.fixtures) {
      const setUps = shared.get(path);
      if (setUps) {
        gates.push({ fixture: path, setUp: setUps[0].duration });
        // The longest of those that it waited for counts: they are set up one within the other.
        for (const ran of setUps) {
          waited = Math.max(waited, Math.min(ran.end, run.began + run.setUp) - Math.max(ran.began, run.began));
        }
      }
      const kept = ofWorkers.get(path);
      if (kept) {
        own.push({ fixture: path, setUp: kept.setUp, teardown: kept.teardown });
        for (const ran of kept.ran) {
          const within = ran.phase === "set_up" && ran.worker === run.worker && ran.began >= run.began && ran.end <= run.end;
          if (within) waited += Math.max(0, Math.min(ran.duration, run.setUp - waited));
        }
      }
    }
    jobs.push({
      run,
      duration: Math.max(0, whole - Math.max(0, waited)),
      keys: run.test.keys,
      name: model.started.repeat > 1 ? run.test.name : null,
      threads: run.test.threads,
      unit: run.test.unit,
      gates,
      own,
    });
  }
  const serialPhase = phaseOf(model, "serial");
  const begin = parallel ? parallel.from : 0;
  const lastEnd = runs.reduce((last, run) => Math.max(last, run.end), begin);
  return {
    jobs,
    serial: serialPhase ? Math.max(serial, 0) : serial,
    before: begin,
    after: Math.max(0, model.wall - Math.max(lastEnd, serialPhase ? serialPhase.to : parallel ? parallel.to : lastEnd)),
  };
}

/** Those who want a key or a unit, in the order of the plan; as many at its front are let through as it allows. */
class Queue {
  constructor() {
    this.waiting = [];
    this.head = 0;
    this.admitted = 0;
    this.writing = false;
  }
}

/** Says how long the parallel phase takes with so many workers, and when each job begins. */
function simulate(jobs, workers) {
  const queues = new Map();
  const queue = (name) => {
    if (!queues.has(name)) queues.set(name, new Queue());
    return queues.get(name);
  };
  const wants = jobs.map((job, position) => {
    const list = job.keys.map((key) => ({ queue: queue(`key ${key.name}`), shared: Boolean(key.shared) }));
    if (job.name) list.push({ queue: queue(`test ${job.name}`), shared: false });
    if (job.unit) list.push({ queue: queue(`unit ${job.unit}`), shared: false });
    for (const { queue: of, shared } of list) of.waiting.push({ position, shared });
    return list;
  });
  const blocked = wants.map((list) => list.length);
  // What is in no queue, and what has come out of queues and has no worker.
  const loose = new Heap((a, b) => a < b);
  const ready = new Heap((a, b) => a < b);
  const owners = new Map();
  const pinned = Array.from({ length: workers }, () => new Heap((a, b) => a < b));
  const makeReady = (position) => {
    const owner = jobs[position].unit ? owners.get(jobs[position].unit) : undefined;
    (owner === undefined ? ready : pinned[owner]).push(position);
  };
  const admit = (of) => {
    while (of.head < of.waiting.length) {
      const { position, shared } = of.waiting[of.head];
      if (of.admitted > 0 && (!shared || of.writing)) break;
      of.head += 1;
      of.admitted += 1;
      of.writing = !shared;
      blocked[position] -= 1;
      if (blocked[position] === 0) makeReady(position);
    }
  };
  jobs.forEach((job, position) => {
    if (wants[position].length === 0) loose.push(position);
  });
  for (const of of queues.values()) admit(of);

  const threads = (position) => Math.min(jobs[position].threads || 1, workers);
  const heavy = jobs.some((job) => (job.threads || 1) > 1);
  const fussy = heavy || jobs.some((job) => job.unit);
  // How many jobs of each unit have not begun; by worker, how many of its units have any left, and whether it waits.
  const left = new Map();
  for (const { unit } of jobs) if (unit) left.set(unit, (left.get(unit) || 0) + 1);
  const open = new Array(workers).fill(0);
  const waits = new Array(workers).fill(false);
  const up = new Map();
  const own = Array.from({ length: workers }, () => new Set());
  const teardowns = new Array(workers).fill(0);
  const starts = new Array(jobs.length).fill(null);
  const running = new Heap((a, b) => a.end < b.end || (a.end === b.end && a.position < b.position));
  const free = new Heap((a, b) => a < b);
  for (let worker = 0; worker < workers; worker += 1) free.push(worker);
  let taken = 0;
  let held = null;
  let now = 0;
  let last = 0;

  const start = (position, worker) => {
    const job = jobs[position];
    let begin = now;
    for (const { fixture, setUp } of job.gates || []) {
      if (!up.has(fixture)) up.set(fixture, begin + setUp);
      begin = Math.max(begin, up.get(fixture));
    }
    for (const { fixture, setUp, teardown } of job.own || []) {
      if (own[worker].has(fixture)) continue;
      own[worker].add(fixture);
      begin += setUp;
      teardowns[worker] += teardown;
    }
    if (job.unit) {
      const isNew = !owners.has(job.unit);
      owners.set(job.unit, worker);
      left.set(job.unit, left.get(job.unit) - 1);
      const hasMore = left.get(job.unit) > 0;
      if (isNew === hasMore) open[worker] += isNew ? 1 : -1;
    }
    starts[position] = now;
    taken += threads(position);
    running.push({ end: begin + job.duration, position, worker });
  };
  // The next job that this worker may start now, as `Schedule::take_for` has it.
  const take = (worker) => {
    const mayRun = (position) => {
      const owner = jobs[position].unit ? owners.get(jobs[position].unit) : undefined;
      return owner === undefined || owner === worker;
    };
    // A worker that has begun a unit leaves another one to a worker that has none, if one waits.
    const isForAnother = (position) =>
      open[worker] > 0 &&
      Boolean(jobs[position].unit) &&
      !owners.has(jobs[position].unit) &&
      waits.some((waiting, other) => waiting && other !== worker && open[other] === 0);
    const isHeld = held !== null && mayRun(held);
    let from = pinned[worker];
    if (from.size === 0) {
      const [first, queued] = [loose.peek(), ready.peek()];
      const isFirst = queued !== undefined && !isForAnother(queued) && (first === undefined || queued < first);
      from = isFirst ? ready : loose;
    }
    const position = isHeld ? held : from.peek();
    if (position === undefined) return null;
    if (heavy) {
      const kept = held !== null && held !== position ? threads(held) : 0;
      if (taken + kept + threads(position) > workers) {
        if (held === null) {
          held = position;
          from.pop();
        }
        return null;
      }
      if (held === position) held = null;
    }
    if (!isHeld) from.pop();
    return position;
  };
  for (;;) {
    // Workers that cannot start anything now ask again when something has ended; or when something has started, where that
    // may leave them without a reason to wait.
    let idle = [];
    while (free.size > 0) {
      const worker = free.pop();
      const position = take(worker);
      waits[worker] = position === null;
      if (position === null) {
        idle.push(worker);
        continue;
      }
      start(position, worker);
      if (!fussy) continue;
      for (const other of idle) free.push(other);
      idle = [];
    }
    for (const worker of idle) free.push(worker);
    if (running.size === 0) break;
    const done = running.pop();
    now = done.end;
    last = Math.max(last, now + teardowns[done.worker]);
    taken -= threads(done.position);
    free.push(done.worker);
    for (const { queue: of } of wants[done.position]) {
      of.admitted -= 1;
      admit(of);
    }
  }
  return { makespan: last, starts, end: now };
}

/** The order in which the harness offers jobs to so many workers once it knows how long they take: `order.rs`. */
function longestFirst(jobs, workers) {
  const times = jobs.map((job) => Math.max(1, Math.floor(job.duration * 1000 + 1e-6)));
  const holdsUp = times.slice();
  const chains = new Map();
  const units = new Map();
  jobs.forEach((job, place) => {
    for (const key of job.keys) {
      if (!chains.has(key.name)) chains.set(key.name, { writers: [], readers: 0 });
      const chain = chains.get(key.name);
      if (key.shared) chain.readers = Math.max(chain.readers, times[place]);
      else chain.writers.push(place);
    }
    if (job.unit) {
      if (!units.has(job.unit)) units.set(job.unit, []);
      units.get(job.unit).push(place);
    }
  });
  for (const { writers, readers } of chains.values()) {
    writers.sort((a, b) => times[a] - times[b] || b - a);
    let behind = readers;
    for (const place of writers) {
      behind += times[place];
      holdsUp[place] = Math.max(holdsUp[place], behind);
    }
  }
  const ranks = jobs.map((job, place) => [Math.min(job.threads || 1, workers), holdsUp[place]]);
  for (const places of units.values()) {
    let behind = 0;
    let last = [0, 0];
    for (const place of places.slice().reverse()) {
      behind += times[place];
      last = [Math.max(ranks[place][0], last[0]), Math.max(ranks[place][1], last[1], behind)];
      ranks[place] = last;
    }
  }
  const order = jobs.map((_, place) => place);
  order.sort((a, b) => ranks[b][0] - ranks[a][0] || ranks[b][1] - ranks[a][1] || a - b);
  return order.map((place) => jobs[place]);
}

/** How long the whole run would take. */
function wallWith(parts, jobs, workers) {
  return parts.before + simulate(jobs, workers).makespan + parts.serial + parts.after;
}

/** The least comes out first. */
class Heap {
  constructor(less) {
    this.less = less;
    this.items = [];
  }

  get size() {
    return this.items.length;
  }

  peek() {
    return this.items[0];
  }

  push(item) {
    const { items, less } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!less(item, items[above])) break;
      items[at] = items[above];
      at = above;
    }
    items[at] = item;
  }

  pop() {
    const { items, less } = this;
    const first = items[0];
    const last = items.pop();
    if (items.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && less(items[below + 1], items[below])) below += 1;
      if (!less(items[below], last)) break;
      items[at] = items[below];
      at = below;
    }
    items[at] = last;
    return first;
  }
}
