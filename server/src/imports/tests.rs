//! Whole imports on a real store: repeated, changed, refused, in part and not at all.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use rapport_shared::ids::UserId;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Record};
use rapport_shared::sync::wire::CustomerSearch;
use tempfile::TempDir;

use super::table::tests::data;
use super::*;
use crate::messages::Language;
use crate::testing::{BRANCH, Bank, profile};

mod pieces;

fn options(kind: Kind) -> Options {
    Options {
        kind,
        mapping: None,
        dry_run: false,
        owner: None,
        branch: None,
        author: None,
        customer_type: CustomerType::Corporate,
    }
}

struct Desk {
    bank: Bank,
    _folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            bank: Bank::open(&folder.path().join("bank.db")).await.unwrap(),
            _folder: folder,
        }
    }

    async fn run(&self, options: &Options, rows: &table::Table) -> Result<Report, Failed> {
        self.bank.pass(1_000);
        run(
            &*self.bank.state.store,
            self.bank.state.org,
            options,
            "file.csv",
            rows,
            self.bank.now(),
        )
        .await
    }

    async fn import(&self, options: &Options, content: &str) -> Report {
        let rows = table::read(content.as_bytes().to_vec()).unwrap();
        self.run(options, &rows).await.unwrap()
    }

    async fn refused(&self, options: &Options, content: &str) -> &'static str {
        let rows = table::read(content.as_bytes().to_vec()).unwrap();
        let told = match self.run(options, &rows).await {
            Err(Failed::Told(message)) => Some(message.key),
            _ => None,
        };
        told.unwrap()
    }

    async fn records(&self, kind: Kind) -> Vec<Record> {
        let mut reader = self.bank.state.store.read(self.bank.state.org).await.unwrap();
        reader.of_kind(&kind).await.unwrap()
    }

    async fn customer(&self, code: &str) -> Record {
        let all = self.records(Kind::Customer).await;
        all.into_iter()
            .find(|record| record.text("code") == Some(code))
            .unwrap()
    }
}

fn counts(report: &Report) -> (usize, usize, usize, usize) {
    (report.new, report.changed, report.unchanged, report.refused)
}

fn owner(record: &Record) -> Option<UserId> {
    record.id_at("owner")
}

#[tokio::test]
async fn the_exchange_lists_come_in_and_their_second_edition_changes_what_changed() {
    let (Some(older), Some(newer)) = (
        data("06_xlsx/szse/A股列表_2025-08.xlsx"),
        data("06_xlsx/szse/A股列表.xlsx"),
    ) else {
        return;
    };
    let desk = Desk::new().await;
    let options = Options {
        owner: Some("rm1".to_owned()),
        ..options(Kind::Customer)
    };
    let (older, newer) = (table::read_file(&older).unwrap(), table::read_file(&newer).unwrap());
    let dry = Options {
        dry_run: true,
        ..options.clone()
    };
    assert_eq!(counts(&desk.run(&dry, &older).await.unwrap()), (2_870, 0, 0, 0));
    assert!(
        desk.records(Kind::Customer).await.is_empty(),
        "a dry run writes nothing"
    );
    assert_eq!(counts(&desk.run(&options, &older).await.unwrap()), (2_870, 0, 0, 0));
    assert_eq!(counts(&desk.run(&options, &older).await.unwrap()), (0, 0, 2_870, 0));
    let bank = desk.customer("000001").await;
    assert_eq!(bank.text("name"), Some("平安银行股份有限公司"));
    assert_eq!(bank.text("short_name"), Some("平安银行"));
    assert_eq!(bank.text("industry"), Some("J 金融业"));
    assert_eq!(bank.text("website"), Some("bank.pingan.com"));
    assert_eq!(owner(&bank), Some(profile("rm1").unwrap().user));
    assert_eq!(
        (bank.text("branch"), bank.created.by),
        (Some(BRANCH.to_string().as_str()), profile("admin").unwrap().user)
    );
    let second = desk.run(&options, &newer).await.unwrap();
    assert_eq!((second.new, second.refused), (13, 0));
    assert!(
        second.changed > 100 && second.changed + second.unchanged == 2_867,
        "{:?}",
        counts(&second)
    );
    assert_eq!(counts(&desk.run(&options, &newer).await.unwrap()), (0, 0, 2_880, 0));
}

