//! Several servers for one bank, and a device whose requests reach now one, now another.

use std::collections::BTreeSet;
use std::process::Command;

use rapport_server::testing::{Bank, profile};
use rapport_shared::ids::RecordId;
use rapport_shared::record::Version;
use rapport_shared::sync::wire::Outcome;

use crate::events::{add_customer, listen};
use crate::{database, open};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_may_be_served_by_any_server() {
    let Some(url) = database() else { return };
    let one = Bank::on(open(&url).await).await.unwrap();
    let other = one.beside(open(&url).await);
    let mut tablet = one.sign_in("rm1").await.unwrap();
    // The same person's other device.
    let mut colleague = other.sign_in("rm1").await.unwrap();
    let org = profile("rm1").unwrap().org;
    let mut heard = one.state.store.commits(org);
    let mut sent = BTreeSet::new();
    let mut seen: BTreeSet<RecordId> = BTreeSet::new();
    for server in [&one, &other, &other, &one, &other] {
        tablet.move_to(server);
        let create = tablet.mutation(tablet.new_customer("杭州恒源").unwrap()).unwrap();
        sent.insert(create.record);
        let response = tablet.sync(std::slice::from_ref(&create)).await.unwrap();
        let version = match response.acknowledgements[0].outcome {
            Outcome::Applied { version } => Some(version),
            _ => None,
        };
        let version = version.unwrap();
        let again = tablet.sync(&[create]).await.unwrap();
        assert!(
            !matches!(again.acknowledgements[0].outcome, Outcome::Refused(_)),
            "sent again: {again:?}"
        );
        heard.wait_for(|heard| *heard >= version).await.unwrap();
        colleague.move_to(if std::ptr::eq(server, &one) { &other } else { &one });
        let page = colleague.sync(&[]).await.unwrap().page;
        assert!(page.records.iter().any(|record| sent.contains(&record.id)));
        seen.extend(page.records.iter().map(|record| record.id));
    }
    assert!(seen.is_superset(&sent));
    assert!(*heard.borrow() > Version::NONE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_hears_of_what_reached_another_server() {
    let Some(url) = database() else { return };
    let one = Bank::on(open(&url).await).await.unwrap();
    let other = one.beside(open(&url).await);
    let mut author = one.sign_in("rm1").await.unwrap();
    let listening = other.sign_in("rm1").await.unwrap();
    let mut line = listen(&other, &listening).await;
    for _ in 0..3 {
        add_customer(&mut author).await;
        assert!(line.is_poked().await);
    }
}

#[test]
fn the_program_takes_a_postgresql_url_and_keeps_it_to_itself() {
    let Some(url) = database() else { return };
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rapport"));
        command
            .args(arguments)
            .env("RAPPORT_DATABASE", &url)
            .env("RAPPORT_PASSWORD", "long-enough");
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    };
    let add = ["user", "add", "--login", "a", "--name", "甲", "--role", "admin"];
    let (done, text) = run(&add);
    assert!(done && text.contains("can sign in"), "{text}");
    let (done, text) = run(&add);
    assert!(!done && text.contains("already"), "{text}");
    let (_, help) = run(&["serve", "--help"]);
    assert!(!help.contains(&url), "{help}");
}
