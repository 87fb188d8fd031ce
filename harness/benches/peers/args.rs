//! The benchmark's own command line.

use super::load::{Load, Pace};
use super::peer::{ALL, Peer};
use super::workspace::Build;
use std::path::{Path, PathBuf};

const HELP: &str = "\
usage: cargo bench -p async-harness --bench peers -- [OPTION]... [ROW]...

  --rounds N       counted rounds (default 7)
  --quick          3 rounds; without release builds and what takes ten seconds a run
  --builds         also time clean builds and rebuilds, which takes minutes
  --peer NAME      only this peer beside async-harness; may be given more than once
  --markdown PATH  write the table into this file too, between its two markers;
                   a relative path starts at the top of the repository
  ROW              only the rows whose name contains one of these words";

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
    /// Whether builds are timed.
    pub(crate) builds: bool,
    /// The file that takes the table.
    pub(crate) markdown: Option<PathBuf>,
    /// The arguments themselves, as one would type them.
    pub(crate) line: String,
    rounds: Option<usize>,
    quick: bool,
    peers: Vec<Peer>,
    rows: Vec<String>,
}

impl Args {
    /// Reads the arguments after the name of the program.
    ///
    /// # Errors
    ///
    /// For an unknown option or peer, and for a number of rounds that is none.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Request, String> {
        let (bench, typed): (Vec<_>, Vec<_>) = arguments.partition(|argument| argument == "--bench");
        let mut args = Args {
            builds: false,
            markdown: None,
            line: typed.join(" "),
            rounds: None,
            quick: false,
            peers: Vec::new(),
            rows: Vec::new(),
        };
        let mut typed = typed.into_iter();
        while let Some(argument) = typed.next() {
            let mut value = || typed.next().ok_or_else(|| format!("{argument} needs a value\n{HELP}"));
            match argument.as_str() {
                "--builds" => args.builds = true,
                "--quick" => args.quick = true,
                "--help" | "-h" => return Ok(Request::Say(HELP)),
                "--markdown" => args.markdown = Some(from_the_top(&value()?)),
                "--peer" => args.peers.push(peer(&value()?)?),
                "--rounds" => args.rounds = Some(number(&value()?)?),
                option if option.starts_with('-') => {
                    return Err(format!("unknown option {option}\n{HELP}"));
                }
                row => args.rows.push(row.to_owned()),
            }
        }
        // `cargo test --all-targets` runs benchmarks too, without `--bench`, and is not kept waiting.
        Ok(match bench.is_empty() {
            true => Request::Say("measures under `cargo bench` only"),
            false => Request::Measure(args),
        })
    }

    /// How many rounds count.
    pub(crate) fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 3 } else { 7 })
    }

    /// Whether a row is wanted.
    pub(crate) fn wants(&self, row: &str) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|wanted| row.contains(wanted.as_str()))
    }

    /// Whether a load is, for any row of its own.
    pub(crate) fn wants_load(&self, load: &Load) -> bool {
        let too_long = self.quick && (load.pace == Pace::Slow || load.build == Build::Release);
        !too_long && load.rows().any(|row| self.wants(&row))
    }

    /// Who is measured: ourselves, since all ratios are to us, and what the runtimes alone take, in any case.
    pub(crate) fn peers(&self) -> Vec<Peer> {
        let always = |peer: &Peer| matches!(peer, Peer::Ours | Peer::Bare);
        let wanted = |peer: &Peer| self.peers.is_empty() || always(peer) || self.peers.contains(peer);
        ALL.into_iter().filter(wanted).collect()
    }
}

fn number(value: &str) -> Result<usize, String> {
    let number = value.parse().ok().filter(|rounds| *rounds > 0);
    number.ok_or_else(|| format!("argument for --rounds must be a number above 0 (was {value:?})"))
}

fn peer(value: &str) -> Result<Peer, String> {
    let known: Vec<_> = ALL.iter().map(|peer| peer.name()).collect();
    let found = ALL.into_iter().find(|peer| peer.name() == value);
    found.ok_or_else(|| format!("argument for --peer must be one of {} (was {value:?})", known.join(", ")))
}

/// cargo starts a benchmark in the folder of its package.
fn from_the_top(path: &str) -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).join(path)
}