#[tokio::test]
async fn an_unchanged_cell_does_not_undo_an_edit() {
    let desk = Desk::new().await;
    let file = |phone: &str, email: &str| format!("客户编号,客户名称,电话,邮箱,标签\n1,甲,{phone},{email},外贸\n");
    let options = Options {
        owner: Some("rm1".to_owned()),
        ..options(Kind::Customer)
    };
    desk.import(&options, &file("111", "a@b.cn")).await;
    let record = desk.customer("1").await;
    let mut tablet = desk.bank.sign_in("rm1").await.unwrap();
    let path = |text: &str| FieldPath::parse(text).unwrap();
    let edit = Edit::of(&record)
        .change(&record, path("phone"), "999")
        .change(&record, path("tags.外贸"), false);
    tablet.sync(&[tablet.mutation(edit).unwrap()]).await.unwrap();

    assert_eq!(
        counts(&desk.import(&options, &file("111", "a@b.cn")).await),
        (0, 0, 1, 0)
    );
    assert_eq!(
        counts(&desk.import(&options, &file("111", "c@d.cn")).await),
        (0, 1, 0, 0)
    );
    let record = desk.customer("1").await;
    assert_eq!(
        (record.text("phone"), record.text("email")),
        (Some("999"), Some("c@d.cn"))
    );
    assert!(!record.flag("tags.外贸"));
    assert_eq!(
        counts(&desk.import(&options, &file("222", "c@d.cn")).await),
        (0, 1, 0, 0)
    );
    assert_eq!(
        desk.customer("1").await.text("phone"),
        Some("222"),
        "the file says something new"
    );
    // A cell that was emptied empties the field; what the file never said is left alone.
    assert_eq!(counts(&desk.import(&options, &file("222", "")).await), (0, 1, 0, 0));
    let record = desk.customer("1").await;
    assert_eq!(
        (record.text("email"), owner(&record)),
        (None, Some(profile("rm1").unwrap().user))
    );
}

#[tokio::test]
async fn rows_with_errors_are_left_out_and_told() {
    let desk = Desk::new().await;
    let content = "客户编号,客户名称,成立日期,统一社会信用代码,备注\n\
        1,甲,2001-01-01,,=1+1\n\
        2,乙,2001-13-01,bad,@x\n\
        ,丙,,,\n\
        4,丁,,,\n\
        5,,,,\n\
        4,丁二,,,\n\
        6,#N/A,,,\n";
    let report = desk.import(&options(Kind::Customer), content).await;
    assert_eq!(counts(&report), (1, 0, 0, 6));
    let text = error_file(&report, &Messages::new(Language::ZhHans));
    let expected = "\u{feff}行,列,值,原因\r\n\
        3,统一社会信用代码,bad,统一社会信用代码无效\r\n\
        3,成立日期,2001-13-01,不是日期，请写成 2026-11-21\r\n\
        4,客户编号,,该行缺少用于识别的编号\r\n\
        5,客户编号,4,第 5 行与第 7 行的编号相同：4\r\n\
        6,客户名称,,此项必填\r\n\
        7,客户编号,4,第 5 行与第 7 行的编号相同：4\r\n\
        8,客户名称,#N/A,表格中该单元格显示错误\r\n";
    assert_eq!(text, expected);
    assert_eq!(
        desk.customer("1").await.text("remark"),
        Some("=1+1"),
        "kept as the text it is"
    );
    // Put right, the rows come in with the next file; the good one is not doubled.
    let content = content
        .replace("13-01,bad", "12-01,")
        .replace("5,,,,", "5,戊,,,")
        .replace("4,丁二", "7,丁二");
    assert_eq!(
        counts(&desk.import(&options(Kind::Customer), &content).await),
        (4, 0, 1, 2)
    );
}

#[tokio::test]
async fn one_code_in_several_spellings_is_one_customer() {
    let desk = Desk::new().await;
    let customers = options(Kind::Customer);
    let file = |code: &str| format!("客户编号,客户名称\n{code},甲\n");
    assert_eq!(counts(&desk.import(&customers, &file("K001")).await), (1, 0, 0, 0));
    for code in ["k001", "Ｋ００１", " K001\u{3000}", "K001"] {
        assert_eq!(
            counts(&desk.import(&customers, &file(code)).await),
            (0, 0, 1, 0),
            "{code}"
        );
    }
    assert_eq!(desk.records(Kind::Customer).await[0].text("code"), Some("K001"));
    let holdings = "客户编号,合同号,产品名称\nｋ001,H1,存款\n";
    assert_eq!(
        counts(&desk.import(&options(Kind::Holding), holdings).await),
        (1, 0, 0, 0)
    );
    let report = desk
        .import(&customers, "客户编号,客户名称\nA1,甲\na1,乙\nＡ１,丙\n")
        .await;
    let rows: Vec<[&str; 2]> = report
        .errors
        .iter()
        .map(|error| [0, 1].map(|place| error.reason.values[place].1.as_str()))
        .collect();
    assert_eq!(rows, [["2", "3"], ["2", "3"], ["2", "4"]]);
}

