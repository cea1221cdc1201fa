//! Finding customers: readings, forms, ranking, marks; and the law that every name is found by its own spellings.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use calamine::{Reader, Xlsx, open_workbook};
use pinyin::ToPinyin;
use proptest::prelude::*;
use rapport_shared::contacts::ContactView;
use rapport_shared::customers::CustomerView;
use rapport_shared::ids::RecordId;
use rapport_shared::record::Kind;
use rapport_shared::search::{Hit, Query, Rank, SearchIndex, TextRole, customer_texts, in_order_of_names, sort_key};
use serde_json::json;

use crate::{data, make};

const TRADITIONAL: &str = include_str!("../../src/search/traditional.txt");

fn index(names: &[&str]) -> SearchIndex {
    SearchIndex::build(
        (1..)
            .map(make::id)
            .zip(names.iter().map(|name| [(TextRole::Name, *name)])),
    )
}

fn rank(name: &str, typed: &str) -> Option<Rank> {
    let hits = index(&[name]).search(&Query::new(typed));
    hits.first().map(|hit| hit.rank)
}

#[test]
fn characters_with_several_readings() {
    #[track_caller]
    fn check(name: &str, found: &[&str], not_found: &[&str]) {
        for typed in found {
            assert!(rank(name, typed).is_some(), "{name} by {typed}");
        }
        for typed in not_found {
            assert!(rank(name, typed).is_none(), "{name} by {typed}");
        }
    }
    check(
        "招商银行",
        &["zhaoshangyinhang", "zsyh", "zhaoshyinh", "zsyinhang", "yinxing", "zsyx"],
        &["zsyg"],
    );
    check(
        "重庆长安",
        &["chongqingchangan", "cqca", "zhongqing", "zqza"],
        &["cqcb"],
    );
    check("厦门国贸", &["xiamen", "xmgm", "shamen"], &[]);
    check("乐山电力", &["leshan", "yueshan", "lsdl", "ysdl"], &[]);
    check("音乐", &["yinyue", "yy", "yinle"], &[]);
    check("六安", &["luan", "liuan", "la"], &[]);
    check("蚌埠", &["bengbu", "bb"], &[]);
    check("单雄信", &["shanxiongxin", "danxiongxin", "sxx"], &[]);
    check("仇和", &["qiuhe", "chouhe", "qh"], &[]);
    check("解缙", &["xiejin", "jiejin", "xj"], &[]);
    check("曾国藩", &["zengguofan", "zgf", "ceng"], &[]);
    check("查良镛", &["zhaliangyong", "zly", "chaliangyong"], &[]);
    check("万俟卨", &["moqixie", "mqx"], &[]);
    check("尉迟恭", &["yuchigong", "ycg", "weichi"], &[]);
    check("朴树", &["piaoshu", "pushu", "ps"], &[]);
    check("区小明", &["ouxiaoming", "quxiaoming", "oxm"], &[]);
    check("吕布", &["lvbu", "lubu", "lübu", "LÜ", "lb"], &[]);
    check("女娲", &["nvwa", "nuwa"], &[]);
    check("西安", &["xian", "xa", "xia", "xi an"], &["xiann"]);
    check("先进", &["xian", "xianjin"], &[]);
    check("会计", &["kuaiji", "huiji", "kj"], &[]);
    check("便宜", &["pianyi", "bianyi"], &[]);
    check(
        "行行行行行行行行行行行行",
        &["hhhhhhhhhhhh", "hangxinghenghang"],
        &["hhhhhhhhhhhhx", "hhhhhhhhhhhhh"],
    );
}

#[test]
fn forms_that_are_the_same() {
    #[track_caller]
    fn check(name: &str, typed: &str) {
        assert!(rank(name, typed).is_some(), "{name} by {typed}");
    }
    check("臺灣積體電路", "台湾积体电路");
    check("台湾积体电路", "臺灣積體電路");
    check("臺灣積體電路", "taiwan");
    check("平安銀行", "平安银行");
    check("乾隆", "qianlong");
    check("后藤", "後藤");
    check("TCL科技", "ｔｃｌ");
    check("ＴＣＬ科技", "tcl科");
    check("上海浦东发展银行（集团）股份有限公司", "银行集团");
    check("阿里·巴巴", "阿里巴巴");
    check("Nestlé 雀巢", "nestle");
    check("A 股 公司", "a股公司");
    check("3M中国", "3mzg");
    check("中国一〇〇", "yll");
    check("䶮仁堂", "yanren");
    check("𬭎达", "𬭎达");
}

#[test]
fn what_is_typed_need_not_be_complete() {
    #[track_caller]
    fn check(typed: &str, expected: Option<Rank>) {
        assert_eq!(rank("平安银行", typed), expected, "{typed}");
    }
    check("平安银行", Some(Rank::ExactName));
    check("平", Some(Rank::NameStart));
    check("p", Some(Rank::PinyinStart));
    check("pi", Some(Rank::PinyinStart));
    check("pinganyinhang", Some(Rank::PinyinWhole));
    check("payh", Some(Rank::PinyinWhole));
    check("payinh", Some(Rank::PinyinWhole));
    check("平an银h", Some(Rank::PinyinWhole));
    check("PAY", Some(Rank::PinyinStart));
    check("银行", Some(Rank::NamePart));
    check("yh", Some(Rank::PinyinPart));
    check("inan", None);
    check("pyh", None);
    check("银行 平安", Some(Rank::NamePart));
    check("银行 深圳", None);
    check("。！", None);
    check("平安。", Some(Rank::NameStart));
    check(&"平安银行".repeat(40), None);
}

