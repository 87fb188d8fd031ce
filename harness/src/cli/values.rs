//! The forms of values, each a function from its text.

use super::said::Refusal;
use crate::dist::Dist;
use crate::duration;
use crate::partition::Partition;
use crate::settings::{Color, Format, PageAt, Progress};
use crate::test::TaskPanics;
use std::num::{IntErrorKind, NonZeroUsize, ParseIntError};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

type Read<T> = Result<T, Refusal>;

/// A number of an unsigned type.
pub(super) fn number<T: FromStr<Err = ParseIntError>>(text: &str) -> Read<T> {
    let greatest = u64::MAX >> (u64::BITS - 8 * size_of::<T>() as u32);
    text.parse().map_err(|error: ParseIntError| match error.kind() {
        IntErrorKind::PosOverflow => Refusal::TooGreat { greatest },
        _ => Refusal::Form,
    })
}

pub(super) fn positive(text: &str) -> Read<NonZeroUsize> {
    NonZeroUsize::new(number(text)?).ok_or(Refusal::Zero)
}

/// A positive number, or nothing for `word`.
pub(super) fn positive_or(word: &str) -> impl Fn(&str) -> Read<Option<NonZeroUsize>> {
    move |text| if text == word { Ok(None) } else { positive(text).map(Some) }
}

/// A number, or nothing for `auto`.
pub(super) fn number_or_auto(text: &str) -> Read<Option<usize>> {
    if text == "auto" { Ok(None) } else { number(text).map(Some) }
}

/// A switch of ours; libtest's are on for anything but `0`.
pub(super) fn switch(text: &str) -> Read<bool> {
    match text {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(Refusal::Form),
    }
}

pub(super) fn duration(text: &str) -> Read<Duration> {
    match duration::parse(text) {
        Some(Duration::ZERO) => Err(Refusal::Zero),
        Some(duration) => Ok(duration),
        None => Err(Refusal::Form),
    }
}

/// A duration, or nothing for `none`.
pub(super) fn duration_or_none(text: &str) -> Read<Option<Duration>> {
    if text == "none" { Ok(None) } else { duration(text).map(Some) }
}

pub(super) fn format(text: &str) -> Read<Format> {
    match text {
        "pretty" => Ok(Format::Pretty),
        "terse" => Ok(Format::Terse),
        "json" => Ok(Format::Json),
        _ => Err(Refusal::Form),
    }
}

pub(super) fn color(text: &str) -> Read<Color> {
    match text {
        "auto" => Ok(Color::Auto),
        "always" => Ok(Color::Always),
        "never" => Ok(Color::Never),
        _ => Err(Refusal::Form),
    }
}

pub(super) fn progress(text: &str) -> Read<Progress> {
    match text {
        "auto" => Ok(Progress::OnTerminals),
        "never" => Ok(Progress::Nowhere),
        _ => Err(Refusal::Form),
    }
}

pub(super) fn task_panics(text: &str) -> Read<TaskPanics> {
    match text {
        "ignore" => Ok(TaskPanics::Ignored),
        "fail" => Ok(TaskPanics::Fail),
        _ => Err(Refusal::Form),
    }
}

pub(super) fn dist(text: &str) -> Read<Dist> {
    match text {
        "load" => Ok(Dist::Load),
        "scope" => Ok(Dist::Scope),
        "file" => Ok(Dist::File),
        "group" => Ok(Dist::Group),
        _ => Err(Refusal::Form),
    }
}

pub(super) fn partition(text: &str) -> Read<Partition> {
    Partition::parse(text).map_err(|bad| Refusal::Must(bad.wanted()))
}

/// Whatever a path is: it is found or not when it is used.
pub(super) fn path(text: &str) -> Read<PathBuf> {
    if text.is_empty() { Err(Refusal::Must("a path")) } else { Ok(text.into()) }
}

/// Where a page is put, if one is made.
pub(super) fn page(text: &str) -> Read<Option<PageAt>> {
    match text {
        "0" => Ok(None),
        "1" => Ok(Some(PageAt::BesideBuild)),
        text => path(text).map(|path| Some(PageAt::Path(path))),
    }
}

/// The one flag that libtest's `-Z` knows.
pub(super) fn unstable(text: &str) -> Read<()> {
    if text == "unstable-options" { Ok(()) } else { Err(Refusal::Form) }
}
