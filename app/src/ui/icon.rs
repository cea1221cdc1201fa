//! Line icons, drawn on a grid of 24 by 24. They are decoration: a label says what they mean.

use leptos::prelude::*;

/// The drawings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// A sun over the horizon.
    Today,
    /// Two people.
    Customers,
    /// Two arrows in a circle.
    Sync,
    /// A cloud struck through.
    Offline,
    /// A check mark in a circle.
    Synced,
    /// An exclamation mark in a triangle.
    Warning,
    /// Sliders.
    Settings,
    /// A globe.
    Language,
    /// A padlock.
    Lock,
    /// A magnifying glass.
    Search,
    /// A plus sign.
    Plus,
    /// A pen on paper.
    Note,
    /// A telephone.
    Phone,
    /// A pencil.
    Edit,
    /// A clock turned back.
    History,
    /// Two sheets.
    Copy,
    /// A cross.
    Close,
    /// An arrow to the left.
    Back,
    /// An arrow head down.
    Down,
    /// An arrow head to the right.
    Forward,
    /// One way that parts in two.
    Fork,
    /// A check mark.
    Check,
    /// A coin.
    Money,
    /// A cake.
    Birthday,
    /// A speech bubble.
    Talk,
    /// A pin on a map.
    Place,
    /// A box with a lid.
    Empty,
    /// A sheet of a calendar.
    Calendar,
    /// A clock.
    Clock,
    /// An eye.
    Eye,
    /// Three dots.
    More,
    /// A keyboard.
    Keyboard,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Today => "M3 18h18M6 18a6 6 0 0 1 12 0M12 4v4M4.5 9.5 7 11.5M19.5 9.5 17 11.5M8 21.5h8",
            Self::Customers => {
                "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.4a3.5 3.5 0 0 1 0 6.2M18 14.2a6.5 6.5 0 0 1 3.5 5.8"
            }
            Self::Sync => {
                "M4 12a8 8 0 0 1 13.7-5.6L20 8.5M20 4v4.5h-4.5M20 12a8 8 0 0 1-13.7 5.6L4 15.500M4 20v-4.5h4.5"
            }
            Self::Offline => {
                "M3 3l18 18M7 9.200A4.5 4.5 0 0 0 7 18h10.500M11 6.200A5.5 5.5 0 0 1 17.3 11a3.6 3.6 0 0 1 3 5.3"
            }
            Self::Synced => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8 12.300l2.8 2.800L16 9.5",
            Self::Warning => "M12 4 2.8 20h18.400ZM12 10v4.500M12 17.300v.2",
            Self::Settings => {
                "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM9 19.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z"
            }
            Self::Language => {
                "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9c-3-3-3.5-6-3.5-9s.5-6 3.5-9Z"
            }
            Self::Lock => "M6 11h12v9H6ZM8.5 11V7.500a3.5 3.5 0 0 1 7 0V11M12 14.500v2",
            Self::Search => "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.3 15.3 20.5 20.5",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Note => "M13 4H5v16h14v-9M9.5 14.500l.5-3 8-8 2.5 2.5-8 8Z",
            Self::Phone => {
                "M5 4h4l1.5 4.500L8 10.300a11 11 0 0 0 5.7 5.700l1.8-2.500L20 15v4c0 .6-.4 1-1 1A15 15 0 0 1 4 5c0-.6.4-1 1-1Z"
            }
            Self::Edit => "M4 20l1-4.500L16.5 4 20 7.5 8.5 19ZM14 6.5 17.5 10",
            Self::History => "M4 12a8 8 0 1 0 2.5-5.800L4 8.500M4 4v4.500h4.500M12 7.500V12l3 2",
            Self::Copy => "M9 9h11v11H9ZM15 9V4H4v11h5",
            Self::Close => "M6 6l12 12M18 6 6 18",
            Self::Back => "M14.5 5 7.5 12l7 7",
            Self::Down => "M6 9.500l6 6 6-6",
            Self::Forward => "M9 6l6 6-6 6",
            Self::Fork => "M12 21v-6c0-4-6-4-6-9.5M12 15c0-4 6-4 6-9.5M3 8l3-3.5L9 8M15 8l3-3.5L21 8",
            Self::Check => "M5 12.500l4.5 4.500L19 7.5",
            Self::Money => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 7.5 12 12l3.5-4.500M12 12v5M9 12.500h6M9 15h6",
            Self::Birthday => {
                "M4 20h16M5 20v-8h14v8M5 15.500c2 1.5 3 1.5 4.7 0 1.6 1.5 3 1.5 4.6 0 1.7 1.5 2.7 1.5 4.7 0M12 12V8M12 4.500v.2"
            }
            Self::Talk => "M4 5h16v11h-8l-4.5 4v-4H4ZM8 9.500h8M8 12.500h5",
            Self::Place => {
                "M12 21s7-6.2 7-11.500a7 7 0 0 0-14 0C5 14.8 12 21 12 21ZM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z"
            }
            Self::Calendar => "M4 6h16v14H4ZM4 10.500h16M8 3.500v4M16 3.500v4",
            Self::Clock => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7.500V12l3.5 2",
            Self::Eye => {
                "M2.5 12S6 5.500 12 5.500 21.5 12 21.5 12 18 18.500 12 18.500 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z"
            }
            Self::Empty => "M4 8l2-4h12l2 4v12H4ZM4 8h16M9.5 12h5",
            Self::More => {
                "M5.5 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2ZM12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2ZM18.5 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2Z"
            }
            Self::Keyboard => "M3 6.500h18v11H3ZM6.500 10h.2M10 10h.2M13.500 10h.2M17 10h.2M8 14h8",
        }
    }
}

/// One icon of `size` pixels.
#[component]
pub fn Icon(
    /// The drawing.
    glyph: Glyph,
    /// Edge length in pixels.
    #[prop(default = 20)]
    size: u32,
) -> impl IntoView {
    view! {
        <svg
            viewBox="0 0 24 24"
            width=size
            height=size
            fill="none"
            stroke="currentColor"
            stroke-width="1.6"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
            focusable="false"
        >
            <path d=glyph.path()></path>
        </svg>
    }
}
