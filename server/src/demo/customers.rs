//! Customers of the demo: companies with valid credit codes, shops, and people with valid identity numbers. All made
//! up; a likeness with anybody is chance.

use rapport_shared::customers::field;
use rapport_shared::identity::{credit_code_check, resident_id_check};
use rapport_shared::ids::RecordId;
use rapport_shared::record::Kind;
use serde_json::{Value, json};

use super::book::{Book, Customer};

type FieldList = Vec<(String, Value)>;

fn named(fields: Vec<(&str, Value)>) -> FieldList {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A company.
pub(super) fn corporate(book: &mut Book<'_>, owner: usize, number: usize) -> Customer {
    let words = book.words;
    let brand = &words.brands[number % words.brands.len()];
    let (industry, trade, what) = book.random.pick(&words.trades).clone();
    let suffix = book.random.pick(&words.suffixes).clone();
    let short_name = format!("{brand}{trade}");
    let prefix = if book.random.chance(70) { "杭州" } else { "浙江" };
    // The number of turns through the brands keeps names apart that would otherwise be equal.
    let turn = ["", "新", "大", "中", "东", "西", "南", "北", "金", "银", "正", "益"][number / words.brands.len() % 12];
    let (who, sex) = person_name(book);
    let (region, address) = address(book);
    let size = *book
        .random
        .pick(&["large", "medium", "medium", "small", "small", "small", "micro"]);
    let headcount = match size {
        "large" => book.random.between(1_000, 5_000),
        "medium" => book.random.between(300, 999),
        "small" => book.random.between(20, 299),
        _ => book.random.between(3, 19),
    };
    let capital = book.random.between(1, 80) * 1_000_000;
    let founded = -book.random.between(2, 25) * 365 - book.random.between(0, 364);
    let mut fields = named(vec![
        (field::TYPE, json!("corporate")),
        (field::NAME, json!(format!("{prefix}{turn}{short_name}{suffix}"))),
        (field::SHORT_NAME, json!(format!("{turn}{short_name}"))),
        (field::CREDIT_CODE, json!(credit_code(book, "91", &region))),
        (field::INDUSTRY, json!(industry)),
        (field::SIZE, json!(size)),
        (field::REGION, json!(region)),
        (field::REGISTERED_ADDRESS, json!(address)),
        (field::VISITING_ADDRESS, json!(address)),
        (field::FOUNDED, json!(book.day_after(founded).to_string())),
        (field::LEGAL_REPRESENTATIVE, json!(who)),
        (field::PHONE, json!(format!("0571-8{}", book.random.digits(7)))),
        (field::NATURE, json!(book.random.pick(&words.natures))),
        (field::REGISTERED_CAPITAL, json!(format!("{capital}.00"))),
        (field::HEADCOUNT, json!(headcount)),
        (field::PRODUCTS, json!(what)),
    ]);
    fields.extend(relation(book, owner, number));
    let title = if sex == 'M' { "总" } else { "女士" };
    let polite = format!("{}{title}", who.chars().next().unwrap_or('王'));
    let id = create(book, owner, fields);
    let customer = Customer {
        id,
        owner,
        is_person: false,
        who: polite,
        what,
        address,
    };
    contacts(book, &customer, &who);
    customer
}

/// A shop.
pub(super) fn sole_proprietor(book: &mut Book<'_>, owner: usize, number: usize) -> Customer {
    let words = book.words;
    let (shop, industry, what) = book.random.pick(&words.shops).clone();
    let (who, _) = person_name(book);
    let (region, address) = address(book);
    let brand = book.random.pick(&words.brands).clone();
    let surname: String = who.chars().take(1).collect();
    let name = format!("杭州市{}{brand}{surname}记{shop}", district_name(book, &region));
    let mut fields = named(vec![
        (field::TYPE, json!("sole_proprietor")),
        (field::NAME, json!(name)),
        (field::SHORT_NAME, json!(format!("{brand}{surname}记{shop}"))),
        (field::CREDIT_CODE, json!(credit_code(book, "92", &region))),
        (field::INDUSTRY, json!(industry)),
        (field::SIZE, json!("micro")),
        (field::REGION, json!(region)),
        (field::VISITING_ADDRESS, json!(address)),
        (field::LEGAL_REPRESENTATIVE, json!(who)),
        (field::PHONE, json!(mobile(book))),
        (field::PRODUCTS, json!(what)),
    ]);
    fields.extend(relation(book, owner, number));
    let id = create(book, owner, fields);
    let who = format!("{surname}老板");
    Customer {
        id,
        owner,
        is_person: false,
        who,
        what,
        address,
    }
}

/// A person.
pub(super) fn individual(book: &mut Book<'_>, owner: usize, number: usize) -> Customer {
    let words = book.words;
    let (name, sex) = person_name(book);
    let (region, address) = address(book);
    // Birthdays within a month of the demo's day, for some, so that reminders have something to show.
    let years = book.random.between(23, 78);
    let days = if book.random.chance(25) {
        book.random.between(-3, 30)
    } else {
        book.random.between(31, 360)
    };
    let near = book.day_after(days);
    let born = jiff::civil::Date::new(
        near.year() - i16::try_from(years).unwrap_or(40),
        near.month(),
        near.day().min(28),
    )
    .unwrap_or(near);
    let mut fields = named(vec![
        (field::TYPE, json!("individual")),
        (field::NAME, json!(name)),
        (field::ID_NUMBER, json!(id_number(book, &region, born, sex))),
        (field::SEX, json!(if sex == 'M' { "male" } else { "female" })),
        (field::BIRTHDAY, json!(born.to_string())),
        (field::OCCUPATION, json!(book.random.pick(&words.occupations))),
        (field::REGION, json!(region)),
        (field::VISITING_ADDRESS, json!(address)),
        (field::PHONE, json!(mobile(book))),
        (field::RISK_RATING, json!(book.random.between(1, 5))),
    ]);
    fields.extend(relation(book, owner, number));
    let id = create(book, owner, fields);
    let polite = format!(
        "{}{}",
        name.chars().next().unwrap_or('王'),
        if sex == 'M' { "先生" } else { "女士" }
    );
    Customer {
        id,
        owner,
        is_person: true,
        who: polite,
        what: String::new(),
        address,
    }
}

fn create(book: &mut Book<'_>, owner: usize, fields: FieldList) -> RecordId {
    let days = -book.random.between(40, 395);
    let at = book.hour_after(days);
    let id = book.add(Kind::Customer, None, owner, at, fields);
    if book.random.chance(15) {
        let days = -book.random.between(1, 35);
        let (at, phone) = (book.hour_after(days), mobile(book));
        book.change(id, owner, at, field::PHONE, json!(phone));
    }
    id
}

/// Who is in charge, and where the relation stands.
fn relation(book: &mut Book<'_>, owner: usize, number: usize) -> FieldList {
    let profile = book.staff[owner].clone();
    let tier = *book.random.pick(&["A", "B", "B", "C", "C", "C", "C", "D"]);
    let stage = *book.random.pick(&[
        "potential",
        "development",
        "growth",
        "growth",
        "mature",
        "mature",
        "decline",
    ]);
    let since = -book.random.between(60, 3_000);
    let mut fields = named(vec![
        (field::CODE, json!(format!("C{:07}", 1_000_000 + number * 37))),
        (field::OWNER, json!(profile.user.to_string())),
        (
            field::TEAM,
            profile.team.map_or(Value::Null, |id| json!(id.to_string())),
        ),
        (
            field::BRANCH,
            profile.branch.map_or(Value::Null, |id| json!(id.to_string())),
        ),
        (field::SOURCE, json!(book.random.pick(&book.words.sources))),
        (field::SINCE, json!(book.day_after(since).to_string())),
        (field::TIER, json!(tier)),
        (field::STAGE, json!(stage)),
    ]);
    for channel in ["call", "message", "visit", "letter"] {
        if book.random.chance(75) {
            fields.push((format!("{}.{channel}", field::CONSENT), json!(true)));
        }
    }
    if book.random.chance(40) {
        let tag = book.random.pick(&book.words.tags).clone();
        fields.push((format!("{}.{tag}", field::TAGS), json!(true)));
    }
    let colleague = book
        .staff
        .iter()
        .position(|other| other.team == profile.team && other.user != profile.user);
    if let (Some(colleague), true) = (colleague, book.random.chance(4)) {
        fields.push((
            format!("{}.{}", field::CO_MANAGERS, book.staff[colleague].user),
            json!(true),
        ));
    }
    fields
}

fn contacts(book: &mut Book<'_>, customer: &Customer, legal_representative: &str) {
    use rapport_shared::contacts::field;
    let count = book.random.between(1, 3);
    for index in 0..count {
        let (name, position) = if index == 0 {
            (legal_representative.to_owned(), "董事长".to_owned())
        } else {
            (person_name(book).0, book.random.pick(&book.words.positions).clone())
        };
        let (decision, power) = match index {
            0 => ("decider", 5),
            1 => ("influencer", 3),
            _ => ("gatekeeper", 2),
        };
        let birthday = jiff::civil::Date::new(
            i16::try_from(book.random.between(1960, 1998)).unwrap_or(1980),
            i8::try_from(book.random.between(1, 12)).unwrap_or(1),
            i8::try_from(book.random.between(1, 28)).unwrap_or(1),
        );
        let fields = vec![
            (field::NAME.to_owned(), json!(name)),
            (field::ROLE.to_owned(), json!(position)),
            (format!("{}.mobile", field::PHONE), json!(mobile(book))),
            (
                field::BIRTHDAY.to_owned(),
                birthday.map_or(Value::Null, |day| json!(day.to_string())),
            ),
            (field::DECISION_ROLE.to_owned(), json!(decision)),
            (field::POWER.to_owned(), json!(power)),
            (field::ATTITUDE.to_owned(), json!(book.random.between(-1, 2))),
        ];
        let days = -book.random.between(36, 300);
        let at = book.hour_after(days);
        book.add(Kind::Contact, Some(customer.id), customer.owner, at, fields);
    }
}

fn person_name(book: &mut Book<'_>) -> (String, char) {
    let surnames: Vec<char> = book.words.surnames.chars().collect();
    // The list is by frequency: take from its front more often.
    let common = book.random.chance(60);
    let surname = if common {
        *book.random.pick(&surnames[..24.min(surnames.len())])
    } else {
        *book.random.pick(&surnames)
    };
    let (given, sex) = if book.random.chance(58) {
        (book.random.pick(&book.words.given_male), 'M')
    } else {
        (book.random.pick(&book.words.given_female), 'F')
    };
    (format!("{surname}{given}"), sex)
}

fn address(book: &mut Book<'_>) -> (String, String) {
    let (region, district, roads) = book.random.pick(&book.words.districts).clone();
    let road = book.random.pick(&roads).clone();
    let building = book.random.pick(&book.words.buildings).clone();
    let (house, floor, room) = (
        book.random.between(1, 990),
        book.random.between(2, 28),
        book.random.between(1, 12),
    );
    (
        region,
        format!("浙江省杭州市{district}{road}{house}号{building}{floor}{room:02}室"),
    )
}

fn district_name(book: &Book<'_>, region: &str) -> String {
    let districts = &book.words.districts;
    districts
        .iter()
        .find(|(code, ..)| code == region)
        .map_or_else(String::new, |(_, name, _)| name.clone())
}

fn mobile(book: &mut Book<'_>) -> String {
    let prefix = *book
        .random
        .pick(&["138", "139", "136", "150", "158", "186", "188", "177", "199"]);
    format!("{prefix}{}", book.random.digits(8))
}

/// A unified social credit code (GB 32100-2015) around an organisation code (GB 11714-1997), both with their check.
fn credit_code(book: &mut Book<'_>, class: &str, region: &str) -> String {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("MA{}", book.random.digits(6));
    let value = |character: char| character.to_digit(36).unwrap_or(0);
    let sum: u32 = body
        .chars()
        .zip(WEIGHTS)
        .map(|(character, weight)| value(character) * weight)
        .sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    let code = format!("{class}{region}{body}{check}");
    let last = credit_code_check(code.as_bytes()).map_or('0', char::from);
    format!("{code}{last}")
}

fn id_number(book: &mut Book<'_>, region: &str, born: jiff::civil::Date, sex: char) -> String {
    let order = book.random.between(1, 49) * 2 + i64::from(sex == 'M');
    let body = format!(
        "{region}{:04}{:02}{:02}{order:03}",
        born.year(),
        born.month(),
        born.day()
    );
    let last = resident_id_check(body.as_bytes()).map_or('0', char::from);
    format!("{body}{last}")
}
