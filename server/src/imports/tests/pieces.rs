//! Files of several pieces: what the pieces become together is what the rows become, all of them or none.

use std::sync::Arc;

use super::*;
use crate::store::sqlite::SqliteStore;

/// Two pieces.
const ROWS: usize = 1_500;

fn file(row: impl Fn(usize) -> String) -> String {
    let rows = (0..ROWS).map(|number| row(number) + "\n");
    "客户编号,客户名称,成立日期\n".to_owned() + &rows.collect::<String>()
}

fn plain(number: usize) -> String {
    format!("K{number},甲{number},")
}

#[tokio::test]
async fn a_long_file_comes_in_whole_and_its_refused_rows_are_told() {
    let desk = Desk::new().await;
    let customers = options(Kind::Customer);
    let dry = Options {
        dry_run: true,
        ..customers.clone()
    };
    // A row that cannot be read in each piece, and one that repeats the first row.
    let broken = file(|number| match number {
        100 | 1_100 => format!("K{number},甲{number},never"),
        1_400 => "k0,乙,".to_owned(),
        _ => plain(number),
    });
    for options in [&dry, &customers] {
        let report = desk.import(options, &broken).await;
        assert_eq!(counts(&report), (ROWS - 4, 0, 0, 4));
        let refused: Vec<usize> = report.errors.iter().map(|error| error.row).collect();
        assert_eq!(refused, [2, 102, 1_102, 1_402]);
        let written = if options.dry_run { 0 } else { ROWS - 4 };
        assert_eq!(desk.records(Kind::Customer).await.len(), written);
    }
    assert_eq!(
        counts(&desk.import(&customers, &file(plain)).await),
        (4, 0, ROWS - 4, 0)
    );
    let changed = file(|number| plain(number).replace("甲2", "乙2"));
    let expected = (0..ROWS).filter(|number| number.to_string().starts_with('2')).count();
    for options in [&dry, &customers] {
        let report = desk.import(options, &changed).await;
        assert_eq!(counts(&report), (0, expected, ROWS - expected, 0));
    }
    assert_eq!(desk.customer("K2").await.text("name"), Some("乙2"));
    let mut versions: Vec<_> = desk
        .records(Kind::Customer)
        .await
        .iter()
        .map(|record| record.version)
        .collect();
    versions.dedup();
    assert_eq!(versions.len(), ROWS, "each change is a commit of its own");
}

/// Somebody gave a customer another code; now the file has the old one and the new one, far apart.
#[tokio::test]
async fn two_rows_of_one_customer_in_different_pieces_meet() {
    let desk = Desk::new().await;
    let customers = Options {
        owner: Some("rm1".to_owned()),
        ..options(Kind::Customer)
    };
    desk.import(&customers, "客户编号,客户名称\nK1,甲\n").await;
    let record = desk.customer("K1").await;
    let mut tablet = desk.bank.sign_in("rm1").await.unwrap();
    let edit = Edit::of(&record).change(&record, FieldPath::parse("code").unwrap(), "K1200");
    tablet.sync(&[tablet.mutation(edit).unwrap()]).await.unwrap();
    let both = file(|number| plain(number).replace("甲1,", "一,").replace("甲1200,", "千二,"));
    for dry_run in [true, false] {
        let options = Options {
            dry_run,
            ..customers.clone()
        };
        assert_eq!(counts(&desk.import(&options, &both).await), (ROWS - 2, 2, 0, 0));
    }
    let customer = desk.customer("K1200").await;
    assert_eq!((customer.id, customer.text("name")), (record.id, Some("千二")));
}

#[tokio::test]
async fn a_disk_that_is_full_on_the_way_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&folder.path().join("bank.db")).await.unwrap());
    let desk = Desk {
        bank: Bank::on(Arc::clone(&store) as Arc<dyn Store>).await.unwrap(),
        _folder: folder,
    };
    store.limit_pages(300).await.unwrap();
    let customers = options(Kind::Customer);
    let beginning: Vec<String> = file(plain).lines().take(1_001).map(str::to_owned).collect();
    let dry = Options {
        dry_run: true,
        ..customers.clone()
    };
    let report = desk.import(&dry, &beginning.join("\n")).await;
    assert_eq!(report.new, 1_000, "there is room for the first piece");
    let table = table::read(file(plain).into_bytes()).unwrap();
    let failed = desk.run(&customers, &table).await;
    assert!(matches!(failed, Err(Failed::Store(StoreError::Full))), "{failed:?}");
    assert!(desk.records(Kind::Customer).await.is_empty());
    store.limit_pages(100_000).await.unwrap();
    assert_eq!(counts(&desk.run(&customers, &table).await.unwrap()), (ROWS, 0, 0, 0));
}
