//! The page of hand-written events: what is in it, and what its script makes of it where there is somebody to run it.

use super::*;
use crate::cli::settings;
use crate::event::Event;
use crate::key::{Access, Key};
use crate::order::{Cost, longest_first};
use crate::report::log::tests::{events, head, log};
use crate::report::{Reports, Told};
use crate::schedule::simulation::makespan;
use crate::schedule::{Schedule, Wants};
use expect_test::{Expect, expect};
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::process::{Command, Stdio};

/// A folder of a test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("async-harness-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn told(report: &mut dyn Reporter, events: &[Event]) {
    events.iter().for_each(|event| report.tell(event).unwrap());
    report.flush().unwrap();
}

fn shortened(log: &str) -> String {
    let mut shortened = String::new();
    Shortener::default().add(log, &mut shortened);
    shortened
}

#[test]
fn a_page_holds_its_log_and_asks_nobody_for_anything() {
    let shortened = shortened(&log(&events()));
    let page = page::of(&shortened);
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{page}");
    assert!(!page.contains("{{") || !page.contains("}}"), "a part is missing");
    // All that a browser would fetch stands behind one of these.
    for word in
        ["src=", "@import", "url(", "<link", "<img", "<iframe", "fetch(", "XMLHttpRequest", "WebSocket"]
    {
        assert!(!page.contains(word), "{word}");
    }
    let addresses = page.matches("://").count();
    assert_eq!(addresses, 0, "an address stands in the page");
    // What a test prints ends no element.
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(page.contains(r#""text":"out \u003c/script>\n""#), "{page}");
    let (_, data) = page.split_once("id=\"log\">\n").unwrap();
    let (data, _) = data.split_once("</script>").unwrap();
    assert_eq!(data.replace("\\u003c", "<"), shortened);
}

#[test]
fn each_element_that_the_script_looks_for_is_there() {
    let page = page::of("");
    let (markup, script) = page.split_once("<script>").unwrap();
    for rest in script.split("byId(\"").skip(1) {
        let id = rest.split('"').next().unwrap();
        assert!(markup.contains(&format!("id=\"{id}\"")), "no element is called {id}");
    }
    for color in script.split("var(--").skip(1).filter(|rest| !rest.starts_with('$')) {
        let name = color.split(')').next().unwrap();
        assert!(markup.contains(&format!("--{name}: ")), "no colour is called {name}");
    }
}

#[test]
fn the_page_of_a_kept_log_is_that_of_the_run() {
    let folder = Folder::new("rendered");
    let (log, page, again) = (folder.path("a.jsonl"), folder.path("a.html"), folder.path("made/again.html"));
    let asked = Extras {
        events: Some(log.clone()),
        timings: Some(PageAt::Path(page.clone())),
        from_events: Some(log.clone()),
        ..Extras::default()
    };
    let mut reports = crate::report::tests::silent("");
    reports.tell_course(&asked, &head(), None, Opening::Anew).unwrap();
    for event in events() {
        crate::event::Listener::tell(&mut reports, &event);
    }
    let Told { errors, .. } = reports.finish();
    assert_eq!(errors, [""; 0]);
    let (out, console) = crate::report::tests::console();
    let asked = Extras { timings: Some(PageAt::Path(again.clone())), ..asked };
    render(&asked, head().target, None, console).unwrap();
    assert_eq!(out(), format!("report written: {}\n", again.display()));
    assert_eq!(fs::read_to_string(&page).unwrap(), fs::read_to_string(&again).unwrap());
    assert_eq!(folder.names(), ["a.html", "a.jsonl", "made"]);
}

#[test]
fn a_log_that_cannot_be_used_is_told_by_file_and_line() {
    let folder = Folder::new("unusable");
    let path = folder.path("a.jsonl");
    let whole = log(&events());
    let render_to = |text: Option<String>, page: PathBuf| {
        match text {
            Some(text) => fs::write(&path, text).unwrap(),
            None => drop(fs::remove_file(&path)),
        }
        let asked = Extras {
            from_events: Some(path.clone()),
            timings: Some(PageAt::Path(page)),
            ..Extras::default()
        };
        let (_, console) = crate::report::tests::console();
        let error = render(&asked, head().target, None, console).unwrap_err();
        error.replace(folder.0.to_str().unwrap(), "[folder]")
    };
    let error = |text| render_to(text, folder.path("a.html"));
    expect!["could not use [folder]/a.jsonl:1: this is no event log of async-harness"]
        .assert_eq(&error(Some("hello".to_owned())));
    expect!["could not use [folder]/a.jsonl:22: the log ends here, before its run does: the run was killed or goes on, or the log was cut off"]
        .assert_eq(&error(Some(whole[..whole.len() - 1 - whole.lines().last().unwrap().len()].to_owned())));
    expect!["could not use [folder]/a.jsonl:8: this is no event, from column 16 on: was the log cut off or changed?"].assert_eq(&error(Some(whole.replacen("\"event\":\"sample\"", "\"event\":\"sam", 1))));
    expect!["could not use [folder]/a.jsonl:1: this event log is of version 7, and what is read here is version 1: read it with the harness that wrote it"].assert_eq(&error(Some(whole.replacen("\"version\":1", "\"version\":7", 1))));
    assert!(error(None).starts_with("could not read the event log [folder]/a.jsonl: "));
    assert_eq!(folder.names(), [""; 0]);
    expect!["the page cannot take the place of the event log [folder]/a.jsonl"]
        .assert_eq(&render_to(Some(whole.clone()), path.clone()));
    assert_eq!(fs::read_to_string(&path).unwrap(), whole);
}

#[test]
fn what_was_put_away_before_a_crash_is_taken_up_and_nothing_is_left_of_it() {
    let folder = Folder::new("put-away");
    let page = folder.path("a.html");
    let events = events();
    let (before, after) = events.split_at(events.len() - 3);
    let mut first = Timings::new(&page, head(), Opening::Anew);
    told(&mut first, before);
    first.put_away();
    // The process is executed again: nothing of it is dropped.
    std::mem::forget(first);
    assert_eq!(folder.names().len(), 1);
    let mut second = Timings::new(&page, head(), Opening::GoingOn);
    before.iter().for_each(|event| second.catch_up(event).unwrap());
    told(&mut second, after);
    assert_eq!(second.file(), Some(&*page));
    drop(second);
    assert_eq!(folder.names(), ["a.html"]);
    assert_eq!(fs::read_to_string(&page).unwrap(), page::of(&shortened(&log(&events))));
}

#[test]
fn what_could_not_be_put_away_is_made_of_the_results() {
    let folder = Folder::new("caught-up");
    let page = folder.path("a.html");
    let events = events();
    let (before, after) = events.split_at(events.len() - 3);
    let mut timings = Timings::new(&page, head(), Opening::GoingOn);
    before.iter().for_each(|event| timings.catch_up(event).unwrap());
    told(&mut timings, after);
    assert!(fs::read_to_string(&page).unwrap().contains("\"test\":\"books\""));
}

#[test]
fn what_was_put_away_for_nobody_is_removed() {
    let folder = Folder::new("for-nobody");
    let mut timings = Timings::new(&folder.path("a.html"), head(), Opening::Anew);
    told(&mut timings, &events());
    timings.put_away();
    drop(timings);
    assert_eq!(folder.names(), ["a.html"]);
}

#[test]
fn events_go_on_behind_the_last_whole_line() {
    let folder = Folder::new("events");
    let path = folder.path("made/{x}.jsonl");
    let all = events();
    let (before, after) = all.split_at(10);
    let mut first = crate::report::events::Events::open(&path, head(), Opening::Anew);
    told(&mut first, before);
    drop(first);
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"event\":\"half").unwrap();
    let mut second = crate::report::events::Events::open(&path, head(), Opening::GoingOn);
    before.iter().for_each(|event| second.catch_up(event).unwrap());
    told(&mut second, after);
    assert_eq!(fs::read_to_string(&path).unwrap(), log(&all));
    // One that is gone is made of the results.
    fs::remove_file(&path).unwrap();
    let mut third = crate::report::events::Events::open(&path, head(), Opening::GoingOn);
    before.iter().for_each(|event| third.catch_up(event).unwrap());
    told(&mut third, after);
    assert_eq!(fs::read_to_string(&path).unwrap(), log(&all));
}

#[test]
fn a_page_has_its_place() {
    let at = |at: &PageAt, root: &'static str, build: Option<&str>| {
        let program = root.ends_with("main.rs").then_some("shop");
        let is_test = root.starts_with("tests/");
        let target = Target { package: Some("shop"), root, program, is_test, ..Target::UNKNOWN };
        page_path(at, target, build.map(Path::new)).to_string_lossy().replace('\\', "/")
    };
    let beside = &PageAt::BesideBuild;
    for (page, expected) in [
        (
            at(beside, "tests/orders.rs", Some("target/debug")),
            "target/debug/async-harness-timings/shop/orders.html",
        ),
        (
            at(beside, "src/lib.rs", Some("target/debug")),
            "target/debug/async-harness-timings/shop/lib-shop.html",
        ),
        (
            at(beside, "src/main.rs", Some("target/debug")),
            "target/debug/async-harness-timings/shop/bin-shop.html",
        ),
        (at(beside, "tests/orders.rs", None), "async-harness-timings/shop/orders.html"),
        (at(&PageAt::Path("a/{target}.html".into()), "tests/orders.rs", None), "a/orders.html"),
    ] {
        assert_eq!(page, expected);
    }
}

