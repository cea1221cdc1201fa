//! Bodies no generator of requests makes: packed wrongly, nested without end, larger than allowed, no text at all, and
//! good batches with one change spoiled at random. The good changes beside a bad one must come through.

use super::http::{Answer, Client, Session};
use anyhow::{Context, Result, bail, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

/// How long to wait when a session has asked too often: one more request is allowed then.
const PAUSE: Duration = Duration::from_millis(50);
/// Sessions that take turns, so that no one of them asks too often too soon.
const SESSIONS: usize = 8;
/// Larger than any request may be.
const TOO_LARGE: usize = 10_000_000;

/// A person with a device, and what it pulled.
struct Author<'a> {
    client: &'a Client,
    session: Session,
    device: String,
    records: Vec<Value>,
    cursor: Value,
    made: u64,
}

impl<'a> Author<'a> {
    /// Signs in with a device of its own.
    fn new(client: &'a Client, login: &str, number: u64) -> Result<Self> {
        let session = client.sign_in(login)?;
        let device = format!("0d15ea5e-0000-7000-8000-{:012x}", 0xf000 + number);
        let mut author = Self {
            client,
            session,
            device,
            records: Vec::new(),
            cursor: Value::Null,
            made: number << 32,
        };
        let page = author.sync(author.request(&[]).to_string().as_bytes(), &[])?.body;
        let records = page.pointer("/page/records").and_then(Value::as_array);
        author.records = records.context("nothing to pull")?.clone();
        author.cursor = page["page"]["cursor"].clone();
        Ok(author)
    }

    fn request(&self, mutations: &[Value]) -> Value {
        json!({
            "protocol": 1, "device": self.device, "cursor": self.cursor, "limit": 300, "mutations": mutations,
        })
    }

    /// Posts a body; waits when it was too many.
    fn sync(&self, body: &[u8], more: &[(&str, &str)]) -> Result<Answer> {
        let mut headers = vec![
            ("cookie", self.session.cookie.as_str()),
            ("x-rapport-csrf", self.session.csrf.as_str()),
        ];
        headers.extend(more);
        loop {
            let answer = self.client.send("POST", "/api/sync", &headers, body)?;
            if answer.status != 429 {
                return Ok(answer);
            }
            thread::sleep(PAUSE);
        }
    }

    fn fresh_id(&mut self) -> String {
        self.made += 1;
        format!("0d15ea5e-0000-7000-9000-{:012x}", self.made)
    }

    /// A change of the record with `id` in `scope`.
    fn mutation(&mut self, record: &Value, kind: &Value, scope: &Value, operation: &Value) -> Value {
        json!({
            "id": self.fresh_id(), "device": self.device, "device_seq": 1, "author": self.session.user, "at": 0,
            "record": record, "kind": kind, "scope": scope, "base": 0, "operation": operation,
        })
    }

    /// A note that nothing speaks against.
    fn note(&mut self) -> Result<Value> {
        let customer = self.records.iter().find(|record| record["kind"] == "customer");
        let scope = customer.context("no customer")?["scope"].clone();
        let record = json!(self.fresh_id());
        let operation = json!({ "write": { "text": { "to": "拜访顺利" } } });
        Ok(self.mutation(&record, &json!("note"), &scope, &operation))
    }

    /// Something of a kind this version does not know, of which it judges nothing.
    fn hologram(&mut self) -> Result<Value> {
        let mut hologram = self.note()?;
        hologram["kind"] = json!("hologram");
        Ok(hologram)
    }

    /// A change of something that was pulled.
    fn change(&mut self, random: &mut Random) -> Value {
        let record = self.records[random.below(self.records.len())].clone();
        let fields = record["fields"].as_object().into_iter().flatten();
        let mut changes: Vec<_> = fields.collect();
        changes.truncate(1 + random.below(4));
        let changes = changes
            .into_iter()
            .map(|(path, value)| (path.clone(), json!({ "from": value, "to": value })));
        let operation = json!({ "write": Value::Object(changes.collect()) });
        let mut mutation = self.mutation(&record["id"], &record["kind"], &record["scope"], &operation);
        mutation["base"] = record["version"].clone();
        mutation
    }
}

/// What it is, headers, body, and the status it must get.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Vec<u8>, u16);

