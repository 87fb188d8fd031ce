//! Finds in an executable which rustc has made it: it writes that into the section `.comment`.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// What stands before the version.
const MARK: &str = "rustc version ";

/// No section that is read here is larger.
const LARGEST: u64 = 1 << 20;

/// The version of the rustc that has made this executable, where it is one of 64 bits and the lesser end first.
pub(super) fn rustc(executable: &Path) -> Option<String> {
    let mut file = File::open(executable).ok()?;
    version(&comment(&mut file)?)
}

/// The strings of the section `.comment`.
fn comment(file: &mut (impl Read + Seek)) -> Option<Vec<u8>> {
    let header = part(file, 0, 64)?;
    if !header.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let (begin, size) = (number::<8>(&header, 0x28)?, number::<2>(&header, 0x3a)?);
    let (count, names) = (number::<2>(&header, 0x3c)?, number::<2>(&header, 0x3e)?);
    let table = part(file, begin, size.checked_mul(count)?)?;
    let section = |nth: u64| {
        let at = usize::try_from(nth.checked_mul(size)?).ok()?;
        let section = table.get(at..)?;
        Some((number::<4>(section, 0)?, number::<8>(section, 24)?, number::<8>(section, 32)?))
    };
    let (_, begin, size) = section(names)?;
    let names = part(file, begin, size)?;
    let is_comment = |name: u64| {
        let name = usize::try_from(name).ok().and_then(|name| names.get(name..));
        name.is_some_and(|name| name.starts_with(b".comment\0"))
    };
    let (_, begin, size) = (0..count).filter_map(section).find(|(name, ..)| is_comment(*name))?;
    part(file, begin, size)
}

fn part(file: &mut (impl Read + Seek), begin: u64, size: u64) -> Option<Vec<u8>> {
    if size > LARGEST {
        return None;
    }
    file.seek(SeekFrom::Start(begin)).ok()?;
    let mut bytes = vec![0; usize::try_from(size).ok()?];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// A number of so many bytes.
fn number<const SIZE: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(SIZE)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn version(comment: &[u8]) -> Option<String> {
    let strings = comment.split(|byte| *byte == 0).filter_map(|string| str::from_utf8(string).ok());
    strings.filter_map(|string| string.strip_prefix(MARK)).map(ToOwned::to_owned).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[cfg(all(target_os = "linux", target_pointer_width = "64", target_endian = "little"))]
    #[test]
    fn this_executable_says_who_has_made_it() {
        let version = rustc(&std::env::current_exe().unwrap()).expect("rustc says it");
        assert!(version.starts_with("1."), "{version}");
    }

    #[test]
    fn what_is_no_executable_says_nothing() {
        for bytes in [&b""[..], b"#!/bin/sh", &[b"\x7fELF\x02\x01", &[0xff; 90][..]].concat()] {
            assert_eq!(comment(&mut Cursor::new(bytes)), None);
        }
        assert_eq!(version(b"GCC: 12\0rustc version 1.95.0 (x)\0"), Some("1.95.0 (x)".to_owned()));
        assert_eq!(version(b"GCC: 12\0"), None);
    }
}
