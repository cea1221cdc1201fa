//! The program as an operator runs it: exit codes and messages of its commands.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rapport"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("RAPPORT_DATABASE")
        .env("RAPPORT_PASSWORD", "long-enough")
        .output()
        .unwrap()
}

fn check(folder: &Path, arguments: &[&str], code: i32, says: &str) {
    let output = run(folder, arguments);
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    assert!(text.contains(says), "{arguments:?} does not say {says:?}: {text}");
}

/// A relationship manager, with the first team and branch.
const RM: [&str; 12] = [
    "user", "add", "--login", "rm", "--name", "小李", "--role", "rm", "--team", "一部", "--branch", "滨江",
];

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn wrong_arguments_are_explained() {
    let folder = folder();
    let titled = |title| ["handover", "--from", "a", "--to", "b", "--title", title];
    let long = "长".repeat(201);
    for (arguments, code, says) in [
        (&[][..], 2, "Usage"),
        (&["serve", "--listen", "nowhere"], 2, "--listen"),
        (&["serve", "--database", "mysql://localhost/x"], 1, "not supported"),
        (&["serve", "--database", "sqlite://"], 1, "names no file"),
        (&["import", "dragons", "x.csv"], 2, "customers"),
        (
            &["import", "customers", "missing.csv", "--language", "en"],
            1,
            "missing.csv is not there",
        ),
        (&["import", "customers", "missing.csv"], 1, "找不到文件 missing.csv"),
        (&["export", "customers"], 1, "no database"),
        (
            &["user", "add", "--login", "x", "--name", "y", "--role", "rm"],
            2,
            "--team",
        ),
        (
            &["user", "add", "--login", " ", "--name", "y", "--role", "admin"],
            1,
            "1 to 200",
        ),
        (&["demo", "--day", "yesterday"], 2, "--day"),
        (&titled(""), 1, "1 to 200"),
        (&titled("a\nb"), 1, "1 to 200"),
        (&titled(&long), 1, "1 to 200"),
    ] {
        check(folder.path(), arguments, code, says);
    }
    assert!(
        !folder.path().join("data").exists(),
        "a refused command leaves nothing behind"
    );
}

#[test]
fn a_bank_is_set_up_filled_and_exported_by_command() {
    let folder = folder();
    let folder = folder.path();
    check(
        folder,
        &["user", "add", "--login", "boss", "--name", "老板", "--role", "admin"],
        0,
        "boss",
    );
    check(
        folder,
        &["user", "add", "--login", "boss", "--name", "老板", "--role", "admin"],
        1,
        "already",
    );
    check(
        folder,
        &["user", "add", "--login", "BOSS", "--name", "老板", "--role", "admin"],
        1,
        "already",
    );
    check(folder, &RM, 0, "rm");
    check(folder, &["demo"], 1, "not empty");
    let file =
        "客户编号,客户名称,统一社会信用代码,客户经理\r\n001,甲公司,91330100799655058B,小李\r\n002,乙公司,bad,rm\r\n";
    std::fs::write(folder.join("a.csv"), file).unwrap();
    check(
        folder,
        &["import", "customers", "a.csv", "--dry-run", "--language", "en"],
        2,
        "1 new",
    );
    check(folder, &["export", "customers"], 0, "id,customer");
    check(
        folder,
        &[
            "import",
            "customers",
            "a.csv",
            "--errors",
            "e.csv",
            "--language",
            "zh-Hant",
        ],
        2,
        "拒絕 1",
    );
    let errors = std::fs::read_to_string(folder.join("e.csv")).unwrap();
    assert_eq!(
        errors,
        "\u{feff}列號,欄位,值,原因\r\n3,統一社會信用代碼,bad,統一社會信用代碼無效\r\n"
            .replace("統一社會信用代碼,", "统一社会信用代码,")
    );
    // Nothing is imported when the reasons could not be written, and no file is left when there are none.
    let good = "客户编号,客户名称\r\n003,丙公司\r\n";
    std::fs::write(folder.join("b.csv"), good).unwrap();
    std::fs::write(folder.join("c.csv"), "客户名称\r\n丙公司\r\n").unwrap();
    std::fs::write(folder.join("d.xlsx"), b"PK\x03\x04cut").unwrap();
    let import = |file, errors, code, says| {
        check(folder, &["import", "customers", file, "--errors", errors], code, says);
    };
    import("b.csv", "nowhere/e.csv", 1, "无法写入 nowhere/e.csv：所在文件夹不存在");
    import("b.csv", "b.csv", 1, "是要导入的文件");
    import("c.csv", "f.csv", 1, "缺少“客户编号”列，表头可写作：客户编号 / ");
    import("d.xlsx", "f.csv", 1, "d.xlsx 已损坏或不完整");
    import("b.csv", "f.csv", 0, "新增 1，");
    assert!(!folder.join("f.csv").exists());
    assert_eq!(std::fs::read_to_string(folder.join("b.csv")).unwrap(), good);
    check(folder, &["export", "customers"], 0, "甲公司");
    check(
        folder,
        &["export", "customers", "--format", "jsonl", "--output", "c.jsonl"],
        0,
        "2 records",
    );
    let again = ["export", "customers", "--output", "c.jsonl"];
    check(folder, &again, 1, "--force");
    assert!(
        std::fs::read_to_string(folder.join("c.jsonl"))
            .unwrap()
            .contains("\"name\":\"甲公司\"")
    );
    check(folder, &[&again[..], &["--force"]].concat(), 0, "2 records");
}

