//! Keys in a real browser: the passphrase gives them back, nothing else does, and sealed values keep their place.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use rapport_shared::ids::DeviceId;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use super::{Keys, VaultError};
use crate::db::Marker;
use crate::platform::random::Random;

wasm_bindgen_test_configure!(run_in_browser);

/// There is no such worker here: the key is derived in the page, as in browsers without module workers.
const NO_WORKER: &str = "/no-worker.js";

#[wasm_bindgen_test]
async fn the_passphrase_gives_the_key_back_and_nothing_else_does() {
    let random = Random::of_page().unwrap();
    let device = DeviceId::from_u128(7);
    let (keys, vault) = Keys::create(device, "correct horse", NO_WORKER, random.clone())
        .await
        .unwrap();
    let sealed = keys.seal_log(3, b"a note").unwrap();

    let again = Keys::unlock(&vault, "correct horse", NO_WORKER, random.clone())
        .await
        .unwrap();
    assert_eq!(again.device(), device);
    assert_eq!(again.open_log(3, &sealed), Ok(b"a note".to_vec()));
    // Moved to another place, it does not open.
    assert_eq!(again.open_log(4, &sealed), Err(VaultError::Damaged));
    assert_eq!(again.open_page(3, &sealed), Err(VaultError::Damaged));

    let wrong = Keys::unlock(&vault, "correct horsf", NO_WORKER, random.clone()).await;
    assert_eq!(wrong.err(), Some(VaultError::Wrong));
    let cut = Keys::unlock(&vault[..vault.len() / 2], "correct horse", NO_WORKER, random).await;
    assert_eq!(cut.err(), Some(VaultError::Damaged));
}

#[wasm_bindgen_test]
fn a_head_opens_at_its_marker_only() {
    let keys = Keys::for_test(1);
    let marker = Marker {
        epoch: 2,
        folded: 30,
        unsent: 0,
    };
    let sealed = keys.seal_head(marker, b"head").unwrap();
    assert_eq!(keys.open_head(marker, &sealed), Ok(b"head".to_vec()));
    let moved = Marker {
        epoch: 2,
        folded: 29,
        unsent: 0,
    };
    assert_eq!(keys.open_head(moved, &sealed), Err(VaultError::Damaged));
    assert_eq!(Keys::for_test(2).open_head(marker, &sealed), Err(VaultError::Damaged));
}