#[tokio::test]
async fn the_number_of_a_document_is_a_persons_or_an_organisations() {
    let desk = Desk::new().await;
    let content = "客户编号,客户名称,客户类型,证件号码\n\
        1,甲,对公,91330100799655058B\n\
        2,乙,对公,913301007996550581\n\
        3,丙,,91330100799655058B\n\
        4,丁,,11010519491231002X\n\
        5,戊,个人,110105194912310021\n";
    let report = desk.import(&options(Kind::Customer), content).await;
    let reasons: Vec<(usize, &str)> = report
        .errors
        .iter()
        .map(|error| (error.row, error.reason.key))
        .collect();
    assert_eq!(
        reasons,
        [(3, "reason.invalid_credit_code"), (6, "reason.invalid_id_number")]
    );
    for (code, kind, field) in [
        ("1", "corporate", "credit_code"),
        ("3", "corporate", "credit_code"),
        ("4", "individual", "id_number"),
    ] {
        let record = desk.customer(code).await;
        assert_eq!(
            (record.text("type"), record.text(field).is_some()),
            (Some(kind), true),
            "{code}"
        );
    }
}

#[tokio::test]
async fn no_row_is_lost_to_a_stray_character() {
    let desk = Desk::new().await;
    let content = (0..10).fold("客户编号,客户名称\n".to_owned(), |file, row| {
        file + &format!("K{row},甲{row}\n")
    });
    let content = content.replace("K2,甲", "K2,\"甲").replace("K5,甲", "K5,甲\0");
    let report = desk.import(&options(Kind::Customer), &content).await;
    assert_eq!(counts(&report), (8, 0, 0, 2));
    let errors: Vec<(usize, &str, &str)> = report
        .errors
        .iter()
        .map(|error| (error.row, error.column.as_str(), error.reason.key))
        .collect();
    let expected = [
        (4, "客户名称", "reason.broken_quote"),
        (7, "客户名称", "reason.control_character"),
    ];
    assert_eq!(errors, expected);
}

#[tokio::test]
async fn a_file_that_does_not_fit_changes_nothing() {
    let desk = Desk::new().await;
    let customers = options(Kind::Customer);
    for (content, expected) in [
        ("x,y\n1,2\n", "file.no_header"),
        ("客户名称\n甲\n", "file.missing_column"),
        ("客户编号,客户名称,客户名称\n1,甲,乙\n", "file.duplicate_column"),
        ("客户编号,客户名称\n", "file.empty"),
    ] {
        assert_eq!(desk.refused(&customers, content).await, expected, "{content}");
    }
    let good = "客户编号,客户名称\n1,甲\n";
    for (changed, expected) in [
        (
            Options {
                owner: Some("nobody".to_owned()),
                ..customers.clone()
            },
            "import.unknown_login",
        ),
        (
            Options {
                owner: Some("office".to_owned()),
                ..customers.clone()
            },
            "import.owner_role",
        ),
        (
            Options {
                author: Some("nobody".to_owned()),
                ..customers.clone()
            },
            "import.unknown_login",
        ),
        (
            Options {
                branch: Some("月球支行".to_owned()),
                ..customers.clone()
            },
            "import.unknown_branch",
        ),
        (
            Options {
                mapping: Some("not = [toml".to_owned()),
                ..customers.clone()
            },
            "mapping.unreadable",
        ),
        (
            Options {
                mapping: Some("{\"dragon\": \"客户名称\"}".to_owned()),
                ..customers.clone()
            },
            "mapping.unknown_field",
        ),
        (
            Options {
                mapping: Some("code = \"没有\"".to_owned()),
                ..customers.clone()
            },
            "mapping.missing_header",
        ),
    ] {
        assert_eq!(desk.refused(&changed, good).await, expected);
    }
    assert!(desk.records(Kind::Customer).await.is_empty());
}

