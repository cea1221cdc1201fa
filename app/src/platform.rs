//! The browser, as far as the rest of the app needs it: clock, randomness, events, storage promises, locks between
//! tabs, workers and updates. It knows nothing of books or records, and decides nothing.

pub(crate) mod channel;
pub(crate) mod clock;
pub(crate) mod compress;
pub(crate) mod cookie;
pub(crate) mod deadline;
pub(crate) mod events;
pub(crate) mod locks;
pub(crate) mod random;
pub(crate) mod storage;
pub(crate) mod stream;
pub(crate) mod task;
pub(crate) mod timing;
pub(crate) mod updates;
pub(crate) mod worker;