/// Bodies made by hand, each with the answer it must get.
///
/// # Errors
/// One gets another.
pub fn by_hand(client: &Client) -> Result<()> {
    let mut author = Author::new(client, "rm2", 1)?;
    let good = author.note()?;
    let plain = author.request(std::slice::from_ref(&good)).to_string().into_bytes();
    let cut = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    let gzip = [("content-encoding", "gzip")];
    let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let text = |number: u32, raw: &str| {
        let mut note = good.clone();
        // Each is judged by itself: what has a known id is only answered as before.
        note["id"] = json!(format!("0d15ea5e-0000-7000-a000-{number:012x}"));
        spliced(&author.request(&[note]), "拜访顺利", raw)
    };
    let cases: Vec<Case<'_>> = vec![
        ("a good one, packed", &gzip, packed(&plain)?, 200),
        ("a packed one, cut short", &gzip, cut(&packed(&plain)?), 400),
        ("a plain one said to be packed", &gzip, plain.clone(), 400),
        (
            "200 MB of blanks, packed",
            &gzip,
            packed(&vec![b' '; 20 * TOO_LARGE])?,
            413,
        ),
        ("an unknown coding", &[("content-encoding", "br")], plain.clone(), 415),
        (
            "two codings",
            &[("content-encoding", "gzip, gzip")],
            packed(&packed(&plain)?)?,
            415,
        ),
        ("a plain text", &[("content-type", "text/plain")], plain.clone(), 200),
        ("a form", &[("content-type", "multipart/form-data")], plain.clone(), 200),
        ("no type at all", &[("content-type", "\u{1}")], plain.clone(), 400),
        ("a text cut short", &[], cut(&plain), 400),
        ("nothing", &[], Vec::new(), 400),
        ("lists without end", &[], deep(1_000_000).into_bytes(), 400),
        ("a value nested deep", &[], text(1, &deep(10_000)), 200),
        (
            "a note of 10 MB",
            &[],
            text(2, &format!("\"{}\"", "x".repeat(TOO_LARGE))),
            413,
        ),
        (
            "a note of 1 MB",
            &[],
            text(3, &format!("\"{}\"", "x".repeat(TOO_LARGE / 10))),
            200,
        ),
        ("bytes that are no text", &[], vec![0xff; 1_000], 400),
        (
            "a text that is no text",
            &[],
            [b"\"".as_slice(), &[0xc3, 0x28], b"\""].concat(),
            400,
        ),
        ("NUL in a note", &[], text(4, "\"\\u0000\""), 200),
        ("half a character in a note", &[], text(5, "\"\\udfff\""), 200),
        ("a huge number", &[], text(6, "1e999"), 200),
        (
            "a member twice",
            &[],
            spliced(&author.request(&[]), "device", "\"device\":1,\"device\""),
            400,
        ),
    ];
    for (what, headers, body, expected) in cases {
        let answer = author.sync(&body, headers)?;
        ensure!(
            answer.status == expected,
            "{what}: {} instead of {expected}: {}",
            answer.status,
            answer.body
        );
    }
    every_depth(&mut author)?;
    signing_in(client)
}

/// Whatever depth of a value is taken, the page it comes back with can be read: readers give up at some depth too.
fn every_depth(author: &mut Author<'_>) -> Result<()> {
    for depth in 1..140 {
        let mut hologram = author.hologram()?;
        hologram["operation"]["write"]["text"]["to"] = (0..depth).fold(json!(1), |value, _| json!([value]));
        let batch = [author.note()?, hologram, author.note()?];
        let request = author.request(&batch);
        let status = author.sync(request.to_string().as_bytes(), &[])?.status;
        ensure!(status == 200, "a value {depth} deep: {status}");
    }
    read_everything(author.client, "rm2")
}

fn signing_in(client: &Client) -> Result<()> {
    let credentials = |login: &str| json!({ "login": login, "password": "x" }).to_string().into_bytes();
    for (what, body, expected) in [
        ("NUL in a name", credentials("rm1\u{0}"), 401),
        ("a name of 1 MB", credentials(&"x".repeat(1_000_000)), 401),
        ("a name of 10 MB", credentials(&"x".repeat(TOO_LARGE)), 413),
        ("no JSON", b"login=rm1&password=x".to_vec(), 400),
    ] {
        let answer = client.send("POST", "/api/sign-in", &[], &body)?;
        ensure!(
            answer.status == expected,
            "{what}: {} instead of {expected}",
            answer.status
        );
    }
    Ok(())
}

/// The request as text, with the string `from` (and its quotes) replaced.
fn spliced(request: &Value, from: &str, to: &str) -> Vec<u8> {
    request.to_string().replacen(&format!("\"{from}\""), to, 1).into_bytes()
}

