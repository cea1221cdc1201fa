//! The sealed formats: golden files that today's code must open for ever, round trips, and every kind of damage.

use proptest::prelude::*;
use rapport_shared::vault::envelope::{self, OpenError, open, seal};
use rapport_shared::vault::kdf::{KdfError, KdfParameters, WrappingKey, derive_wrapping_key};
use rapport_shared::vault::keys::{self, DeviceKey, UnwrapError, WrappedKey};

const GOLDEN_ENVELOPE: &str = include_str!("../golden/envelope-1.hex");
const GOLDEN_KEY: &str = include_str!("../golden/wrapped-key-1.json");
const PASSPHRASE: &str = "正确的口令 correct horse";
const NOTE: &str = "{\"text\":\"王总下周二回话\"}";

/// Cheap parameters: these tests are about the form, not about the cost.
fn cheap() -> KdfParameters {
    KdfParameters {
        memory_kib: 64,
        iterations: 2,
        lanes: 1,
        salt: *b"sixteen salty by",
    }
}

fn device_key() -> DeviceKey {
    DeviceKey::from_bytes(*b"thirty-two bytes of a device key")
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u32> = hexadecimal.trim().chars().map(|c| c.to_digit(16).unwrap()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
        .collect()
}

#[test]
fn envelope_is_the_golden_one() {
    let sealed = seal(&device_key(), [7; 24], "pages", b"page-1", NOTE.as_bytes()).unwrap();
    assert_eq!(hexadecimal(&sealed), GOLDEN_ENVELOPE.trim());
    let opened = open(&device_key(), "pages", b"page-1", &bytes(GOLDEN_ENVELOPE)).unwrap();
    assert_eq!(String::from_utf8(opened).unwrap(), NOTE);
}

#[test]
fn wrapped_key_is_the_golden_one() {
    let wrapping = derive_wrapping_key(PASSPHRASE, &cheap()).unwrap();
    let wrapped = keys::wrap(&device_key(), &wrapping, cheap(), [9; 24]).unwrap();
    assert_eq!(wrapped.to_json().unwrap(), GOLDEN_KEY.trim());
    let stored = WrappedKey::from_json(GOLDEN_KEY).unwrap();
    let opened = keys::unwrap(&stored, &wrapping).unwrap();
    assert_eq!(opened.expose(), device_key().expose());
}

/// RFC 9106 leaves no published vector without secret and associated data; this one is of the reference
/// implementation's `argon2 -id` (see its test.c: version 0x13, m = 64 MiB is `-m 16`, t = 2, p = 1).
#[test]
fn kdf_agrees_with_the_reference_implementation() {
    let argon2 = argon2::Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        argon2::Params::new(65536, 2, 1, Some(32)).unwrap(),
    );
    let mut key = [0; 32];
    argon2.hash_password_into(b"password", b"somesalt", &mut key).unwrap();
    assert_eq!(
        hexadecimal(&key),
        "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
    );
}

#[test]
fn unwrapping_says_what_is_wrong() {
    #[track_caller]
    fn check(stored: &str, passphrase: &str, expected: Result<(), UnwrapError>) {
        let result = WrappedKey::from_json(stored).and_then(|wrapped| {
            let wrapping = derive_wrapping_key(passphrase, &wrapped.kdf).map_err(|_| UnwrapError::Damaged)?;
            keys::unwrap(&wrapped, &wrapping)
        });
        assert_eq!(result.map(drop), expected, "{stored} {passphrase}");
    }
    check(GOLDEN_KEY, PASSPHRASE, Ok(()));
    check(GOLDEN_KEY, "wrong", Err(UnwrapError::WrongPassphrase));
    check(GOLDEN_KEY, "", Err(UnwrapError::WrongPassphrase));
    let newer = "{\"format\":2,\"anything\":[]}";
    check(newer, PASSPHRASE, Err(UnwrapError::TooNew));
    for damaged in [
        "",
        "null",
        "{}",
        "{\"format\":0}",
        "{\"format\":1}",
        &GOLDEN_KEY.replace("\"iterations\":2", "\"iterations\":3"),
        &GOLDEN_KEY.replace("\"memory_kib\":64", "\"memory_kib\":4294967295"),
        &GOLDEN_KEY.replace("\"nonce\":\"09", "\"nonce\":\"08"),
        &GOLDEN_KEY.replace("\"nonce\":\"09", "\"nonce\":\""),
        &GOLDEN_KEY.replace("\"nonce\":\"09", "\"nonce\":\"ü9"),
        &GOLDEN_KEY[..GOLDEN_KEY.len() / 2],
    ] {
        check(damaged, PASSPHRASE, Err(UnwrapError::Damaged));
    }
}