#[test]
fn two_reports_do_not_share_a_file() {
    let asked = settings("--events=x/{package} --timings=x/{package}").reports;
    let mut reports = crate::report::tests::silent("");
    let error = Reports::tell_course(&mut reports, &asked, &head(), None, Opening::Anew).unwrap_err();
    assert_eq!(error, "--events and --timings cannot write to the same file");
}

/// What a script prints that comes after those parts of the page which touch no page; nothing where nobody runs it.
fn by_node(script: &str) -> Option<String> {
    let parts = [
        include_str!("model.js"),
        include_str!("analyse.js"),
        include_str!("simulate.js"),
        include_str!("words.js"),
    ];
    let node = Command::new("node").arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut node = match node {
        Ok(node) => node,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let mut stderr = io::stderr();
            writeln!(stderr, "skipped: there is no node to run the page's script").unwrap();
            return None;
        }
        Err(error) => panic!("{error}"),
    };
    node.stdin.take().unwrap().write_all((parts.concat() + script).as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

/// What the script makes of a log.
fn seen(log: &str, see: &str, expected: Expect) {
    let script = format!(
        "const model = analyse(foldLog({log:?}));\nmodel.parts = jobsOf(model);\nconst round = (time) => \
         Math.round(time * 1e4) / 1e4;\nconst show = (...parts) => console.log(parts.join(' ').trimEnd());\n{see}"
    );
    if let Some(printed) = by_node(&script) {
        expected.assert_eq(&printed);
    }
}

#[test]
fn the_script_finds_what_held_whom() {
    seen(
        &log(&events()),
        "
        show(JSON.stringify(model.counts));
        for (const run of model.runs) show(run.test.name, run.outcome, round(run.began), round(run.end), round(run.keyWait));
        for (const bar of model.bars) show(bar.run.test.name, bar.outcome, bar.worker, round(bar.began), round(bar.end));
        for (const gap of model.idle) show(gap.worker, round(gap.from), round(gap.to), gap.cause, gap.key);
        for (const step of model.path) show(step.run.test.name, step.why, round(step.gap));
        for (const key of model.keys) show(key.name, round(key.alone), key.aloneTests, round(key.wait), round(key.idle));
        for (const phase of model.phases) show(phase.name, round(phase.from), round(phase.to));
        for (const row of rowsOf(model)) show(row.name, round(row.running), round(row.parked), round(row.change));
        show(model.fixtures.map((fixture) => `${fixture.name} ${fixture.users}`));
        ",
        expect![[r#"
            {"failed":0,"flaky":1,"broken":0,"xfail":0,"passed":1,"ignored":0,"not_run":0}
            books passed 0.01 0.04 0
            refunds flaky 0.04 0.05 0.03
            books passed 1 0.01 0.04
            refunds failed 0 0.04 0.045
            refunds flaky 0 0.045 0.05
            0 0.001 0.01 start
            0 0.01 0.04 keys ledger
            1 0.001 0.01 start
            1 0.04 0.05 nothing
            0 0.05 0.061 ending
            1 0.05 0.061 ending
            books  0.01
            refunds key ledger 0
            ledger 0.04 2 0.03 0.03
            parallel 0.001 0.05
            ending 0.05 0.061
            books 0.025 0.003 0.01
            refunds 0.01 0 -0.015
            server 2
        "#]],
    );
}

#[test]
fn the_script_tells_what_a_crash_broke_off() {
    let log = [
        r#"{"event":"log","format":"async-harness events","version":1}"#,
        r#"{"event":"run_started","tests":3,"threads":2}"#,
        r#"{"event":"test_planned","test":"a","phase":"parallel"}"#,
        r#"{"event":"test_planned","test":"b","phase":"parallel"}"#,
        r#"{"event":"test_planned","test":"c","phase":"serial"}"#,
        r#"{"event":"phase_started","phase":"parallel","at":0.001}"#,
        r#"{"event":"test_started","test":"a","at":0.01,"worker":0}"#,
        r#"{"event":"test_started","test":"b","at":0.01,"worker":1}"#,
        r#"{"event":"went_on","at":0.05}"#,
        r#"{"event":"test_finished","test":"a","outcome":"failed","kind":"crash","worker":0,"began":0.01,"duration":0.02}"#,
        r#"{"event":"phase_started","phase":"parallel","at":0.06}"#,
        r#"{"event":"test_finished","test":"b","outcome":"passed","worker":0,"began":0.07,"duration":0.01}"#,
        r#"{"event":"run_finished","elapsed":0.1,"not_run":1,"cut":"interrupt"}"#,
    ];
    seen(
        &log.join("\n"),
        "
        show(JSON.stringify(model.counts));
        for (const bar of model.bars) show(bar.run.test.name, bar.outcome, bar.worker, round(bar.began), round(bar.end));
        for (const phase of model.phases) show(phase.name, phase.from, phase.to);
        ",
        expect![[r#"
            {"failed":1,"flaky":0,"broken":1,"xfail":0,"passed":1,"ignored":0,"not_run":1}
            b broken 1 0.01 0.05
            a failed 0 0.01 0.03
            b passed 0 0.07 0.08
            parallel 0.001 0.1
        "#]],
    );
}

#[test]
fn the_script_reads_filters() {
    seen(
        &log(&events()),
        "
        const rows = rowsOf(model);
        for (const text of ['', 'BOOK', 'is:flaky', 'is:failed', 'tag:slow', 'tag:slo', 'key:ledger', 'fixture:server',
            'file:orders.rs', 'worker:1', '>7ms', '<7ms refund', '>1s', 'module:ord books'])
            show(text.padEnd(16), rows.filter(filterOf(text) || (() => true)).map((row) => row.name).join(','));
        for (const time of [0, 4e-7, 12e-6, 0.00123, 0.0456, 0.789, 1.5, 12.34, 99.96, 125, -0.5]) show(seconds(time));
        ",
        expect![[r#"
                             books,refunds
            BOOK             books
            is:flaky         refunds
            is:failed
            tag:slow         refunds
            tag:slo
            key:ledger       books,refunds
            fixture:server   books,refunds
            file:orders.rs   books,refunds
            worker:1         books
            >7ms             books,refunds
            <7ms refund
            >1s
            module:ord books books
            0 s
            0 µs
            12 µs
            1.23 ms
            45.6 ms
            789 ms
            1.50 s
            12.3 s
            1 min 40 s
            2 min 05 s
            −500 ms
        "#]],
    );
}

#[test]
fn the_script_shows_the_bound_that_the_log_has() {
    let show = "show(model.bound ? [model.bound.time, model.bound.why].join(': ') : 'nothing');";
    seen(
        &log(&events()),
        show,
        expect![[r#"
        0.03: the longest test
    "#]],
    );
    let finished = |dist: &str, rest: &str| {
        [
            r#"{"event":"log","format":"async-harness events","version":1}"#,
            &format!(r#"{{"event":"run_started","tests":0,"threads":2,"dist":"{dist}"}}"#),
            &format!(r#"{{"event":"run_finished","elapsed":3{rest}}}"#),
        ]
        .join("\n")
    };
    let unit = r#","lower_bound":2.5,"bound_by":"unit","bound_name":"shop::orders""#;
    seen(
        &finished("scope", unit),
        show,
        expect![[r#"
        2.5: module shop::orders, which stays on one worker
    "#]],
    );
    seen(
        &finished("group", unit),
        show,
        expect![[r#"
        2.5: group shop::orders, which stays on one worker
    "#]],
    );
    seen(
        &finished("load", ""),
        show,
        expect![[r#"
        nothing
    "#]],
    );
}

/// Numbers that look random and are the same each time.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    }
}

/// Steps that want all sorts of things, by their number in a list of kinds.
fn steps(round: u64) -> (Vec<Cost<'static>>, usize) {
    let mut random = numbers(round);
    let count = 1 + random(30);
    let steps = (0..count).map(|_| {
        let mut keys = Vec::new();
        for name in ["a", "b", "c"] {
            if random(4) == 0 {
                let access = if random(3) == 0 { Access::Shared } else { Access::Exclusive };
                keys.push(Key { name, access });
            }
        }
        let threads = if round.is_multiple_of(2) { 1 } else { [1, 1, 1, 1, 2, 3, 9][random(7)] };
        let unit = Some(random(6))
            .filter(|unit| *unit < 3 && round.is_multiple_of(3))
            .map(|unit| ["u", "v", "w"][unit]);
        Cost { wants: Wants { keys: keys.leak(), threads, unit }, time: Some(1 + random(40) as u64) }
    });
    (steps.collect(), 1 + random(6))
}

#[test]
fn the_script_schedules_as_the_harness_does() {
    let (mut cases, mut expected) = (String::new(), String::new());
    for round in 0..400 {
        let (steps, workers) = steps(round);
        let order = longest_first(&steps, workers).unwrap_or_else(|| (0..steps.len()).collect());
        let ordered: Vec<_> = order.iter().map(|place| steps[*place]).collect();
        let took = |steps: &[Cost<'_>]| {
            let times: Vec<_> = steps.iter().map(|step| step.time.unwrap_or(0)).collect();
            makespan(Schedule::new(steps.iter().map(|step| step.wants), workers), workers, &times)
        };
        writeln!(expected, "{} {order:?} {}", took(&steps), took(&ordered)).unwrap();
        write!(cases, "[{workers},[").unwrap();
        for Cost { wants: Wants { keys, threads, unit }, time } in &steps {
            let keys: Vec<_> = keys
                .iter()
                .map(|key| format!("{{name:{:?},shared:{}}}", key.name, key.access == Access::Shared))
                .collect();
            let unit = unit.map_or("null".to_owned(), |unit| format!("{unit:?}"));
            let (keys, time) = (keys.join(","), time.unwrap_or(0));
            write!(cases, "{{duration:{time},keys:[{keys}],threads:{threads},unit:{unit}}},").unwrap();
        }
        cases.push_str("]],\n");
    }
    let script = format!(
        "const took = (jobs, workers) => simulate(jobs, workers).makespan;\nfor (const [workers, jobs] of \
         [{cases}]) {{\n  const ordered = longestFirst(jobs, workers);\n  const order = ordered.map((job) => \
         jobs.indexOf(job)).join(', ');\n  console.log(took(jobs, workers), `[${{order}}]`, took(ordered, workers));\n}}"
    );
    if let Some(printed) = by_node(&script) {
        for ((printed, expected), round) in printed.lines().zip(expected.lines()).zip(0..) {
            assert_eq!(printed, expected, "in round {round}: {:?}", steps(round));
        }
        assert_eq!(printed.lines().count(), expected.lines().count());
    }
}