fn packed(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Good batches, each with one change spoiled, for about that long.
///
/// # Errors
/// A good change does not come through, or the server fails.
pub fn at_random(client: &Client, seed: u64, time: Duration) -> Result<()> {
    let mut random = Random(seed);
    let mut authors = Vec::new();
    for number in 0..SESSIONS {
        let login = ["rm2", "rm3"][number % 2];
        authors.push(Author::new(client, login, 2 + number as u64)?);
    }
    let too_far = authors[0].cursor.as_str().unwrap_or_default().to_owned() + "9999999999";
    let mut request = authors[0].request(&[]);
    request["cursor"] = json!(too_far);
    let status = authors[0].sync(request.to_string().as_bytes(), &[])?.status;
    ensure!(status == 200, "a cursor from beyond the last commit: {status}");
    let (started, mut sent) = (Instant::now(), 0_u64);
    while started.elapsed() < time {
        let author = &mut authors[random.below(SESSIONS)];
        let mut spoiled = match random.below(3) {
            0 => author.hologram()?,
            _ => author.change(&mut random),
        };
        for _ in 0..=random.below(3) {
            spoil(&mut spoiled, &mut random);
        }
        let batch = [author.note()?, spoiled.clone(), author.note()?];
        let request = author.request(&batch);
        let answer = author.sync(request.to_string().as_bytes(), &[])?;
        let through = |index: usize| {
            let outcome = answer.body.pointer(&format!("/acknowledgements/{index}/outcome"));
            outcome.is_some_and(|outcome| outcome.get("refused").is_none())
        };
        if answer.status != 200 || !through(0) || !through(2) {
            bail!(
                "batch {sent} of seed {seed}: {}: {}\nwith {spoiled}",
                answer.status,
                answer.body
            );
        }
        sent += 1;
        let mut bytes = request.to_string().into_bytes();
        let place = random.below(bytes.len());
        bytes[place] = random.below(256) as u8;
        let status = author.sync(&bytes, &[])?.status;
        ensure!(
            matches!(status, 200 | 400 | 409),
            "batch {sent} of seed {seed} with a byte changed: {status}"
        );
    }
    println!("  {sent} batches, and as many with a byte changed");
    for login in ["rm2", "rm3", "admin"] {
        read_everything(client, login)?;
    }
    Ok(())
}

/// What was written can be read again, by everybody.
fn read_everything(client: &Client, login: &str) -> Result<()> {
    let author = Author::new(client, login, 100)?;
    let mut cursor = Value::Null;
    loop {
        let mut request = author.request(&[]);
        request["cursor"] = cursor;
        let answer = author.sync(request.to_string().as_bytes(), &[])?;
        ensure!(
            answer.status == 200 && answer.body.is_object(),
            "{login} cannot read: {}",
            answer.status
        );
        if answer.body.pointer("/page/more") != Some(&json!(true)) {
            return Ok(());
        }
        cursor = answer.body["page"]["cursor"].clone();
    }
}

/// Puts something nasty in the place of one value, anywhere but the id, or takes the value away.
fn spoil(mutation: &mut Value, random: &mut Random) {
    let mut places = Vec::new();
    collect(mutation, String::new(), &mut places);
    // What it does has the most to be spoiled.
    let part = if random.below(2) == 0 { "/operation" } else { "/" };
    places.retain(|place| place.starts_with(part) && place != "/id");
    let Some(place) = places.get(random.below(places.len())) else {
        return;
    };
    let (parent, member) = place.rsplit_once('/').unwrap_or_default();
    let member = member.replace("~1", "/").replace("~0", "~");
    if random.below(5) == 0 {
        if let Some(Value::Object(members)) = mutation.pointer_mut(parent) {
            members.remove(&member);
        }
    } else if let Some(value) = mutation.pointer_mut(place) {
        *value = nasty(random);
    }
}

/// Pointers to the value and all in it.
fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    if let Value::Object(members) = value {
        for (name, member) in members {
            let name = name.replace('~', "~0").replace('/', "~1");
            collect(member, format!("{place}/{name}"), places);
        }
    }
    places.push(place);
}

fn nasty(random: &mut Random) -> Value {
    let nested = |depth: usize| (0..depth).fold(json!(0), |value, _| json!({ "x": [value] }));
    match random.below(18) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(u64::MAX),
        4 => json!(i64::MIN),
        5 => json!(1e308),
        6 => json!(""),
        7 => json!("\u{0}"),
        8 => json!("\u{202e}💥\u{feff}'; DROP TABLE record; --"),
        9 => json!("x".repeat(70_000)),
        10 => json!([]),
        11 => json!({}),
        12 => nested(30),
        13 => nested(61),
        14 => json!("00000000-0000-0000-0000-000000000000"),
        15 => json!({ "write": { "a.b": { "to": "\u{0}" }, "🦄": { "from": nested(31), "to": nested(31) } } }),
        16 => json!("organisation"),
        _ => json!({ "customer": "ffffffff-ffff-ffff-ffff-ffffffffffff" }),
    }
}

/// Numbers that look random: SplitMix64. The same seed gives the same ones.
struct Random(u64);

impl Random {
    /// A number from 0 to `limit` - 1.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        (bits % limit.max(1) as u64) as usize
    }
}
