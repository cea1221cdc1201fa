//! Who is asking: signing in and out, the session behind the cookie, the token that proves a request comes from our
//! own page. It says who somebody is, never what they may do.

pub mod password;
pub(crate) mod routes;
mod session;
pub mod throttle;

pub use routes::{session as show_session, sign_in, sign_out};
pub use session::{COOKIE, Guarded, SignedIn, holder};
