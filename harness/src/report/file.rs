//! Puts a report where it was asked for.

use crate::target::Target;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// How much is written to a file at once, if there is as much.
const BUFFER: usize = 1 << 16;

/// A path, in which `{target}` and `{package}` stand for those of the run, so that the targets of one command line do not
/// overwrite each other's files. A target that is not one of tests has its kind before its name, as it may share that with one.
pub(super) fn named(path: &Path, target: Target) -> PathBuf {
    match path.to_str() {
        Some(text) => {
            let package = target.package.unwrap_or("tests");
            text.replace("{package}", package).replace("{target}", &target.file_name()).into()
        }
        None => path.to_owned(),
    }
}

/// A path from the root: a test may change the folder of the process. Without a folder to begin from, it is found or not when
/// it is written.
pub(super) fn from_root(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Puts a file in its place whole or not at all, and makes the folders that it stands in. What is there and is no file, as a
/// pipe or a device, is written to: a file must not take its place. A link stays one.
#[cfg(feature = "timings")]
pub(super) fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put_by(path, |out| out.write_all(bytes))
}

/// The same for a file that is written piece by piece.
pub(super) fn put_by(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let there = fs::canonicalize(path);
    let path = there.as_deref().unwrap_or(path);
    if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return write_into(fs::OpenOptions::new().write(true).open(path)?, write);
    }
    make_folder_of(path)?;
    let part = part_of(path);
    let written = fs::File::create(&part).and_then(|file| write_into(file, write));
    written.and_then(|()| fs::rename(&part, path)).inspect_err(|_| {
        // Nobody wants half of it.
        let _ = fs::remove_file(&part);
    })
}

fn write_into(file: fs::File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, file);
    write(&mut out)?;
    out.flush()
}

/// Makes the folders that a file stands in.
pub(super) fn make_folder_of(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => fs::create_dir_all(folder),
        None => Ok(()),
    }
}

/// A file beside another, of this process alone.
pub(super) fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_of_one_command_write_to_files_of_their_own() {
        let of = |package, root, is_test| Target { package: Some(package), root, is_test, ..Target::UNKNOWN };
        let target = |path: &str, target| named(Path::new(path), target).to_str().unwrap().to_owned();
        for (path, is, of) in [
            ("x/{target}.xml", "x/orders.xml", of("shop", "tests/orders.rs", true)),
            ("x/{target}.xml", "x/shop.xml", of("shop", "tests/shop.rs", true)),
            ("x/{target}.xml", "x/lib-shop.xml", of("shop", "src/lib.rs", false)),
            ("{package}/{target}-{target}", "shop/orders-orders", of("shop", "tests/orders.rs", true)),
            ("{package}/{target}", "bank/orders", of("bank", "tests/orders.rs", true)),
            ("{shard}/{Target}{}", "{shard}/{Target}{}", of("bank", "tests/orders.rs", true)),
            ("{package}/{target}", "tests/x", Target { root: "x.rs", is_test: true, ..Target::UNKNOWN }),
        ] {
            assert_eq!(target(path, of), is, "for {path}");
        }
    }
}
