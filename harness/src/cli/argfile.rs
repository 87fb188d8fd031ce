//! `@FILE`: arguments in a file, one on each line, for command lines that are too long for the system.
//!
//! A line is an argument as it is, without quotes and escapes. Empty lines are skipped: as a filter, nothing would match
//! every test. A file names no other file. After `--` an `@` means nothing.

use super::error::ArgError;
use std::ffi::OsString;
use std::io;
use std::path::Path;

/// Arguments without `@FILE`.
pub(super) struct Expanded {
    pub(super) arguments: Vec<OsString>,
    /// Whether some stood in files.
    pub(super) had_files: bool,
}

/// Replaces each `@FILE` by the arguments in that file; the first argument is the name of the executable.
///
/// # Errors
///
/// [`ArgError::File`] for a file that cannot be read or names another.
pub(super) fn expand(
    arguments: Vec<OsString>,
    read: &dyn Fn(&Path) -> io::Result<String>,
) -> Result<Expanded, ArgError> {
    let is_file = |argument: &OsString| argument.as_encoded_bytes().starts_with(b"@");
    if !arguments.iter().skip(1).any(is_file) {
        return Ok(Expanded { arguments, had_files: false });
    }
    let mut expanded = Vec::with_capacity(arguments.len());
    let mut arguments = arguments.into_iter();
    expanded.extend(arguments.next());
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            expanded.push(argument);
            expanded.extend(arguments.by_ref());
        } else if is_file(&argument) {
            let name = argument.to_string_lossy()[1..].to_owned();
            let bad = |what: String| ArgError::File { file: name.clone(), what };
            let text = read(Path::new(&name)).map_err(|error| bad(error.to_string()))?;
            for line in text.lines().filter(|line| !line.is_empty()) {
                if line.starts_with('@') {
                    return Err(bad(format!(
                        "it names another file, {line}, which only the command line can"
                    )));
                }
                if let Some(flag) = flag_of_two(line) {
                    return Err(bad(format!(
                        "`{line}` is one argument there: what follows {flag} has a line of its own, or comes after a `=`"
                    )));
                }
                expanded.push(line.into());
            }
        } else {
            expanded.push(argument);
        }
    }
    Ok(Expanded { arguments: expanded, had_files: true })
}

/// The long flag that stands with a value on one line, as on a command line.
fn flag_of_two(line: &str) -> Option<&str> {
    let (flag, _) = line.split_once(char::is_whitespace)?;
    (flag.starts_with("--") && !flag.contains('=')).then_some(flag)
}
