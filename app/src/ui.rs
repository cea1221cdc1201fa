//! Small components on native elements, and the few things screens need from the page itself. They know nothing of
//! customers or visits: words, values and reactions come in as arguments.

mod button;
mod confirm;
mod dialog;
mod empty;
mod field;
mod finder;
mod gate;
mod group;
pub mod history;
mod icon;
mod install;
mod language;
mod later;
mod left;
mod moment;
pub mod page;
mod segmented;
mod toast;
pub mod trouble;
mod virtual_list;

pub use button::{Button, IconButton, Look};
pub use confirm::TypedConfirmation;
pub use dialog::Dialog;
pub use empty::{Banner, Empty};
pub use field::{Field, Select, TextArea};
pub use finder::{Chosen, Finder, Found, Group, marked};
pub use gate::Gate;
pub use group::Labelled;
pub use icon::{Glyph, Icon};
pub use install::{Install, InstallState, Platform, use_install};
pub use language::{LanguageSwitch, choose_language, start_language};
pub use later::Later;
pub use left::Left;
pub use moment::{Moment, MomentField, provide_today};
pub use segmented::{ChoiceChips, Segmented, ToggleChips};
pub use toast::{ToastRegion, Toasts, use_toasts};
pub use virtual_list::{Cursor, VirtualList};
