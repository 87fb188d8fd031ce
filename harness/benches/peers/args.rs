//! The benchmark's own command line.

const HELP: &str = "\
usage: cargo bench -p async-harness -- [--rounds N] [--builds] [ROW]...

  --rounds N  counted rounds (default 9)
  --builds    also time clean builds and rebuilds, which takes minutes
  ROW         only the rows whose name contains one of these words";

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Request {
    /// Measure.
    Measure(Args),
    /// Say this and leave.
    Say(&'static str),
}

/// What to measure, and how often.
#[derive(Debug)]
pub(crate) struct Args {
    /// How many rounds count.
    pub(crate) rounds: usize,
    /// Whether builds are timed.
    pub(crate) builds: bool,
    rows: Vec<String>,
}

impl Args {
    /// Reads the arguments after the name of the program.
    ///
    /// # Errors
    ///
    /// For an unknown option, and for a number of rounds that is none.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Request, String> {
        let mut args = Args { rounds: 9, builds: false, rows: Vec::new() };
        let mut bench = false;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => bench = true,
                "--builds" => args.builds = true,
                "--help" | "-h" => return Ok(Request::Say(HELP)),
                "--rounds" => {
                    let value = arguments.next().unwrap_or_default();
                    args.rounds = value.parse().ok().filter(|rounds| *rounds > 0).ok_or_else(|| {
                        format!("argument for --rounds must be a number above 0 (was {value:?})")
                    })?;
                }
                option if option.starts_with('-') => {
                    return Err(format!("unknown option {option}\n{HELP}"));
                }
                row => args.rows.push(row.to_owned()),
            }
        }
        // `cargo test --all-targets` runs benchmarks too, without `--bench`, and is not kept waiting.
        Ok(if bench { Request::Measure(args) } else { Request::Say("measures under `cargo bench` only") })
    }

    /// Whether a row is wanted.
    pub(crate) fn wants(&self, row: &str) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|wanted| row.contains(wanted.as_str()))
    }
}
