use super::text::LONGEST;
use super::*;

fn parse(lines: &str) -> History {
    History::parse(with_lengths(lines))
}

/// Puts its length before each name, which is the fourth word.
fn with_lengths(lines: &str) -> String {
    let line = |line: &str| {
        let words: Vec<_> = line.splitn(4, ' ').collect();
        match words[..] {
            [outcome, duration, whole, name] => {
                format!("{outcome} {duration} {whole} {} {name}", name.trim_end().len())
            }
            _ => line.to_owned(),
        }
    };
    format!("{HEAD}{}", lines.split_inclusive('\n').map(line).collect::<String>())
}

/// Without the lengths and the head, and with `;` for a line's end.
fn without_lengths(text: &str) -> String {
    let line = |line: &str| {
        let words: Vec<_> = line.splitn(5, ' ').collect();
        format!("{} {} {} {};", words[0], words[1], words[2], words[4])
    };
    text.strip_prefix(HEAD).unwrap().lines().map(line).collect()
}

/// Results as words: `a=5000` passed after 5,000 microseconds, `a!5000` failed, `a?5000` was flaky, `a` was ignored.
fn seen(words: &str) -> Vec<Seen> {
    let word = |word: &'static str| {
        let Some((name, time)) = word.split_once(['=', '!', '?']) else {
            return Seen { name: word, ending: SeenEnding::Ignored };
        };
        let time = time.parse().unwrap();
        let ending = match word.as_bytes()[name.len()] {
            b'=' => SeenEnding::Passed(time),
            b'!' => SeenEnding::Failed(time),
            _ => SeenEnding::Flaky(time),
        };
        Seen { name, ending }
    };
    words.to_owned().leak().split_whitespace().map(word).collect()
}

/// What is left, without the head and with `;` for a line's end; nothing if the run has changed nothing.
fn merged(before: &str, results: &str, extent: Extent) -> Option<String> {
    let history = parse(&before.replace("; ", "\n").replace(';', "\n"));
    assert!(!history.is_damaged(), "{before}");
    let text = Lines::of(history).merged(seen(results), extent)?;
    Some(without_lengths(&text))
}

fn check(before: &str, results: &str, after: &str) {
    assert_eq!(
        merged(before, results, Extent::Whole).as_deref(),
        Some(after),
        "`{results}` after `{before}`"
    );
}

fn changes_nothing(before: &str, results: &str) {
    assert_eq!(merged(before, results, Extent::Whole), None, "`{results}` after `{before}`");
}

#[test]
fn a_first_run_is_written_by_name() {
    check("", "b=20000 a!5", "failed 5 5 a;ok 20000 20000 b;");
    check("", "name::of::one=7", "ok 7 7 name::of::one;");
}

#[test]
fn what_a_run_did_not_see_stays_as_it_is() {
    check(
        "ok 1 1 a;failed 2 - c;ok 3 3 e;",
        "b=4 d!5",
        "ok 1 1 a;ok 4 4 b;failed 2 - c;failed 5 5 d;ok 3 3 e;",
    );
}

#[test]
fn few_results_are_merged_as_many_are() {
    let before = "ok 1 1 a\nfailed 2 - c\nok 3000 3000 e\nok 4 4 g\n";
    for results in ["a=9000", "g!5", "c=5 a!7", "e=9000 e=5000", "g=90 c=20000 e=1 a!1"] {
        let many = Lines::of(parse(before)).merged(seen(results), Extent::Whole);
        assert_eq!(merged_few(&parse(before), &seen(results), Extent::Whole), many, "{results}");
    }
    for (before, results) in [
        (before, "a=9000 d=5"),
        (before, "zz=1"),
        (before, "c=1 b"),
        ("ok 1 1 c\nok 2 2 a\n", "a=9000 c=9000"),
        ("ok 1 1 a\nok 2 b\n", "b=9000"),
        ("", "a=1"),
    ] {
        assert_eq!(
            merged_few(&parse(before), &seen(results), Extent::Whole),
            None,
            "`{results}` after {before}"
        );
    }
}

