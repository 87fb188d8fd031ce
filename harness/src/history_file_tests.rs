use super::*;

fn name(executable: &str, root: &str) -> String {
    file_name(Path::new(executable), root)
}

#[test]
fn a_file_is_named_after_the_target_and_survives_another_build() {
    let first = name("/t/debug/deps/api-0123456789abcdef", "tests/api.rs");
    assert!(first.starts_with("api-") && first.len() == 12, "{first}");
    for same in ["/t/debug/deps/api-ffff456789abcdef", "/t/debug/deps/api-ffff456789abcdef.exe", "/b/api"] {
        assert_eq!(name(same, "tests/api.rs"), first);
    }
    assert_eq!(name("/t/api", "tests\\api.rs"), first);
}

#[test]
fn a_library_and_a_binary_of_one_name_are_two() {
    assert_ne!(
        name("/t/deps/app-0123456789abcdef", "src/lib.rs"),
        name("/t/deps/app-0123456789abcdef", "src/main.rs")
    );
    assert!(name("/t/deps/with-dashes-0123456789abcdef", "x").starts_with("with-dashes-"));
    assert!(name("/t/with-dashes", "x").starts_with("with-dashes-"));
}

#[test]
fn it_stands_beside_the_folder_of_executables() {
    for (executable, folder) in [
        ("/t/debug/deps/api-0123456789abcdef", "/t/debug"),
        ("/t/debug/examples/tour-0123456789abcdef", "/t/debug"),
        ("/b/bin/api", "/b/bin"),
        ("/api", "/"),
    ] {
        assert_eq!(build_folder(Path::new(executable)).as_deref(), Some(Path::new(folder)));
    }
}

/// A folder of its own for a test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("async-harness-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        Folder(folder)
    }

    fn file(&self) -> HistoryFile {
        HistoryFile { path: self.0.join("package").join("target") }
    }

    /// Adds what a run of the whole target has seen, however long others write.
    fn add(&self, seen: Vec<Seen>, registered: &Registered<'_>) {
        self.file().add(seen, Extent::Whole, Some(registered), Duration::MAX);
    }

    /// The files in it, by name.
    fn files(&self) -> Vec<String> {
        let files = fs::read_dir(self.0.join("package")).into_iter().flatten();
        let mut names: Vec<_> =
            files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn passed(name: &'static str, duration: u64) -> Seen {
    Seen { name, ending: SeenEnding::Passed(duration) }
}

#[test]
fn what_runs_beside_each_other_saw_is_all_there_afterwards() {
    let folder = Folder::new("beside");
    let names: Vec<Vec<&'static str>> =
        (0..8).map(|thread| (0..50).map(|test| &*format!("t{thread}::{test}").leak()).collect()).collect();
    std::thread::scope(|scope| {
        for names in &names {
            let folder = &folder;
            scope.spawn(move || {
                for name in names {
                    folder.add(vec![passed(name, 7)], &Vec::new);
                }
            });
        }
    });
    assert_eq!(Lines::of(folder.file().read()).len(), 400);
    assert_eq!(folder.files(), ["target", "target.lock"]);
}

#[test]
fn another_run_that_writes_for_ever_is_not_waited_for() {
    let folder = Folder::new("held");
    folder.add(vec![passed("a", 7)], &Vec::new);
    let held = File::open(folder.file().beside(".lock")).unwrap();
    held.lock().unwrap();
    folder.file().add(vec![passed("b", 7)], Extent::Whole, Some(&Vec::new), Duration::from_millis(5));
    assert!(folder.file().read().of("b").is_none());
    held.unlock().unwrap();
    folder.add(vec![passed("b", 7)], &Vec::new);
    assert!(folder.file().read().of("a").is_some() && folder.file().read().of("b").is_some());
}

#[test]
fn a_file_that_is_no_history_is_replaced() {
    let folder = Folder::new("garbage");
    folder.add(vec![passed("a", 7)], &Vec::new);
    for garbage in [&b"\xff\xfe\0\0"[..], b"async-harness history 1\nok 1 1 a\nok 2", b"\n\n\n"] {
        fs::write(&folder.file().path, garbage).unwrap();
        folder.add(vec![passed("b", 9)], &Vec::new);
        let history = folder.file().read();
        assert!(history.of("b").is_some());
        assert!(Lines::of(history).merged(Vec::new(), Extent::Whole).is_none(), "nothing is damaged");
    }
}

/// A pipe might never end, nor even begin.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_no_history() {
    let file = HistoryFile { path: PathBuf::from("/dev/zero") };
    assert!(!file.read().is_damaged(), "it was read");
}

#[test]
fn a_folder_that_cannot_be_made_stops_nobody() {
    let folder = Folder::new("in-the-way");
    fs::write(&folder.0, "a file").unwrap();
    folder.add(vec![passed("a", 7)], &Vec::new);
    assert!(folder.file().read().of("a").is_none());
    fs::remove_file(&folder.0).unwrap();
}

#[test]
fn tests_that_are_gone_are_forgotten_once_they_are_many() {
    let folder = Folder::new("gone");
    let old: Vec<Seen> = (0..GONE + 10).map(|n| passed(format!("old::{n}").leak(), 7)).collect();
    folder.add(old, &|| vec!["new", "newer"]);
    folder.add(vec![passed("new", 7)], &|| vec!["new", "newer", "old::5"]);
    let history = folder.file().read();
    assert!(history.of("old::5").is_some() && history.of("new").is_some());
    assert_eq!(Lines::of(history).len(), 2);
}

#[test]
fn a_run_that_changes_nothing_leaves_the_file_alone() {
    let folder = Folder::new("same");
    folder.add(vec![passed("a", 7)], &Vec::new);
    fs::write(&folder.file().path, fs::read(&folder.file().path).unwrap()).unwrap();
    let written = fs::metadata(&folder.file().path).unwrap().modified().unwrap();
    folder.add(vec![passed("a", 600)], &Vec::new);
    assert_eq!(fs::metadata(&folder.file().path).unwrap().modified().unwrap(), written);
}
