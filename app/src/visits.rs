//! Writing down what happened: the visit note and the ten-second touch. What was written before is shown elsewhere.

mod frame;
mod note;
mod touch;

pub use note::NotePage;
pub use touch::TouchPage;
