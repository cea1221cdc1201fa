//! The shell around the interface: headers, missing addresses, health. No sockets.

use crate::bank;
use axum::http::{Method, Request, StatusCode};
use rapport_server::testing::problem;
use rapport_shared::sync::wire::ProblemCode;
use sqlx::{Connection as _, SqliteConnection};

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let (bank, _folder) = bank().await;
    for path in [
        "/",
        "/customers/1",
        "/healthz",
        "/api/session",
        "/api/nothing",
        "/missing.js",
    ] {
        let (_, headers, _) = bank.send(Request::get(path).body("".into()).unwrap()).await.unwrap();
        let policy = headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{path}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(
            headers.get("cache-control").is_some_and(|v| v == "no-store"),
            path.starts_with("/api/"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_so() {
    let (bank, _folder) = bank().await;
    for (method, path, expected) in [
        (Method::GET, "/api/nothing", StatusCode::NOT_FOUND),
        (Method::GET, "/api/sync", StatusCode::METHOD_NOT_ALLOWED),
        (Method::DELETE, "/api/sign-in", StatusCode::METHOD_NOT_ALLOWED),
        (Method::POST, "/api/sync", StatusCode::UNAUTHORIZED),
        (Method::GET, "/assets/missing-1234.js", StatusCode::NOT_FOUND),
        (Method::GET, "/../Cargo.toml", StatusCode::NOT_FOUND),
        (Method::GET, "/%2e%2e/Cargo.toml", StatusCode::NOT_FOUND),
        (Method::POST, "/customers", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let request = Request::builder().method(&method).uri(path).body("".into()).unwrap();
        let (status, _, body) = bank.send(request).await.unwrap();
        assert_eq!(status, expected, "{method} {path}");
        if path.starts_with("/api/") {
            let code = problem(&body).unwrap();
            assert_ne!(code, ProblemCode::Unknown, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn health_is_the_stores() {
    let (bank, _folder) = bank().await;
    let ask = async || {
        bank.send(Request::get("/healthz").body("".into()).unwrap())
            .await
            .unwrap()
            .0
    };
    assert_eq!(ask().await, StatusCode::OK);
    bank.state.store.close().await;
    assert_eq!(ask().await, StatusCode::SERVICE_UNAVAILABLE);
    let (status, _, body) = bank
        .send(
            Request::get("/api/session")
                .header("cookie", "__Host-rapport=x")
                .body("".into())
                .unwrap(),
        )
        .await
        .unwrap();
    assert_eq!(
        (status, problem(&body).unwrap()),
        (StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::Internal)
    );
}

#[tokio::test]
async fn a_store_that_can_not_be_written_is_no_health() {
    /// For so long the last try counts.
    const A_WHILE: i64 = 5_000;
    let (bank, folder) = bank().await;
    let ask = async || {
        let request = Request::get("/healthz").body("".into()).unwrap();
        bank.send(request).await.unwrap().0
    };
    let url = format!("sqlite://{}", folder.path().join("bank.db").display());
    let mut file = SqliteConnection::connect(&url).await.unwrap();
    for (statement, expected) in [
        (
            "CREATE TRIGGER full BEFORE INSERT ON session BEGIN SELECT RAISE(ABORT, 'full'); END",
            StatusCode::SERVICE_UNAVAILABLE,
        ),
        ("DROP TRIGGER full", StatusCode::OK),
    ] {
        let before = ask().await;
        sqlx::query(statement).execute(&mut file).await.unwrap();
        assert_eq!(ask().await, before, "a moment later nothing is tried again");
        bank.pass(A_WHILE);
        assert_eq!(ask().await, expected, "{statement}");
    }
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM session")
        .fetch_one(&mut file)
        .await
        .unwrap();
    assert_eq!(left, 0, "the try leaves nothing behind");
}

#[tokio::test]
async fn the_built_app_is_served_compressed_and_kept_by_its_hash() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/app");
    let Ok(assets) = std::fs::read_dir(folder.join("assets")) else {
        eprintln!("SKIPPED: the app is not built (cargo xtask build)");
        return;
    };
    let (bank, _folder) = bank().await;
    let get = async |path: &str, name: &'static str, value: &str| {
        let request = Request::get(path).header(name, value).body("".into()).unwrap();
        bank.send(request).await.unwrap()
    };
    let (status, page, body) = get("/customers/any", "accept-encoding", "gzip, br").await;
    assert_eq!(
        (status, &page["content-encoding"]),
        (StatusCode::OK, &"br".parse().unwrap())
    );
    assert_eq!(
        (&page["cache-control"], page.contains_key("etag")),
        (&"no-cache".parse().unwrap(), true)
    );
    assert_eq!(page["content-type"], "text/html; charset=utf-8");
    let (_, plain, text) = get("/", "accept-encoding", "identity").await;
    assert!(!plain.contains_key("content-encoding") && text.len() > body.len());
    let tag = page["etag"].to_str().unwrap();
    assert_eq!(
        get("/index.html", "if-none-match", tag).await.0,
        StatusCode::NOT_MODIFIED
    );
    for asset in assets {
        let asset = asset.unwrap();
        let name = asset.file_name().to_string_lossy().into_owned();
        if asset.path().is_file() && !name.ends_with(".br") {
            let (status, headers, _) = get(&format!("/assets/{name}"), "accept-encoding", "br").await;
            assert_eq!(status, StatusCode::OK, "{name}");
            assert_eq!(
                headers["cache-control"], "public, max-age=31536000, immutable",
                "{name}"
            );
            assert_ne!(headers["content-type"], "application/octet-stream", "{name}");
        }
    }
}
