//! Check digits of credit codes and identity numbers.

use jiff::civil::date;
use proptest::prelude::*;
use rapport_shared::identity::{
    Resident, credit_code_check, is_credit_code, is_region, is_resident_id, normalise, resident, resident_id_check,
};

#[test]
fn credit_codes() {
    #[track_caller]
    fn check(code: &str, expected: bool) {
        assert_eq!(is_credit_code(code), expected, "{code}");
    }
    // Codes of well-known listed companies and banks, as they are on their public licences.
    check("91350100M000100Y43", true);
    check("914403001922038216", true);
    check("9144030071526726XG", true);
    check("91330100799655058B", true);
    check("91100000100003962T", true);
    check("911100001000044477", true);
    check("911100001000044478", false);
    check("91350100m000100y43", false);
    check("91350100M000100Y4", false);
    check("91350100M000100Y433", false);
    check("9135010OM000100Y43", false);
    check("91350100M000100I43", false);
    check("", false);
    check("９1350100M000100Y43", false);
    check("000000000000000000", false);
    check("王王王王王王", false);
}

#[test]
fn resident_ids() {
    #[track_caller]
    fn check(number: &str, expected: Option<(jiff::civil::Date, bool)>) {
        let expected = expected.map(|(birthday, is_male)| Resident { birthday, is_male });
        assert_eq!(resident(number), expected, "{number}");
        assert_eq!(is_resident_id(number), expected.is_some(), "{number}");
    }
    // The two examples of GB 11643-1999.
    check("11010519491231002X", Some((date(1949, 12, 31), false)));
    check("440524188001010014", Some((date(1880, 1, 1), true)));
    check("11010519491231002x", None);
    check("110105194912310021", None);
    check("110105491231002", None);
    // 30 February, with a right check digit.
    check("110105199002300017", None);
    check("", None);
    check("王芳王芳王芳", None);
}

#[test]
fn what_people_paste_is_normalised() {
    #[track_caller]
    fn check(typed: &str, expected: &str) {
        assert_eq!(normalise(typed), expected, "{typed}");
    }
    check(" 91350100m000100y43\n", "91350100M000100Y43");
    check("９１３５０１００Ｍ０００１００Ｙ４３", "91350100M000100Y43");
    check("9135 0100-M000 100Y43", "91350100M000100Y43");
    check("　110105 1949 1231 002x", "11010519491231002X");
}

#[test]
fn regions() {
    #[track_caller]
    fn check(code: &str, expected: bool) {
        assert_eq!(is_region(code), expected, "{code}");
    }
    check("440305", true);
    check("044030", false);
    check("4403", false);
    check("44030x", false);
    check("４４０３０５", false);
}

#[test]
fn naughty_strings_are_no_identity_numbers() {
    for text in crate::data::naughty_strings() {
        assert!(!is_credit_code(&text) && !is_resident_id(&text), "{text:?}");
        let _ = normalise(&text);
    }
}

const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

prop_compose! {
    fn credit_code()(
        head in "[0-9A-HJ-NP-RTUWXY]{2}", region in "[1-9][0-9]{5}", subject in "[0-9A-HJ-NP-RTUWXY]{9}",
    ) -> String {
        let body = format!("{head}{region}{subject}");
        let check = credit_code_check(body.as_bytes()).expect("the alphabet");
        format!("{body}{}", char::from(check))
    }
}

prop_compose! {
    fn resident_id()(
        region in "[1-9][0-9]{5}", year in 1900..2100_i16, month in 1..=12_i8, day in 1..=28_i8, order in "[0-9]{3}",
    ) -> String {
        let body = format!("{region}{year:04}{month:02}{day:02}{order}");
        let check = resident_id_check(body.as_bytes()).expect("digits");
        format!("{body}{}", char::from(check))
    }
}

proptest! {
    #[test]
    fn made_credit_codes_are_valid_and_one_wrong_character_is_noticed(
        code in credit_code(), at in 0..18_usize, other in prop::sample::select(ALPHABET),
    ) {
        prop_assert!(is_credit_code(&code));
        let mut wrong = code.clone().into_bytes();
        prop_assume!(wrong[at] != other);
        wrong[at] = other;
        prop_assert!(!is_credit_code(&String::from_utf8(wrong).unwrap()));
    }

    #[test]
    fn two_characters_of_a_credit_code_exchanged_are_noticed(code in credit_code(), at in 0..17_usize) {
        let mut wrong = code.clone().into_bytes();
        wrong.swap(at, at + 1);
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assert_eq!(is_credit_code(&wrong), wrong == code);
    }

    #[test]
    fn made_identity_numbers_are_valid_and_one_wrong_digit_is_noticed(
        number in resident_id(), at in 0..17_usize, other in b'0'..=b'9',
    ) {
        prop_assert!(is_resident_id(&number));
        let mut wrong = number.clone().into_bytes();
        prop_assume!(wrong[at] != other);
        wrong[at] = other;
        prop_assert!(!is_resident_id(&String::from_utf8(wrong).unwrap()));
    }
}
