//! Planning a visit, and writing down what happened: the visit note and the ten-second touch. What was written before is shown elsewhere.

mod appointment;
mod note;
mod touch;

pub use appointment::FORM as APPOINTMENT_FORM;
pub use note::FORM as NOTE_FORM;
pub use touch::FORM as TOUCH_FORM;