#[test]
fn a_duration_goes_half_the_way_and_small_changes_are_none() {
    check("ok 100000 100000 a;", "a=200000", "ok 150000 150000 a;");
    check("ok 200000 100000 a;", "a=100000", "ok 150000 100000 a;");
    changes_nothing("ok 100000 100000 a;", "a=124000");
    changes_nothing("ok 100 100 a;", "a=1050");
}

#[test]
fn an_outcome_is_that_of_the_last_run() {
    check("ok 9 9 a;failed 9 9 b;", "a!9 b=9", "failed 9 9 a;ok 9 9 b;");
    check("failed 9 9 a;", "a", "ok 9 9 a;");
    check("failed 9 9 a;ok 9 9 b;", "a b a b", "ok 9 9 a;ok 9 9 b;");
    changes_nothing("failed 9 9 a;ok 9 9 b;", "b");
    changes_nothing("", "a b");
}

#[test]
fn a_test_that_ran_several_times_has_its_mean_and_failed_if_it_ever_did() {
    check("", "a=10 b=5 a!30 a=20", "failed~9 20 20 a;ok 5 5 b;");
    check("", "a=10 a", "ok 10 10 a;");
}

#[test]
fn a_flaky_test_is_remembered_for_a_while() {
    check("", "a?10 b=5", "ok~9 10 10 a;ok 5 5 b;");
    check("ok~9 10 10 a;", "a=10", "ok~8 10 10 a;");
    check("ok~1 10 10 a;", "a=10", "ok 10 10 a;");
    check("ok~3 10 10 a;", "a?10", "ok~9 10 10 a;");
    check("ok~3 10 10 a;", "a!10", "failed~3 10 10 a;");
    check("failed~3 10 10 a;", "a=10", "ok~2 10 10 a;");
    // Of one that runs several times one failure and one pass are enough.
    check("", "a=10 a!10 a=10", "failed~9 10 10 a;");
    changes_nothing("ok~9 10 10 a;", "a?10");
    changes_nothing("ok~3 10 10 a;", "a");
    changes_nothing("failed~3 10 10 a;", "a!10");
    assert_eq!(unexpected("ok~3 10 10 a;ok 10 10 b;", "a=10 b?10", Extent::Whole), "a b");
}

#[test]
fn a_shard_leaves_what_shards_are_made_of() {
    let after = merged("ok 100000 100000 a;", "a!900000 b=5", Extent::Shard).unwrap();
    assert_eq!(after, "failed 500000 100000 a;ok 5 - b;");
}

#[test]
fn what_is_written_is_read_again() {
    let text = Lines::of(History::default()).merged(seen("b!2 a=1 c d=86400000001"), Extent::Whole).unwrap();
    let history = History::parse(text.clone());
    assert!(!history.is_damaged());
    let known = |failed, duration| Some(Known { failed, flaky: 0, duration, whole: Some(duration) });
    for (name, expected) in
        [("a", known(false, 1)), ("b", known(true, 2)), ("c", None), ("d", known(false, LONGEST)), ("", None)]
    {
        assert_eq!(history.of(name), expected, "{name}");
    }
    assert_eq!(Lines::of(history).merged(seen("a=1"), Extent::Whole), None);
}

