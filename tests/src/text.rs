//! Makes outputs of two runs comparable.

/// Replaces what differs from run to run: times, random seeds, and the numbers of threads and tasks.
pub fn normal(text: &str) -> String {
    let is_time = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | '-');
    let is_number = |c: char| c.is_ascii_digit();
    let text = replace(text, "finished in ", is_time, "s", "[time]");
    let text = replace(&text, "\"exec_time\": ", is_time, "", "[time]");
    let text = replace(&text, " <", is_time, "s>", "[time]");
    let text = replace(&text, " failed after ", is_time, "s", "[time]");
    let text = replace(&text, "(shuffle seed: ", is_number, ")", "seed");
    let text = replace(&text, "\"shuffle_seed\": ", is_number, " ", "seed");
    let text = replace(&text, "JoinError::Panic(Id(", is_number, ")", "task");
    replace(&text, "' (", is_number, ") panicked", "tid")
}

/// Replaces each run of characters of a kind that stands between `before` and `after`.
fn replace(text: &str, before: &str, kind: impl Fn(char) -> bool, after: &str, with: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(before) {
        let (head, tail) = rest.split_at(at + before.len());
        result.push_str(head);
        let end = tail.find(|c| !kind(c)).unwrap_or(tail.len());
        rest = tail;
        if end > 0 && tail[end..].starts_with(after) {
            result.push_str(with);
            rest = &tail[end..];
        }
    }
    result + rest
}

/// An output of tests that ran beside each other, in an order of its own: sections whole, other lines one by one.
///
/// The note on `RUST_BACKTRACE` is left out: the process's first panic has it, and no one knows whose that is.
pub fn blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut in_section = false;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let ends_section = line.is_empty() && lines.peek().is_some_and(|next| ends_sections(next));
        let begins_section = line.starts_with("---- ") && line.ends_with(" stdout ----");
        in_section = begins_section || (in_section && !ends_section);
        if line.starts_with("note: run with `RUST_BACKTRACE=1`") {
            continue;
        }
        match blocks.last_mut() {
            Some(block) if in_section && !begins_section => *block += &format!("\n{line}"),
            _ => blocks.push(line.to_owned()),
        }
    }
    for block in &mut blocks {
        block.truncate(block.trim_end().len());
    }
    blocks.sort();
    blocks
}

fn ends_sections(line: &str) -> bool {
    ["failures", "successes"].iter().any(|title| line.starts_with(title) && line.ends_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_threads_are_replaced_and_nothing_else() {
        for (text, wanted) in [
            ("0 filtered out; finished in 12.34s\n", "0 filtered out; finished in [time]s\n"),
            ("{ \"exec_time\": 1.5e-7 }", "{ \"exec_time\": [time] }"),
            ("test a ... ok <0.001s>", "test a ... ok <[time]s>"),
            ("thread 'a' (123) panicked at b:1", "thread 'a' (tid) panicked at b:1"),
            ("at (123), <b>, 'c' (4)", "at (123), <b>, 'c' (4)"),
        ] {
            assert_eq!(normal(text), wanted);
        }
    }

    #[test]
    fn sections_stay_whole_and_lines_lose_their_order() {
        let one = "test b ... FAILED\ntest a ... ok\n\n---- b stdout ----\nx\ny\n\n---- c stdout ----\nz\n\n\nfailures:\n    b\n";
        let other = "test a ... ok\ntest b ... FAILED\n\n---- c stdout ----\nz\n\n---- b stdout ----\nx\ny\n\n\nfailures:\n    b\n";
        assert_eq!(blocks(one), blocks(other));
        assert_ne!(blocks(one), blocks(&other.replace("x\ny", "y\nx")));
        assert_ne!(blocks(one), blocks(&other.replace("x\n", "x\nx\n")));
    }
}