#[test]
fn better_matches_come_first() {
    let customer = make::customer(
        1,
        &[
            ("name", json!("青岛海尔股份有限公司")),
            ("short_name", json!("海尔")),
            ("code", json!("C0001380")),
            ("phone", json!("+86 532-8893 8138")),
            ("visiting_address", json!("青岛市崂山区海尔路1号")),
            ("tags.白电", json!(true)),
            ("tags.旧", json!(false)),
        ],
    );
    let contact = make::record(
        2,
        Kind::Contact,
        1,
        &[("name", json!("周云杰")), ("phone.mobile", json!("13800138000"))],
    );
    let view = CustomerView::of(&customer).unwrap();
    let texts = || customer_texts(view, ContactView::of(&contact));
    let mut index = SearchIndex::default();
    index.put(customer.id, texts());
    #[track_caller]
    fn check(index: &SearchIndex, typed: &str, expected: Option<Rank>) {
        let hit = index.search(&Query::new(typed)).first().map(|hit| hit.rank);
        assert_eq!(hit, expected, "{typed}");
    }
    check(&index, "海尔", Some(Rank::ExactName));
    check(&index, "qdhe", Some(Rank::PinyinStart));
    check(&index, "he", Some(Rank::PinyinWhole));
    check(&index, "c0001380", Some(Rank::ExactCode));
    check(&index, "C0001", Some(Rank::CodeStart));
    check(&index, "1380", Some(Rank::CodePart));
    check(&index, "8138", Some(Rank::PhoneEnd));
    check(&index, "138-0013-8000", Some(Rank::ExactCode));
    check(&index, "8000", Some(Rank::PhoneEnd));
    check(&index, "zhouyunjie", Some(Rank::Person));
    check(&index, "周云", Some(Rank::Person));
    check(&index, "崂山", Some(Rank::Other));
    check(&index, "laoshan", None);
    check(&index, "白电", Some(Rank::Other));
    check(&index, "旧", None);
    check(&index, "haier 8000", Some(Rank::PhoneEnd));
    check(&index, "haier 9999", None);
}

#[test]
fn order_of_hits() {
    #[track_caller]
    fn check(names: &[&str], typed: &str, expected: &[&str]) {
        let hits = index(names).search(&Query::new(typed));
        let found: Vec<&str> = hits
            .iter()
            .map(|hit| names[usize::try_from(number(hit)).unwrap() - 1])
            .collect();
        assert_eq!(found, expected, "{typed}");
    }
    let names = ["中国平安", "平安银行", "平安", "张裕", "安徽平安里", "阿胶", "Apple"];
    check(&names, "平安", &["平安", "平安银行", "安徽平安里", "中国平安"]);
    check(&names, "pa", &["平安", "平安银行", "安徽平安里", "中国平安"]);
    check(
        &names,
        "",
        &["阿胶", "安徽平安里", "Apple", "平安", "平安银行", "张裕", "中国平安"],
    );
    check(
        &names,
        "a",
        &["Apple", "阿胶", "安徽平安里", "平安", "平安银行", "中国平安"],
    );
}

fn number(hit: &Hit) -> u128 {
    u128::from_be_bytes(*hit.id.as_bytes())
}

#[test]
fn a_changed_customer_is_found_by_what_it_is_now() {
    let mut index = index(&["平安银行", "招商银行"]);
    index.put(make::id(1), [(TextRole::Name, "兴业银行")]);
    index.put(make::id(3), [(TextRole::Name, "平安证券")]);
    index.remove(make::id(2));
    index.remove(make::id(99));
    assert_eq!(index.len(), 2);
    let found = |typed: &str| index.search(&Query::new(typed)).iter().map(number).collect::<Vec<_>>();
    assert_eq!(found("yh"), [1]);
    assert_eq!(found("pa"), [3]);
    assert_eq!(found("zs"), []);
    assert_eq!(found(""), [3, 1]);
}

#[test]
fn matches_are_marked() {
    #[track_caller]
    fn check(text: &str, typed: &str, expected: &[&str]) {
        let ranges = Query::new(typed).highlight(text);
        let marked: Vec<&str> = ranges.into_iter().map(|range| &text[range]).collect();
        assert_eq!(marked, expected, "{text} by {typed}");
    }
    check("平安银行", "安银", &["安银"]);
    check("平安银行", "anyin", &["安银"]);
    check("平安银行", "anyi", &["安银"]);
    check("平安銀行", "银行 pa", &["平安銀行"]);
    check("平安银行", "pa h", &["平安", "行"]);
    check("浦东发展（集团）银行", "集团银", &["集团）银"]);
    check("TCL科技", "ｔcl", &["TCL"]);
    check("Ünïcode 公司", "unicode", &[]);
    check("Café 公司", "cafe", &["Café"]);
    check("平安", "zz", &[]);
    check("平安", "", &[]);
}

