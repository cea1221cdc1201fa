//! Signing in and out over HTTP: cookies, tokens, ends of sessions, limits. No sockets.

use crate::bank;
use axum::http::header::{CONTENT_TYPE, COOKIE, RETRY_AFTER, SET_COOKIE};
use axum::http::{Method, Request, StatusCode};
use rapport_server::testing::{Bank, PASSWORD, problem};
use rapport_shared::sync::wire::{CSRF_COOKIE, CSRF_HEADER, Outcome, ProblemCode, Session, csrf_cookie};

const HOUR: i64 = 3_600_000;

async fn try_sign_in(bank: &Bank, login: &str, password: &str) -> (StatusCode, Option<ProblemCode>) {
    let body = serde_json::json!({ "login": login, "password": password }).to_string();
    let request = Request::post("/api/sign-in")
        .header(CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap();
    let (status, headers, body) = bank.send(request).await.unwrap();
    assert_eq!(
        headers.contains_key(SET_COOKIE),
        status == StatusCode::OK,
        "a cookie comes with a session only"
    );
    (status, problem(&body).ok())
}

#[tokio::test]
async fn only_name_and_password_together_open_a_session() {
    let (bank, _folder) = bank().await;
    for (login, password, expected) in [
        ("rm1", PASSWORD, None),
        ("  rm1 ", PASSWORD, None),
        ("RM1", PASSWORD, None),
        ("ｒｍ１", PASSWORD, None),
        ("rm1", "wrong", Some(ProblemCode::WrongCredentials)),
        ("rm1", "", Some(ProblemCode::WrongCredentials)),
        ("nobody", PASSWORD, Some(ProblemCode::WrongCredentials)),
        ("rm1' OR 1=1 --", PASSWORD, Some(ProblemCode::WrongCredentials)),
        ("rm1", &"x".repeat(5_000), Some(ProblemCode::WrongCredentials)),
    ] {
        assert_eq!(try_sign_in(&bank, login, password).await.1, expected, "{login}");
    }
    let trail = bank.state.store.audit_trail(bank.state.org, 100).await.unwrap();
    let count = |action: &str| trail.iter().filter(|entry| entry.action == action).count();
    // The one that was too long was not even looked at.
    assert_eq!((count("sign_in"), count("sign_in_failed")), (4, 4));
    assert!(trail.iter().all(|entry| !entry.subject.contains(PASSWORD)));
}

#[tokio::test]
async fn garbage_is_no_sign_in() {
    let (bank, _folder) = bank().await;
    for body in [
        "",
        "{",
        "[]",
        "{\"login\":1,\"password\":2}",
        "{\"login\":\"rm1\"}",
        "\u{0}",
    ] {
        let request = Request::post("/api/sign-in").body(body.into()).unwrap();
        let (status, _, answer) = bank.send(request).await.unwrap();
        assert_eq!(
            (status, problem(&answer).unwrap()),
            (StatusCode::BAD_REQUEST, ProblemCode::BadRequest),
            "{body:?}"
        );
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_for_one_account_alone() {
    let (bank, _folder) = bank().await;
    let mut last = None;
    for _ in 0..25 {
        last = try_sign_in(&bank, "rm1", "guess").await.1;
    }
    assert_eq!(last, Some(ProblemCode::TooManyRequests));
    assert_eq!(
        try_sign_in(&bank, "RM1", PASSWORD).await.1,
        Some(ProblemCode::TooManyRequests)
    );
    assert_eq!(try_sign_in(&bank, "rm2", PASSWORD).await.1, None);
}

#[tokio::test]
async fn who_asked_too_often_is_told_how_long_to_wait_and_may_leave() {
    let (bank, _folder) = bank().await;
    let busy = bank.sign_in("rm1").await.unwrap();
    let ask = async |method, path| bank.send(busy.request(method, path, "").unwrap()).await.unwrap();
    let mut answer = ask(Method::GET, "/api/session").await;
    for _ in 0..2_000 {
        if answer.0 == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        answer = ask(Method::GET, "/api/session").await;
    }
    assert_eq!(problem(&answer.2).unwrap(), ProblemCode::TooManyRequests);
    let seconds: u64 = answer.1[RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&seconds), "{seconds}");
    assert_eq!(ask(Method::POST, "/api/sign-out").await.0, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_cookie_is_locked_down_and_its_token_is_not_stored() {
    let (bank, folder) = bank().await;
    let body = serde_json::json!({ "login": "rm1", "password": PASSWORD }).to_string();
    let request = Request::post("/api/sign-in").body(body.into()).unwrap();
    let (_, headers, body) = bank.send(request).await.unwrap();
    let cookie = headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-rapport="));
    for part in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Strict", "; Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    let session: Session = serde_json::from_slice(&body).unwrap();
    // The app reads the other one, so that it knows without asking whose session the browser has.
    let for_app = headers.get_all(SET_COOKIE).iter().nth(1).unwrap().to_str().unwrap();
    let (value, attributes) = for_app.split_once("; ").unwrap();
    assert_eq!(
        value,
        format!("{CSRF_COOKIE}={}", csrf_cookie(session.profile.user, &session.csrf))
    );
    for part in ["Path=/", "Secure", "SameSite=Strict", "Max-Age="] {
        assert!(attributes.contains(part), "{attributes}");
    }
    assert!(!attributes.contains("HttpOnly") && !attributes.contains("Domain"));
    assert_eq!((session.profile.login.as_str(), session.now), ("rm1", bank.now()));
    let token = cookie["__Host-rapport=".len()..].split(';').next().unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(
            !content.windows(token.len()).any(|window| window == token.as_bytes()),
            "the token is on the disk"
        );
    }
}

#[tokio::test]
async fn a_session_ends_when_unused_when_old_and_when_signed_out() {
    let (bank, _folder) = bank().await;
    let status = async |cookie: &str| {
        let request = Request::get("/api/session")
            .header(COOKIE, cookie)
            .body("".into())
            .unwrap();
        bank.send(request).await.unwrap().0
    };
    let unused = bank.sign_in("rm1").await.unwrap();
    let used = bank.sign_in("rm2").await.unwrap();
    assert_eq!(status("").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("__Host-rapport=deadbeef").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&format!("a=b; {}", used.cookie)).await, StatusCode::OK);
    bank.pass(11 * HOUR);
    assert_eq!(status(&used.cookie).await, StatusCode::OK);
    bank.pass(2 * HOUR);
    assert_eq!(
        status(&unused.cookie).await,
        StatusCode::UNAUTHORIZED,
        "13 hours unused"
    );
    assert_eq!(status(&used.cookie).await, StatusCode::OK, "used two hours ago");
    for _ in 0..20 {
        bank.pass(10 * HOUR);
        status(&used.cookie).await;
    }
    assert_eq!(
        status(&used.cookie).await,
        StatusCode::UNAUTHORIZED,
        "older than a week"
    );

    let leaving = bank.sign_in("rm1").await.unwrap();
    let (answer, headers, _) = bank
        .send(leaving.request(Method::POST, "/api/sign-out", "").unwrap())
        .await
        .unwrap();
    assert_eq!(answer, StatusCode::NO_CONTENT);
    let cleared = headers.get_all(SET_COOKIE).iter();
    let cleared = cleared.filter(|cookie| cookie.to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(cleared.count(), 2);
    assert_eq!(status(&leaving.cookie).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_change_needs_the_token_of_its_own_session() {
    let (bank, _folder) = bank().await;
    let mine = bank.sign_in("rm1").await.unwrap();
    let other = bank.sign_in("rm2").await.unwrap();
    let body = mine.body(&[], 10).unwrap().to_string();
    let foreign = other.session().unwrap().csrf.clone();
    for (token, expected) in [
        (None, StatusCode::FORBIDDEN),
        (Some(""), StatusCode::FORBIDDEN),
        (Some("0"), StatusCode::FORBIDDEN),
        (Some(foreign.as_str()), StatusCode::FORBIDDEN),
        (Some(mine.session().unwrap().csrf.as_str()), StatusCode::OK),
    ] {
        let mut request = Request::post("/api/sync").header(COOKIE, &mine.cookie);
        if let Some(token) = token {
            request = request.header(CSRF_HEADER, token);
        }
        let (status, _, answer) = bank.send(request.body(body.clone().into()).unwrap()).await.unwrap();
        assert_eq!(status, expected, "{token:?}");
        if status != StatusCode::OK {
            assert_eq!(problem(&answer).unwrap(), ProblemCode::BadCsrfToken);
        }
    }
}

#[tokio::test]
async fn a_queue_is_not_taken_under_another_users_session() {
    let (bank, _folder) = bank().await;
    let mut mine = bank.sign_in("rm1").await.unwrap();
    let other = bank.sign_in("rm2").await.unwrap();
    let new = mine.mutation(mine.new_customer("甲").unwrap()).unwrap();
    let body = mine.body(std::slice::from_ref(&new), 10).unwrap().to_string();
    // Somebody else has signed in with this browser since the app learned of its owner's session.
    let request = Request::post("/api/sync")
        .header(COOKIE, &other.cookie)
        .header(CSRF_HEADER, &mine.session().unwrap().csrf);
    let (status, _, answer) = bank.send(request.body(body.into()).unwrap()).await.unwrap();
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(problem(&answer).unwrap(), ProblemCode::BadCsrfToken);
    // Nothing of it was settled: the owner's session takes it.
    let response = mine.sync(&[new]).await.unwrap();
    assert!(matches!(response.acknowledgements[0].outcome, Outcome::Applied { .. }));
}
