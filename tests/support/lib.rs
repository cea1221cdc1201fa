//! What the journeys stand on: the real server as a process, a network that can be cut, a real browser that can be
//! killed and started again, and ways to wait for something without guessing how long it takes. It knows the
//! screens by their `data-test` names only and never reaches into the app.

pub mod axe;
pub mod browser;
pub mod device;
pub mod environment;
pub mod link;
pub mod network;
pub mod process;
pub mod scan;
pub mod server;
pub mod stage;
pub mod tour;
pub mod wait;