#[test]
fn names_sort_as_in_a_directory() {
    let mut names = [
        "张", "重庆", "长安", "安徽", "昂立", "阿胶", "银行", "Apple", "3M", "吕", "卢",
    ];
    names.sort_by_key(|name| sort_key(name));
    assert_eq!(
        names,
        [
            "3M", "阿胶", "安徽", "昂立", "Apple", "长安", "重庆", "卢", "吕", "银行", "张"
        ]
    );
}

#[test]
fn an_index_is_not_needed_for_the_order_of_names() {
    let names = ["张", "重庆", "长安", "安徽", "安徽", "Apple", "3M", "卢"];
    let every = index(&names).search(&Query::new(" "));
    let every: Vec<RecordId> = every.into_iter().map(|hit| hit.id).collect();
    let named = (1..).zip(names).map(|(number, name)| (make::id(number), name));
    assert_eq!(in_order_of_names(named), every);
}

/// The usual readings of a name by another source than ours, and their initials; what has none stays as it is.
fn spelled(name: &str) -> (String, String) {
    let (mut full, mut initials) = (String::new(), String::new());
    for character in name.chars() {
        match character.to_pinyin() {
            Some(reading) => {
                full.push_str(reading.plain());
                initials.extend(reading.plain().chars().next());
            }
            None => {
                full.push(character);
                initials.push(character);
            }
        }
    }
    (full, initials)
}

/// The traditional form of each simplified character that has one.
static FORMS: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    let lines = TRADITIONAL.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.flat_map(|line| line.split(' '));
    let both = pairs.map(|pair| pair.chars().collect::<Vec<_>>());
    both.map(|both| (both[1], both[0])).collect()
});

/// The name in traditional characters, as far as the table has them.
fn traditional(name: &str) -> String {
    name.chars().map(|c| FORMS.get(&c).copied().unwrap_or(c)).collect()
}

/// Asserts that the name is found by each of its own spellings, and that what is marked lies in it.
#[track_caller]
fn check_own_spellings(name: &str) {
    let (full, initials) = spelled(name);
    let tail: String = name.chars().skip(name.chars().count() / 2).collect();
    let words = name.replace(['（', '(', '.', ','], " ");
    let counts = |typed: &str| typed.chars().any(char::is_alphanumeric);
    let index = index(&[name]);
    for typed in [
        name,
        &full,
        &initials,
        &tail,
        &traditional(name),
        &name.to_uppercase(),
        &words,
    ] {
        let query = Query::new(typed);
        assert!(!index.search(&query).is_empty() || !counts(typed), "{name} by {typed}");
        for range in query.highlight(name) {
            assert!(
                name.get(range).is_some_and(|marked| !marked.is_empty()),
                "{name} by {typed}"
            );
        }
    }
}

#[test]
fn real_names_are_found_by_their_own_spellings() {
    for name in real_names() {
        check_own_spellings(&name);
    }
}

#[test]
fn naughty_strings_are_searched_and_search() {
    let strings = data::naughty_strings();
    let index = index(&strings.iter().map(String::as_str).collect::<Vec<_>>());
    for text in &strings {
        let query = Query::new(text);
        let found = index.search(&query);
        let is_its_own = |hit: &Hit| strings[usize::try_from(number(hit)).unwrap() - 1] == *text;
        let counts = query.is_blank() || !query.highlight(text).is_empty();
        assert_eq!(found.iter().any(is_its_own), counts, "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_chinese_name_is_found_by_its_own_spellings(name in "[\\u{4e00}-\\u{9fa5}]{1,12}") {
        check_own_spellings(&name);
    }

    #[test]
    fn nothing_breaks_the_search(name in ".{0,40}", typed in ".{0,40}") {
        let _ = rank(&name, &typed);
        let mut end = 0;
        for range in Query::new(&typed).highlight(&name) {
            prop_assert!(range.start >= end && range.start < range.end);
            prop_assert!(name.get(range.clone()).is_some());
            end = range.end + 1;
        }
    }
}

/// All names of the listed companies and of the brand list.
fn real_names() -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if let Some(brands) = data::read("08_zh_text/company_names/company_short_names.txt") {
        names.extend(brands.lines().map(str::to_owned));
    }
    let path = data::path("06_xlsx/szse/A股列表.xlsx");
    match open_workbook::<Xlsx<_>, _>(&path) {
        Ok(mut workbook) => {
            let range = workbook.worksheet_range_at(0).unwrap().unwrap();
            let texts = range.rows().skip(1).flat_map(|row| row.iter().skip(1).take(5));
            names.extend(texts.map(ToString::to_string).filter(|text| !text.is_empty()));
        }
        Err(_) => eprintln!("SKIPPED: {} is absent", path.display()),
    }
    names
}
