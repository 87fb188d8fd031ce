//! Files as GitHub Actions calls them: as seen from the folder of the repository.

use crate::fixture::{BUILT_IN, FixtureDecl};
use crate::report::cause::Spot;
use crate::report::source::Sources;
use crate::test::Test;
use std::path::Path;

/// Places in the sources of a target, as its runner calls them.
pub(super) struct Places<'a> {
    sources: &'a Sources,
    /// The folder of the repository, if the runner has named it.
    repository: Option<&'a Path>,
}

impl<'a> Places<'a> {
    /// Of files that are found there.
    pub(super) fn new(sources: &'a Sources, repository: Option<&'a Path>) -> Self {
        Places { sources, repository }
    }

    /// The file and the line where a test failed, or else where it stands.
    pub(super) fn of_test(&self, test: &Test, spot: Option<&Spot>) -> Option<(String, usize)> {
        spot.and_then(|spot| self.of(spot)).or_else(|| self.of(&Spot::of(test.place)))
    }

    /// The same of a fixture; those of the harness have no place.
    pub(super) fn of_fixture(&self, fixture: &FixtureDecl, spot: Option<&Spot>) -> Option<(String, usize)> {
        let declared = || Some(fixture.place).filter(|place| place.file != BUILT_IN);
        spot.and_then(|spot| self.of(spot)).or_else(|| self.of(&Spot::of(declared()?)))
    }

    /// A file as the runner calls it, and a line; nothing for what is not in the sources of the target. Where those are not
    /// here, a relative path is as good as it is in most repositories.
    fn of(&self, spot: &Spot) -> Option<(String, usize)> {
        if !self.sources.are_found() {
            let is_relative = Path::new(&spot.file).is_relative() && !spot.file.is_empty();
            return is_relative.then(|| (spot.file.clone(), spot.line));
        }
        let inside = self.sources.inside(spot)?;
        let whole = self.sources.whole(&inside);
        let of_repository = self.repository.and_then(|folder| whole.strip_prefix(folder).ok());
        let file = of_repository.map_or(inside, Path::to_owned);
        Some((file.to_string_lossy().replace('\\', "/"), spot.line))
    }
}