/// What a run after this history would write down, of results of the tests a to e.
fn unexpected(before: &str, results: &str, extent: Extent) -> String {
    let history = parse(&before.replace("; ", "\n").replace(';', "\n"));
    let tests = ["c", "a", "b", "e", "d"].into_iter().map(|name| (name.as_bytes()[0], history.of(name)));
    let unusual = tests.filter(|(_, known)| !known.is_some_and(|known| known.is_usual(extent))).collect();
    let expected = match history.is_damaged() {
        true => Expected::nothing(extent),
        false => Expected::of(unusual, extent),
    };
    let unexpected =
        seen(results).into_iter().filter(|seen| !expected.says_all(seen.name.as_bytes()[0], *seen));
    unexpected.map(|seen| seen.name).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_as_expected_is_not_written_down() {
    let before = "ok 10 10 a;ok 90000 90000 b;failed 20 20 c;ok 30 - d;";
    for (results, unexpected_ones) in [
        ("a=15 b=80000 c d", "c"),
        ("a=999 b=200000 c=20 d=30 e=1", "b c d e"),
        ("a!15 b!90000 c!20", "a b c"),
        ("a=2000 b=5 a b e", "a b"),
    ] {
        assert_eq!(unexpected(before, results, Extent::Whole), unexpected_ones, "for `{results}`");
    }
    assert_eq!(unexpected(before, "a=15 d=30", Extent::Shard), "");
    assert_eq!(unexpected("nonsense;ok 10 10 a;", "a=10 b", Extent::Whole), "a b");
}

#[test]
fn tests_are_looked_up_in_any_order() {
    let all = "bdfhjlnprtvxz";
    let lines: String =
        all.chars().map(|name| format!("ok {0} {0} {name}{name}\n", u32::from(name))).collect();
    let history = parse(&lines);
    let reversed: String = all.chars().rev().collect();
    for names in [
        all,
        &reversed,
        "bbzz",
        "zzb",
        "abcdefghijklmnopqrstuvwxyz",
        "zyxcba",
        "ndxznb",
        "mmm",
        "acegz",
        "az",
    ] {
        let mut look_up = history.look_up();
        for name in names.chars() {
            let known = look_up.find(&format!("{name}{name}")).map(|known| known.duration);
            let expected = all.contains(name).then_some(u64::from(u32::from(name)));
            assert_eq!(known, expected, "{name} of {names}");
        }
    }
    assert!(!history.is_damaged());
}

#[test]
fn the_usual_is_passed_by_and_nothing_else() {
    // Which tests, looked for in this order, are said to be usual; the others are found as ever.
    for (lines, names, expected) in [
        ("ok 1 1 a\nok 20 999 bb\nok 0 0 c\n", "a bb c", "a bb c"),
        ("ok 1 1 a\nok 20 999 bb\nok 0 0 c\n", "a c bb", "a"),
        ("ok 1 1 a\nok 20 999 bb\nok 0 0 c\n", "b bb c", "bb c"),
        ("ok 1000 1 a\nok 1 1000 b\nok 1 - c\nfailed 1 1 d\nok~1 1 1 e\nok 1 1 f\n", "a b c d e f", "f"),
        ("ok 1 1 a\nok 1 1 \u{e4}\nok 1 1 b", "a \u{e4} b", "a \u{e4}"),
        ("", "a", ""),
    ] {
        let history = parse(lines);
        let mut look_up = history.look_up();
        let mut usual = Vec::new();
        for name in names.split(' ') {
            if look_up.pass_usual(name) {
                assert!(
                    history.of(name).is_some_and(|known| known.is_usual(Extent::Whole)),
                    "{name} of {lines}"
                );
                usual.push(name);
            } else {
                assert_eq!(look_up.find(name), history.of(name), "{name} of {lines}");
            }
        }
        assert_eq!(usual.join(" "), expected, "{lines}");
    }
    for text in ["ok 1 1 1\n", "ok 1 1 2 a\n", "ok  1 1 a\n", "ok 1 1 9999 a\n", "ok 1 1 a", "ok", "o"] {
        assert!(!History::parse(format!("{HEAD}{text}")).look_up().pass_usual("a"), "{text}");
    }
}

#[test]
fn a_name_that_is_no_line_is_not_remembered() {
    let seen = vec![Seen { name: "a\nb", ending: SeenEnding::Passed(1) }];
    assert_eq!(Lines::of(History::default()).merged(seen, Extent::Whole), None);
    let seen = vec![Seen { name: "made by hand: a  b ", ending: SeenEnding::Passed(1) }];
    let history = History::parse(Lines::of(History::default()).merged(seen, Extent::Whole).unwrap());
    assert!(history.of("made by hand: a  b ").is_some());
}

#[test]
fn whatever_cannot_be_read_is_left_out() {
    for (lines, kept) in [
        ("ok 1 1 a\nok 2 2 b", "a"),
        ("ok 1 1 a\nok 2", "a"),
        ("ok x 1 a\nok 2 2 b\n", "b"),
        ("ok 1 -1 a\nok 2 - b\n", "b"),
        ("fine 1 1 a\nok 2 2 b\n", "b"),
        ("ok~0 1 1 a\nok~x 1 1 c\nfailed~10 1 1 d\nok~ 1 1 e\nok 2 2 b\n", "b"),
        ("ok~2 1 1 a\nok~2", "a"),
        ("ok 99999999999999 1 a\nok 1 99999999999999999999 c\nok 2 2 b\n", "b"),
        ("\n\nok 2 2 b\n", "b"),
        ("ok 1 1 \nok 2 2 b\n", "b"),
    ] {
        assert_eq!(mended(&parse(lines)).as_deref(), Some(kept), "{lines}");
    }
    for lines in [
        "ok 1 1 2 a\nok 2 2 1 b\n",
        "ok 1 1 99999999999999999999 a\nok 2 2 1 b\n",
        "ok 1 1 1 é\nok 2 2 1 b\n",
    ] {
        let history = History::parse(format!("{HEAD}{lines}"));
        assert_eq!(mended(&history).as_deref(), Some("b"), "{lines}");
        assert!(history.of("b").is_some() && history.is_damaged(), "{lines}");
    }
    for text in ["async-harness history 2\nok 1 1 a\n", "\0\0\0\0", "\n", "async-harness histo"] {
        let history = History::parse(text.to_owned());
        assert!(history.is_damaged() && history.of("a").is_none());
        assert_eq!(mended(&history).as_deref(), Some(""), "{text}");
    }
    for whole in ["", HEAD, &with_lengths("ok 1 1 a\n")] {
        assert_eq!(mended(&History::parse(whole.to_owned())), None, "{whole}");
    }
}

/// The names of what a run after this history writes that has seen nothing; nothing if it need not write.
fn mended(history: &History) -> Option<String> {
    let again = History { text: history.text.clone(), damaged: history.damaged.clone() };
    let text = Lines::of(again).merged(Vec::new(), Extent::Whole)?;
    assert_eq!(Lines::of(History::parse(text.clone())).merged(Vec::new(), Extent::Whole), None);
    let names: Vec<_> = text.lines().skip(1).filter_map(|line| line.splitn(5, ' ').nth(4)).collect();
    Some(names.join(" "))
}

#[test]
fn a_damaged_history_is_found_out_by_looking_something_up() {
    let half = with_lengths("ok 1 1 a\nok 2 2 b\nok 3");
    for (names, damaged) in [("a", false), ("ab", false), ("abc", true), ("c", true)] {
        let history = History::parse(half.clone());
        let mut look_up = history.look_up();
        let _: Vec<_> = names.chars().map(|name| look_up.find(&name.to_string())).collect();
        assert_eq!(history.is_damaged(), damaged, "{names}");
    }
}

#[test]
fn lines_out_of_order_are_put_in_order_and_the_later_one_of_two_counts() {
    let history = parse("ok 3 3 c\nok 1 1 a\nfailed 2 2 a\nok 9 9 b\n");
    let text = Lines::of(history).merged(Vec::new(), Extent::Whole).unwrap();
    assert_eq!(without_lengths(&text), "failed 2 2 a;ok 9 9 b;ok 3 3 c;");
}

#[test]
fn tests_that_are_gone_can_be_forgotten() {
    let lines = Lines::of(parse("ok 1 1 a\nok 2 2 b\nok 3 3 c\n")).only(vec!["c", "a", "d"]);
    let text = lines.merged(Vec::new(), Extent::Whole).unwrap();
    assert_eq!(without_lengths(&text), "ok 1 1 a;ok 3 3 c;");
}
