//! Starting, going on after an interruption, and hearing of other servers.

use super::super::super::StoreError;
use super::*;

/// Ends every connection to the database but one's own.
async fn cut_all(observer: &mut PgConnection) {
    let statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sqlx::query(statement).execute(observer).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_undoes_the_commit_under_way_and_nothing_else() {
    let Some(url) = database() else { return };
    let store = server(&url).await;
    let mut writer = store.write(ORG).await.unwrap();
    put(&mut *writer, 1).await;
    writer.commit().await.unwrap();
    let mut observer = connect(&url).await;
    let mut interrupted = store.write(ORG).await.unwrap();
    put(&mut *interrupted, 1).await;
    let mut reader = store.read(ORG).await.unwrap();
    cut_all(&mut observer).await;
    let outcome = interrupted.commit().await;
    assert!(matches!(outcome, Err(StoreError::Interrupted(_))), "{outcome:?}");
    let outcome = reader.head().await;
    assert!(matches!(outcome, Err(StoreError::Interrupted(_))), "{outcome:?}");
    cut_all(&mut observer).await;
    assert_eq!(
        store.read(ORG).await.unwrap().head().await.unwrap().sequence,
        Version(1)
    );
    let mut writer = store.write(ORG).await.unwrap();
    assert_eq!(put(&mut *writer, 1).await, 2);
    writer.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_hear_of_each_others_commits_again_after_an_interruption() {
    let Some(url) = database() else { return };
    let (one, other) = (server(&url).await, server(&url).await);
    let mut heard = other.commits(ORG);
    for expected in 1..=2 {
        let mut writer = one.write(ORG).await.unwrap();
        put(&mut *writer, 1).await;
        writer.commit().await.unwrap();
        let version = *heard.wait_for(|version| version.0 >= expected).await.unwrap();
        assert_eq!(version, Version(expected));
        cut_all(&mut connect(&url).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_start_at_once_agree_on_schema_and_organisation() {
    let Some(url) = database() else { return };
    let open = || PostgresStore::open(&url);
    let (one, two, three) = tokio::try_join!(open(), open(), open()).unwrap();
    let create = |store: &PostgresStore, org: u128| {
        let readers = store.readers.clone();
        async move { super::super::accounts::create_organisation(&readers, OrgId::from_u128(org), "Bank", "e0").await }
    };
    // Each with its own; whoever was not first may have to try again, as the store does.
    let outcomes = tokio::join!(create(&one, 3), create(&two, 2), create(&three, 1));
    let first = one.organisation().await.unwrap().unwrap();
    for (store, org, outcome) in [(&one, 3, outcomes.0), (&two, 2, outcomes.1), (&three, 1, outcomes.2)] {
        if outcome.is_err() {
            assert!(matches!(outcome, Err(StoreError::Interrupted(_))), "{outcome:?}");
            store
                .create_organisation(OrgId::from_u128(org), "Bank", "e0")
                .await
                .unwrap();
        }
        assert_eq!(
            store.organisation().await.unwrap(),
            Some(first),
            "the first one stays the first"
        );
    }
    let mut observer = connect(&url).await;
    let founded: Vec<i64> = sqlx::query_scalar("SELECT founded FROM organisation ORDER BY founded")
        .fetch_all(&mut observer)
        .await
        .unwrap();
    assert_eq!(founded, [0, 1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_database_is_refused() {
    let Some(url) = database() else { return };
    server(&url).await.close().await;
    let statement = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        VALUES (9999, 'from the future', TRUE, '\\x00', 0)";
    sqlx::query(statement).execute(&mut connect(&url).await).await.unwrap();
    assert!(matches!(
        PostgresStore::open(&url).await,
        Err(StoreError::TooNew(9_999))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_are_durable_in_a_database_set_up_otherwise() {
    let Some(url) = database() else { return };
    let mut observer = connect(&url).await;
    let name: String = sqlx::query_scalar("SELECT current_database()")
        .fetch_one(&mut observer)
        .await
        .unwrap();
    let statement = sqlx::AssertSqlSafe(format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    sqlx::query(statement).execute(&mut observer).await.unwrap();
    let store = server(&url).await;
    for pool in [&store.readers, &store.writers] {
        let setting: String = sqlx::query_scalar("SHOW synchronous_commit")
            .fetch_one(pool)
            .await
            .unwrap();
        assert_eq!(setting, "on");
    }
}

/// But for the directories that are asked before the organisation is known.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_organisation_leads_every_key() {
    let Some(url) = database() else { return };
    server(&url).await.close().await;
    let statement = "SELECT i.indexrelid::regclass::text, a.attname::text FROM pg_index i \
        JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] \
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> '_sqlx_migrations' ORDER BY 1";
    let rows = sqlx::query(statement)
        .fetch_all(&mut connect(&url).await)
        .await
        .unwrap();
    let keys = rows
        .iter()
        .map(|row| (row.get::<String, _>(0), row.get::<String, _>(1)));
    let (led, directories): (Vec<_>, Vec<_>) = keys.partition(|(_, first)| first == "org_id");
    assert!(led.len() >= 16, "{led:?}");
    let directories: Vec<&str> = directories.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(directories, ["session_pkey", "sign_in_name_pkey"]);
}
