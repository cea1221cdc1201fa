//! Passwords as Argon2id hashes (OWASP's minimum: 19 MiB, two passes). A few are checked at a time, off the threads
//! that serve requests; a password is never kept or logged.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

/// Hashes made at the same time; bounds memory under a storm of sign-ins.
const AT_ONCE: usize = 4;

/// See the module.
#[derive(Clone)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// Hashing failed: no random salt or no memory.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(String);

/// The hash of a new password, as a PHC string.
///
/// # Errors
/// [`HashError`] when the system gives no random bytes.
pub fn hash(password: &str) -> Result<String, HashError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| HashError(error.to_string()))
}

impl Passwords {
    /// Whether `password` belongs to `stored`. Without a stored hash it takes as long and says no, so that names of
    /// accounts cannot be guessed from the time of the answer.
    pub async fn verify(&self, password: String, stored: Option<String>) -> bool {
        let Ok(permit) = Arc::clone(&self.0).acquire_owned().await else {
            return false;
        };
        let check = move || {
            let _permit = permit;
            let known = stored.is_some();
            let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
            let matches = PasswordHash::new(&stored)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
            matches && known
        };
        tokio::task::spawn_blocking(check).await.unwrap_or(false)
    }
}

/// A hash of something nobody knows, made with the same parameters as all others.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$gZiV/M1gPc22ElAH/Jh1Hw$CWOrkoo7oJBQ/iyh7uJ0LO2aLEfrHwTWllSAxT0zRno";

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_opens() {
        let passwords = Passwords::default();
        let stored = hash("客户-pass").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        for (password, stored, expected) in [
            ("客户-pass", Some(stored.clone()), true),
            ("客户-pasS", Some(stored), false),
            ("anything", None, false),
            ("anything", Some("not a hash".to_owned()), false),
            ("hunter42", Some(NOBODY.to_owned()), false),
        ] {
            assert_eq!(
                passwords.verify(password.to_owned(), stored).await,
                expected,
                "{password}"
            );
        }
        PasswordHash::new(NOBODY).unwrap();
    }
}
