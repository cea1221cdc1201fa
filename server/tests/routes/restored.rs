//! A server restored from yesterday's backup: whoever was told of something that is lost by it is asked to offer it
//! again, even when others have written as much meanwhile; whoever was not goes on undisturbed.

use std::sync::Arc;

use rapport_server::store::Store;
use rapport_server::testing::{Bank, Tablet};
use rapport_shared::ids::{DeviceId, RecordId};
use rapport_shared::record::mutation::Mutation;
use rapport_shared::sync::wire::{Cursor, Outcome, SyncResponse};

use crate::database_with_backup;

/// A database that can be backed up and set back while no server runs on it.
pub trait Database {
    async fn open(&self) -> Arc<dyn Store>;
    fn back_up(&mut self);
    fn restore(&mut self);
}

/// A device that outlives the server.
struct Seat {
    device: DeviceId,
    cookie: String,
    cursor: Cursor,
}

impl Seat {
    fn of(tablet: &Tablet<'_>) -> Self {
        Self {
            device: tablet.device,
            cookie: tablet.cookie.clone(),
            cursor: tablet.cursor.clone().unwrap(),
        }
    }

    async fn at<'a>(&self, bank: &'a Bank) -> Tablet<'a> {
        bank.resume(self.device, &self.cookie, self.cursor.clone())
            .await
            .unwrap()
    }
}

async fn note(tablet: &mut Tablet<'_>, customer: RecordId, text: &str) -> Mutation {
    let mutation = tablet.mutation(tablet.new_note(customer, text).unwrap()).unwrap();
    let body = tablet.body(std::slice::from_ref(&mutation), 1).unwrap();
    let response = tablet.exchange(body.to_string()).await.unwrap();
    assert!(
        matches!(response.acknowledgements[0].outcome, Outcome::Applied { .. }),
        "{response:?}"
    );
    mutation
}

fn asks(response: &SyncResponse) -> (bool, bool) {
    (response.page.rebuild, response.page.reoffer)
}

#[tokio::test]
async fn what_a_restored_server_lost_is_offered_again_by_those_who_know_of_it() {
    let Some(mut database) = database_with_backup() else {
        return;
    };
    // Yesterday: three devices of one user, of which one has everything, and two are far behind.
    let bank = Bank::on(database.open().await).await.unwrap();
    let mut known = bank.sign_in("rm1").await.unwrap();
    let mut behind = bank.sign_in("rm1").await.unwrap();
    let mut untouched = bank.sign_in("rm1").await.unwrap();
    let mut colleague = bank.sign_in("rm2").await.unwrap();
    let create = known.mutation(known.new_customer("甲").unwrap()).unwrap();
    let customer = create.record;
    known.sync(&[create]).await.unwrap();
    for tablet in [&mut behind, &mut untouched] {
        while tablet.sync(&[]).await.unwrap().page.more {}
    }
    for text in ["一", "二", "三"] {
        note(&mut known, customer, text).await;
    }
    let theirs = colleague.mutation(colleague.new_customer("乙").unwrap()).unwrap();
    let elsewhere = theirs.record;
    colleague.sync(&[theirs]).await.unwrap();
    let seats = [&known, &behind, &untouched, &colleague].map(Seat::of);
    let now = bank.now();
    bank.state.store.close().await;
    database.back_up();

    // Today: two of them write, the one that is behind seeing little of the others.
    let bank = Bank::over(database.open().await, now);
    let [known, behind, untouched, colleague] = &seats;
    let mut tablet = known.at(&bank).await;
    let first = note(&mut tablet, customer, "四").await;
    let known = Seat::of(&tablet);
    let mut tablet = behind.at(&bank).await;
    let second = note(&mut tablet, customer, "五").await;
    let behind = Seat::of(&tablet);
    bank.state.store.close().await;
    database.restore();

    // Others write as much as was lost, and more.
    let bank = Bank::over(database.open().await, now);
    let mut tablet = colleague.at(&bank).await;
    assert_eq!(
        asks(&tablet.sync(&[]).await.unwrap()),
        (false, false),
        "nothing this one knows of is lost"
    );
    for number in 0..9 {
        note(&mut tablet, elsewhere, &number.to_string()).await;
    }
    for (seat, lost) in [(known, first), (behind, second)] {
        let mut tablet = seat.at(&bank).await;
        assert_eq!(asks(&tablet.sync(&[]).await.unwrap()), (true, true), "{lost:?}");
        let response = tablet.sync(std::slice::from_ref(&lost)).await.unwrap();
        assert!(response.acknowledgements[0].outcome.version().is_some(), "{response:?}");
        assert_eq!(asks(&response), (false, false), "once is enough");
    }
    let mut tablet = untouched.at(&bank).await;
    let mut notes = 0;
    loop {
        let response = tablet.sync(&[]).await.unwrap();
        assert_eq!(asks(&response), (false, false));
        notes += response
            .page
            .records
            .iter()
            .filter(|record| record.root() == Some(customer))
            .count();
        if !response.page.more {
            break;
        }
    }
    assert_eq!(notes, 5, "three of yesterday, two that were offered again");
    bank.state.store.close().await;
}
