//! What is no value, and what is said of it.

use super::*;

#[test]
fn what_cannot_be_used_is_named() {
    for (line, message) in [
        ("-- --progress always", "argument for --progress must be auto or never (was always)"),
        ("-- --zzz", "Unrecognized option: 'zzz' (--help lists the options)"),
        ("-- --nope", "Unrecognized option: 'nope' (--help lists the options)"),
        ("-- --tset-thread 2", "Unrecognized option: 'tset-thread' (did you mean `--test-threads`?)"),
        ("-- --threads 4", "Unrecognized option: 'threads' (did you mean `--test-threads`?)"),
        ("-- --lf", "Unrecognized option: 'lf' (did you mean `--last-failed`?)"),
        ("-- --no-captur", "Unrecognized option: 'no-captur' (did you mean `--no-capture`?)"),
        ("-- -y", "Unrecognized option: 'y' (--help lists the options)"),
        ("-- --test-threads 0", "argument for --test-threads must not be 0"),
        ("-- --test-threads two", "argument for --test-threads must be a number > 0 (was two)"),
        ("-- --test-threads=-1", "argument for --test-threads must be a number > 0 (was -1)"),
        ("-- --test-threads -1", "argument for --test-threads must be a number > 0 (was -1)"),
        ("-- --shuffle-seed -1", "argument for --shuffle-seed must be a number (was -1)"),
        ("-- -n -1", "argument for -n must be a number or auto (was -1)"),
        ("-- --junit --exact", "Argument to option 'junit' missing"),
        ("-- --test-threads", "Argument to option 'test-threads' missing"),
        ("-- -n many", "argument for -n must be a number or auto (was many)"),
        ("-- --dist loadscope", "argument for --dist must be load, scope, file or group (was loadscope)"),
        (
            "-- --partition count:0/5",
            "argument for --partition must be count:INDEX/COUNT, like count:2/5 (was count:0/5)",
        ),
        (
            "-- --partition 1/5",
            "argument for --partition must be slice:, count:, hash: or time:INDEX/COUNT, like hash:2/5 (was 1/5)",
        ),
        ("-- --repeat 0", "argument for --repeat must not be 0"),
        ("-- --skip", "Argument to option 'skip' missing"),
        ("-- --format xx", "argument for --format must be pretty, terse or json (was xx)"),
        ("-- --color=blue", "argument for --color must be auto, always, or never (was blue)"),
        ("-- -Z nope", "argument for -Z must be unstable-options (was nope)"),
        ("-- --shuffle-seed x", "argument for --shuffle-seed must be a number (was x)"),
        ("-- --exact=yes", "argument for --exact takes no value (was yes)"),
        (
            "-- --ignored --include-ignored",
            "the options --include-ignored and --ignored are mutually exclusive",
        ),
        ("RUST_TEST_THREADS=0", "RUST_TEST_THREADS is `0`, should be a positive integer."),
        ("RUST_TEST_THREADS=x", "RUST_TEST_THREADS is `x`, should be a positive integer."),
        ("RUST_TEST_SHUFFLE_SEED=x", "RUST_TEST_SHUFFLE_SEED is `x`, should be a number."),
        (
            "-- --timeout soon",
            "argument for --timeout must be a duration like 30s or 500ms, or none (was soon)",
        ),
        ("-- --timeout 5", "argument for --timeout must be a duration like 30s or 500ms, or none (was 5)"),
        ("-- --timeout 0s", "argument for --timeout must not be 0"),
        (
            "-- --slow-timeout none",
            "argument for --slow-timeout must be a duration like 30s or 500ms (was none)",
        ),
        ("-- --maxfail 0", "argument for --maxfail must not be 0"),
        ("-- --maxfail few", "argument for --maxfail must be a number > 0 or none (was few)"),
        ("-- --retries -1", "argument for --retries must be a whole number from 0 (was -1)"),
        ("-- --durations -1 -q", "argument for --durations must be a whole number from 0 (was -1)"),
        (
            "-- --timeout -1s",
            "argument for --timeout must be a duration like 30s or 500ms, or none (was -1s)",
        ),
        ("-- --retries -q", "Argument to option 'retries' missing"),
        ("-- -q --junit --exact", "Argument to option 'junit' missing"),
        ("-- --retries --", "Argument to option 'retries' missing"),
        ("-- -1", "Unrecognized option: '1' (--help lists the options)"),
        ("-- --junit=", "argument for --junit must be a path (was empty)"),
        ("-- --timings=", "argument for --timings must be a path (was empty)"),
        ("-- --events=", "argument for --events must be a path (was empty)"),
        ("-- --logfile=", "argument for --logfile must be a path (was empty)"),
        (
            "-- --retries 99999999999999999",
            "argument for --retries must be a number up to 4294967295 (was 99999999999999999)",
        ),
        (
            "-- --shuffle-seed 18446744073709551616",
            "argument for --shuffle-seed must be a number up to 18446744073709551615 (was 18446744073709551616)",
        ),
        (
            "TEST_TOTAL_SHARDS=3",
            "variable TEST_SHARD_INDEX must be a number below TEST_TOTAL_SHARDS, which is 3 (was not set)",
        ),
        ("-- --retries=-1", "argument for --retries must be a whole number from 0 (was -1)"),
        ("-- --in-flight 0", "argument for --in-flight must not be 0"),
        ("-- --in-flight all", "argument for --in-flight must be a number > 0 or auto (was all)"),
        ("-- --isolate=1", "argument for --isolate takes no value (was 1)"),
        (
            "ASYNC_HARNESS_TIMEOUT=soon",
            "variable ASYNC_HARNESS_TIMEOUT must be a duration like 30s or 500ms, or none (was soon)",
        ),
        (
            "TEST_TOTAL_SHARDS=4 TEST_SHARD_INDEX=4",
            "variable TEST_SHARD_INDEX must be a number below TEST_TOTAL_SHARDS (was 4)",
        ),
        (
            "ASYNC_HARNESS_PARTITION=2/5 -- --exact books",
            "variable ASYNC_HARNESS_PARTITION must be slice:, count:, hash: or time:INDEX/COUNT, like hash:2/5 (was 2/5)",
        ),
        ("TEST_TOTAL_SHARDS=x TEST_SHARD_INDEX=0", "variable TEST_TOTAL_SHARDS must be a number (was x)"),
        ("ASYNC_HARNESS_TAGS=&", "variable ASYNC_HARNESS_TAGS cannot be used: write `and`\n    &\n    ^"),
        ("-- -m (a", "argument for -m cannot be used: this parenthesis is not closed\n    (a\n    ^"),
        ("-- -m=", "argument for -m cannot be used: it is empty"),
        (
            "nobody:1",
            "`nobody` of `main!` is not known: async-harness and async-harness-macros must be of one version",
        ),
        ("ASYNC_HARNESS_TIMEOUT=0s", "variable ASYNC_HARNESS_TIMEOUT must not be 0"),
        ("ASYNC_HARNESS_ISOLATE=yes", "variable ASYNC_HARNESS_ISOLATE must be 1 or 0 (was yes)"),
        ("ASYNC_HARNESS_TASK_PANICS=1", "variable ASYNC_HARNESS_TASK_PANICS must be ignore or fail (was 1)"),
        ("timeout:soon", "`timeout` of `main!` must be a duration like 30s or 500ms, or none (was soon)"),
        ("maxfail:0", "`maxfail` of `main!` must not be 0"),
        ("threads:all", "`threads` of `main!` must be a number or auto (was all)"),
        ("-- @nobody", "argument file `nobody` cannot be used: no such file"),
        (
            "-- @nested",
            "argument file `nested` cannot be used: it names another file, @names, which only the command line can",
        ),
        (
            "-- @pairs",
            "argument file `pairs` cannot be used: `--skip two` is one argument there: what follows --skip has a line of its own, or comes after a `=`",
        ),
    ] {
        assert_eq!(settings(line).unwrap_err(), message, "for `{line}`");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStringExt;
    let odd = || OsString::from_vec(b"caf\xe9".to_vec());
    let env = |name: &str| (name == "ASYNC_HARNESS_JUNIT").then(odd);
    let error = read(words(""), &around(&[], &env)).unwrap().settings().unwrap_err().to_string();
    assert_eq!(error, "variable ASYNC_HARNESS_JUNIT must be UTF-8 (was caf\u{fffd})");
    let arguments = words("--junit").into_iter().chain([odd()]);
    let error = read(arguments, &around(&[], &|_| None)).err().unwrap().to_string();
    assert_eq!(error, "argument must be UTF-8 (was caf\u{fffd})");
}