#[test]
fn absurd_parameters_are_refused_at_once() {
    for parameters in [
        KdfParameters {
            memory_kib: u32::MAX,
            ..cheap()
        },
        KdfParameters {
            memory_kib: 0,
            ..cheap()
        },
        KdfParameters {
            iterations: u32::MAX,
            ..cheap()
        },
        KdfParameters {
            iterations: 0,
            ..cheap()
        },
        KdfParameters {
            lanes: u32::MAX,
            ..cheap()
        },
        KdfParameters { lanes: 0, ..cheap() },
    ] {
        let result = derive_wrapping_key(PASSPHRASE, &parameters);
        assert_eq!(result.map(drop), Err(KdfError::Parameters), "{parameters:?}");
    }
}

#[test]
fn a_newer_envelope_is_told_from_a_damaged_one() {
    #[track_caller]
    fn check(sealed: &[u8], expected: OpenError) {
        assert_eq!(open(&device_key(), "pages", b"page-1", sealed), Err(expected));
    }
    let mut newer = bytes(GOLDEN_ENVELOPE);
    newer[0] = envelope::FORMAT + 1;
    check(&newer, OpenError::TooNew);
    let mut older = bytes(GOLDEN_ENVELOPE);
    older[0] = 0;
    check(&older, OpenError::Damaged);
    check(&[], OpenError::Damaged);
    check(&[envelope::FORMAT], OpenError::Damaged);
    check(&bytes(GOLDEN_ENVELOPE)[..30], OpenError::Damaged);
}

#[test]
fn naughty_strings_come_back_from_the_envelope() {
    for text in crate::data::naughty_strings() {
        let sealed = seal(&device_key(), [1; 24], &text, text.as_bytes(), text.as_bytes()).unwrap();
        let opened = open(&device_key(), &text, text.as_bytes(), &sealed).unwrap();
        assert_eq!(opened, text.as_bytes());
    }
}

proptest! {
    #[test]
    fn what_is_sealed_opens(
        key: [u8; 32], nonce: [u8; 24], store in ".{0,12}", id: Vec<u8>, plain: Vec<u8>,
    ) {
        let key = DeviceKey::from_bytes(key);
        let sealed = seal(&key, nonce, &store, &id, &plain).unwrap();
        prop_assert_eq!(sealed.len(), plain.len() + envelope::OVERHEAD_BYTES);
        prop_assert_eq!(open(&key, &store, &id, &sealed), Ok(plain));
    }

    #[test]
    fn no_changed_bit_goes_unnoticed(plain in prop::collection::vec(any::<u8>(), 0..64), at: prop::sample::Index, bit in 0..8_u8) {
        let mut sealed = seal(&device_key(), [3; 24], "pages", b"1", &plain).unwrap();
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(open(&device_key(), "pages", b"1", &sealed).is_err());
    }

    #[test]
    fn no_cut_goes_unnoticed(plain: Vec<u8>, at: prop::sample::Index) {
        let sealed = seal(&device_key(), [3; 24], "pages", b"1", &plain).unwrap();
        prop_assert!(open(&device_key(), "pages", b"1", &sealed[..at.index(sealed.len())]).is_err());
    }

    #[test]
    fn a_value_opens_only_at_its_place(store in "[a-c]{0,3}", id in "[a-c]{0,3}", other_store in "[a-c]{0,3}", other_id in "[a-c]{0,3}") {
        let sealed = seal(&device_key(), [3; 24], &store, id.as_bytes(), b"x").unwrap();
        let opened = open(&device_key(), &other_store, other_id.as_bytes(), &sealed);
        prop_assert_eq!(opened.is_ok(), (&store, &id) == (&other_store, &other_id));
    }

    #[test]
    fn another_key_opens_nothing(key: [u8; 32]) {
        let sealed = seal(&device_key(), [3; 24], "pages", b"1", b"x").unwrap();
        let opened = open(&DeviceKey::from_bytes(key), "pages", b"1", &sealed);
        prop_assert_eq!(opened.is_ok(), &key == device_key().expose());
    }

    #[test]
    fn damage_of_a_wrapped_key_is_not_called_a_wrong_passphrase(at: prop::sample::Index, replacement in "[ -~]") {
        let stored = GOLDEN_KEY.trim();
        let at = at.index(stored.len());
        let damaged = format!("{}{replacement}{}", &stored[..at], &stored[at + 1..]);
        // Hexadecimal digits may be capitals: that is no damage.
        prop_assume!(!damaged.eq_ignore_ascii_case(stored));
        let wrapping = WrappingKey::from_bytes([0; 32]);
        let result = WrappedKey::from_json(&damaged).and_then(|wrapped| keys::unwrap(&wrapped, &wrapping));
        let error = result.map(drop).expect_err("damaged");
        // A digit of the format may have become a larger one.
        prop_assert!(matches!(error, UnwrapError::Damaged | UnwrapError::TooNew), "{damaged}");
    }
}
