//! What is there before and after, for every way in which a command may end.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// The names of all files, so that nothing of ours is left behind unseen.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_new_file_is_written_or_not_there() {
    let folder = folder();
    let path = folder.path().join("new.csv");
    drop(Output::take(&path, false, &[]).unwrap());
    assert_eq!(names(folder.path()), [""; 0]);
    Output::take(&path, false, &[]).unwrap().finish(b"rows").unwrap();
    assert_eq!(text(&path), "rows");
    assert_eq!(names(folder.path()), ["new.csv"]);
}

#[test]
fn a_file_that_is_there_stays_unless_forced() {
    let folder = folder();
    let path = folder.path().join("precious.txt");
    fs::write(&path, "precious").unwrap();
    assert!(matches!(Output::take(&path, false, &[]), Err(Refused::Exists(_))));
    let forced = Output::take(&path, true, &[]).unwrap();
    assert!(forced.replaces());
    assert_eq!(text(&path), "precious", "until all is written");
    drop(forced);
    assert_eq!(text(&path), "precious", "and when nothing is");
    Output::take(&path, true, &[]).unwrap().finish(b"rows").unwrap();
    assert_eq!(text(&path), "rows");
    assert_eq!(names(folder.path()), ["precious.txt"]);
}

#[test]
fn what_is_read_stays_even_when_forced() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let (input, database) = (at("in.csv"), at("bank.db"));
    for path in [&input, &database] {
        fs::write(path, "all there is").unwrap();
    }
    fs::create_dir(at("deep")).unwrap();
    let kept = [Kept::Input(&input), Kept::Database(&database)];
    for (name, is_database) in [
        ("in.csv", false),
        ("deep/../in.csv", false),
        ("bank.db", true),
        ("deep/../bank.db", true),
        // It need not be there yet: SQLite would take it for its own.
        ("bank.db-wal", true),
        ("bank.db-shm", true),
        ("bank.db-journal", true),
    ] {
        for force in [false, true] {
            let refused = Output::take(&at(name), force, &kept).unwrap_err();
            assert_eq!(
                matches!(refused, Refused::Database(_)),
                is_database,
                "{name}: {refused}"
            );
            assert_eq!(matches!(refused, Refused::Input(_)), !is_database, "{name}: {refused}");
        }
    }
    assert_eq!(text(&input), "all there is");
    assert_eq!(text(&database), "all there is");
    assert_eq!(names(folder.path()), ["bank.db", "deep", "in.csv"]);
}

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let folder = folder();
    let nowhere = Output::take(&folder.path().join("nowhere/a.csv"), true, &[]);
    assert!(matches!(nowhere, Err(Refused::Unwritable(..))));
    let a_folder = Output::take(folder.path(), true, &[]);
    assert!(matches!(a_folder, Err(Refused::NoFile(_))));
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    #[test]
    fn links_lead_to_what_they_name() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("bank.db"), "the bank").unwrap();
        fs::write(at("old.csv"), "old").unwrap();
        symlink(at("bank.db"), at("link.db")).unwrap();
        fs::hard_link(at("bank.db"), at("second.db")).unwrap();
        symlink(at("old.csv"), at("link.csv")).unwrap();
        symlink(at("nothing"), at("broken")).unwrap();
        let database = at("bank.db");
        for name in ["link.db", "second.db"] {
            let refused = Output::take(&at(name), true, &[Kept::Database(&database)]);
            assert!(matches!(refused, Err(Refused::Database(_))), "{name}");
        }
        assert!(matches!(
            Output::take(&at("broken"), true, &[]),
            Err(Refused::NoFile(_))
        ));
        Output::take(&at("link.csv"), true, &[])
            .unwrap()
            .finish(b"new")
            .unwrap();
        assert_eq!(text(&at("old.csv")), "new");
        assert!(at("link.csv").is_symlink());
        assert_eq!(text(&database), "the bank");
    }

    #[test]
    fn a_replaced_file_is_no_easier_to_read() {
        let folder = folder();
        let path = folder.path().join("private.csv");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        Output::take(&path, true, &[]).unwrap().finish(b"new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_is_protected_stays() {
        let folder = folder();
        let path = folder.path().join("protected.csv");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        assert!(matches!(Output::take(&path, true, &[]), Err(Refused::Unwritable(..))));
        assert_eq!(text(&path), "old");
        assert_eq!(names(folder.path()), ["protected.csv"]);
    }

    #[test]
    fn a_device_takes_what_is_written_and_stays() {
        let device = Path::new("/dev/null");
        Output::take(device, false, &[]).unwrap().finish(b"rows").unwrap();
        drop(Output::take(device, true, &[]).unwrap());
        assert!(!fs::metadata(device).unwrap().is_file());
    }
}
