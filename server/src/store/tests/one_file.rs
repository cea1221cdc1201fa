//! What only a store in one file can meet: a disk that fills up, a file of a newer version, a file that is something
//! else, a file that another process writes to.

use super::*;

#[tokio::test]
async fn what_another_process_commits_is_noticed() {
    let (server, folder) = sqlite().await;
    let mut heard = server.commits(ORG);
    let import = SqliteStore::open(&folder.path().join("new folder/store.db"))
        .await
        .unwrap();
    let records = vec![record(1, 1, Scope::Organisation, "x"), record(2, 2, root(1), "x")];
    commit(&import, ORG, &batch(records, &[])).await;
    let heard = heard.wait_for(|version| *version > Version::NONE).await.unwrap();
    assert_eq!(*heard, Version(2));
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_half_written() {
    let (store, _folder) = sqlite().await;
    commit(
        &*store,
        ORG,
        &batch(vec![record(1, 1, Scope::Organisation, "vorher")], &[]),
    )
    .await;
    store.limit_pages(60).await.unwrap();
    let much = "长".repeat(50_000);
    let records = (2..20)
        .map(|id| record(id, u64::try_from(id).unwrap(), Scope::Organisation, &much))
        .collect();
    let mut writer = store.write(ORG).await.unwrap();
    let written = match writer.put(&batch(records, &[])).await {
        Ok(()) => writer.commit().await,
        Err(error) => {
            drop(writer);
            Err(error)
        }
    };
    assert!(matches!(written, Err(StoreError::Full)), "{written:?}");
    let head = store.read(ORG).await.unwrap().head().await.unwrap();
    assert_eq!(head.sequence, Version(1));
    store.limit_pages(10_000).await.unwrap();
    commit(
        &*store,
        ORG,
        &batch(vec![record(2, 2, Scope::Organisation, "nachher")], &[]),
    )
    .await;
    assert_eq!(
        store.read(ORG).await.unwrap().of_kind(&Kind::Note).await.unwrap().len(),
        2
    );
}

/// A disk of four megabytes that is gone with the test.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where this may not be done.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = std::process::Command::new("umount")
            .arg("-l")
            .arg(self.0.path())
            .status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}

#[tokio::test]
async fn a_disk_with_room_again_is_written_to_again() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("SKIPPED: a small disk cannot be mounted here (root on Linux can)");
        return;
    };
    let store = SqliteStore::open(&disk.0.path().join("store.db")).await.unwrap();
    store.create_organisation(ORG, "bank", "e0").await.unwrap();
    let filler = disk.0.path().join("filler");
    let free = std::iter::repeat_n(0_u8, 4 << 20).collect::<Vec<u8>>();
    // As much as fits, which is less than that.
    std::fs::write(&filler, free).unwrap_err();
    let much = "长".repeat(50_000);
    let full = batch(vec![record(1, 1, Scope::Organisation, &much)], &[]);
    for _ in 0..3 {
        let mut writer = store.write(ORG).await.unwrap();
        let written = match writer.put(&full).await {
            Ok(()) => writer.commit().await,
            Err(error) => Err(error),
        };
        assert!(matches!(written, Err(StoreError::Full)), "{written:?}");
    }
    std::fs::remove_file(filler).unwrap();
    commit(&store, ORG, &full).await;
    let head = store.read(ORG).await.unwrap().head().await.unwrap();
    assert_eq!(head.sequence, Version(1));
    store.close().await;
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    SqliteStore::open(&path).await.unwrap().close().await;
    SqliteStore::open(&path).await.unwrap().pretend_newer().await.unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(SqliteStore::open(&path).await, Err(StoreError::TooNew(9_999))));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    let letter = "Dear root, ".repeat(500);
    std::fs::write(&path, &letter).unwrap();
    assert!(matches!(SqliteStore::open(&path).await, Err(StoreError::Damaged(_))));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}