#[tokio::test]
async fn headers_are_found_below_a_title_and_by_a_mapping_file() {
    let desk = Desk::new().await;
    let titled = "客户清单 2026\n\n 客户 编号 ,客户名称(全称),注册地址,别的\n1,甲,浙江省,x\n";
    let report = desk.import(&options(Kind::Customer), titled).await;
    assert_eq!(
        (counts(&report), report.ignored),
        ((1, 0, 0, 0), vec!["别的".to_owned()])
    );
    let mapping = "code = \"Nr\"\nname = \"Firma\"\nvisiting_address = \"Ort\"\n\"consent.call\" = \"Anruf\"\n";
    let mapped = Options {
        mapping: Some(mapping.to_owned()),
        ..options(Kind::Customer)
    };
    let report = desk.import(&mapped, "Nr;Firma;Ort;Anruf\n2;乙;杭州;是\n").await;
    assert_eq!(counts(&report), (1, 0, 0, 0));
    let record = desk.customer("2").await;
    assert_eq!(
        (record.text("visiting_address"), record.flag("consent.call")),
        (Some("杭州"), true)
    );
}

#[tokio::test]
async fn customers_go_to_whom_the_file_names() {
    let desk = Desk::new().await;
    let content = "code,name,owner,身份证号\n1,甲,rm2,\n2,乙,rm3 的姓名,\n3,丙,,11010519491231002X\n4,丁,路人,\n";
    let report = desk.import(&options(Kind::Customer), content).await;
    assert_eq!(counts(&report), (3, 0, 0, 1));
    assert_eq!(report.errors[0].reason.key, "reason.unknown_person");
    let owners = [
        desk.customer("1").await,
        desk.customer("2").await,
        desk.customer("3").await,
    ];
    let user = |login: &str| Some(profile(login).unwrap().user);
    assert_eq!(owners.each_ref().map(owner), [user("rm2"), user("rm3"), None]);
    assert_eq!(owners[2].text("type"), Some("individual"));
    assert_eq!(
        owners[2].text("branch"),
        Some(BRANCH.to_string().as_str()),
        "unassigned to the only branch"
    );
    // What was imported arrives on its owner's tablet; who reads wider finds it online.
    let search = CustomerSearch {
        text: String::new(),
        after: None,
        limit: 100,
    };
    for (login, expected, seen) in [("rm1", 0, 0), ("rm2", 1, 1), ("lead1", 0, 1), ("office", 0, 3)] {
        let mut tablet = desk.bank.sign_in(login).await.unwrap();
        let found = tablet.search_online(&search).await.unwrap();
        assert_eq!(found.rows.len(), seen, "{login}");
        let records = tablet.sync(&[]).await.unwrap().page.records;
        assert_eq!(
            records.iter().filter(|record| record.kind == Kind::Customer).count(),
            expected,
            "{login}"
        );
    }
}

#[tokio::test]
async fn holdings_find_their_customers() {
    let desk = Desk::new().await;
    desk.import(&options(Kind::Customer), "code,name\nC1,甲\nC2,乙\n").await;
    let content = "客户编号,合同号,产品名称,产品类别,金额,到期日\nC1,H1,定期存款,存款,\"1,000.00\",2027/1/5\nC9,H2,理财,理财,1,\nC2,H3,贷款,贷款,abc,\n";
    let report = desk.import(&options(Kind::Holding), content).await;
    assert_eq!(counts(&report), (1, 0, 0, 2));
    let reasons: Vec<&str> = report.errors.iter().map(|error| error.reason.key).collect();
    assert_eq!(reasons, ["reason.unknown_customer", "reason.invalid_number"]);
    let holding = desk.records(Kind::Holding).await.remove(0);
    assert_eq!(holding.root(), Some(desk.customer("C1").await.id));
    assert_eq!(
        (holding.text("amount"), holding.text("maturity")),
        (Some("1000.00"), Some("2027-01-05"))
    );
    let moved = desk
        .import(&options(Kind::Holding), &content.replace("C1,H1", "C2,H1"))
        .await;
    assert_eq!(moved.errors[0].reason.key, "reason.other_customer");
    let grown = desk
        .import(&options(Kind::Holding), &content.replace("1,000.00", "2,000.00"))
        .await;
    assert_eq!(counts(&grown), (0, 1, 0, 2));
}