/// Every file there is, by name, with what is in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files = entries.filter(|entry| entry.path().is_file());
    files
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn no_command_writes_over_a_file_that_is_there() {
    const SAYS_SO: &str = "已存在，请另取名称，或加上 --force";
    let folder = folder();
    let folder = folder.path();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let database = ["--database", "bank.db"];
    let run = |arguments: &[&str], code, says| check(folder, &[arguments, &database].concat(), code, says);
    run(
        &["user", "add", "--login", "boss", "--name", "老板", "--role", "admin"],
        0,
        "boss",
    );
    run(&RM, 0, "rm");
    write("good.csv", "客户编号,客户名称\r\n003,丙公司\r\n");
    write("bad.csv", "客户编号,客户名称\r\n004,\r\n");
    write("map.toml", "code = \"客户编号\"\nname = \"客户名称\"\n");
    write("precious.txt", "precious");
    let before = files(folder);
    let import = |file, errors, more: &[&str], code, says| {
        let arguments = ["import", "customers", file, "--mapping", "map.toml", "--errors", errors];
        run(&[&arguments, more].concat(), code, says);
    };
    for file in ["good.csv", "bad.csv"] {
        for more in [&[][..], &["--dry-run"], &["--force"], &["--dry-run", "--force"]] {
            import(file, file, more, 1, "是要导入的文件");
            import(file, "map.toml", more, 1, "或映射文件");
            for part in ["bank.db", "./bank.db", "bank.db-wal", "bank.db-shm"] {
                import(file, part, more, 1, "属于数据库");
            }
            import(file, ".", more, 1, "不是文件");
        }
        import(file, "precious.txt", &[], 1, SAYS_SO);
        import(file, "precious.txt", &["--dry-run"], 1, SAYS_SO);
    }
    let export = |output, more: &[&str], code, says| {
        run(
            &[&["export", "customers", "--output", output], more].concat(),
            code,
            says,
        );
    };
    export("precious.txt", &[], 1, "--force");
    export("bank.db", &["--force"], 1, "belongs to the database");
    export("bank.db-wal", &["--force"], 1, "belongs to the database");
    assert_eq!(files(folder), before);

    // What is forced is written as a whole; reasons of an earlier run would mislead.
    import("bad.csv", "precious.txt", &["--force"], 2, "已写入");
    assert!(before["precious.txt"] != files(folder)["precious.txt"]);
    let rows = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap().lines().count();
    assert_eq!(rows("precious.txt"), 2);
    import("good.csv", "precious.txt", &["--force"], 0, "新增 1，");
    assert_eq!(rows("precious.txt"), 1);
    export("precious.txt", &["--force"], 0, "1 records");
    assert_eq!(rows("precious.txt"), 2);
    assert_eq!(
        files(folder).into_keys().collect::<Vec<_>>(),
        before.into_keys().collect::<Vec<_>>()
    );
}

#[test]
fn a_port_in_use_and_a_strange_database_are_explained() {
    let folder = folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check(
        folder.path(),
        &["serve", "--demo", "--listen", &address],
        1,
        "is in use",
    );
    std::fs::write(
        folder.path().join("letter.db"),
        "Dear customer, this is no database. ".repeat(100),
    )
    .unwrap();
    check(
        folder.path(),
        &["export", "customers", "--db", "letter.db"],
        1,
        "not a database",
    );
}

/// A request on a connection of its own, and its answer up to `until`, or further.
#[cfg(unix)]
fn ask(address: &str, request: &str, until: &str) -> (std::net::TcpStream, String) {
    use std::io::{Read as _, Write as _};

    let mut connection = std::net::TcpStream::connect(address).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    while !answer.contains(until) {
        let mut piece = [0; 4_096];
        let length = connection.read(&mut piece).unwrap();
        assert_ne!(length, 0, "cut off: {answer}");
        answer.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    (connection, answer)
}

/// A server that does not outlive its test.
#[cfg(unix)]
struct Running(std::process::Child);

#[cfg(unix)]
impl Drop for Running {
    fn drop(&mut self) {
        // Where the test went well it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[cfg(unix)]
fn a_server_told_to_stop_does_not_wait_for_those_who_listen() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::Stdio;

    let folder = folder();
    let boss = ["user", "add", "--login", "boss", "--name", "老板", "--role", "admin"];
    check(folder.path(), &boss, 0, "boss");
    let server = Command::new(env!("CARGO_BIN_EXE_rapport"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env_remove("RAPPORT_DATABASE")
        .env_remove("RUST_LOG")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut server = Running(server);
    let mut greeting = String::new();
    BufReader::new(server.0.stdout.as_mut().unwrap())
        .read_line(&mut greeting)
        .unwrap();
    let address = greeting.trim().rsplit('/').next().unwrap().to_owned();

    let body = r#"{"login":"boss","password":"long-enough"}"#;
    let length = body.len();
    let sign_in = format!("POST /api/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}");
    let (_, answer) = ask(&address, &sign_in, "\r\n\r\n");
    let cookie = answer.split_once("set-cookie: ").unwrap().1.split(';').next().unwrap();
    let device = "device=00000000-0000-0000-0000-000000000001";
    let listen = format!("GET /api/events?{device} HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\n\r\n");
    let (_listening, _) = ask(&address, &listen, "event: poke");

    let told = Command::new("kill")
        .args(["-TERM", &server.0.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    let mut said = String::new();
    server.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(server.0.wait().unwrap().success(), "{said}");
    assert!(!said.contains("did not finish"), "{said}");
}
