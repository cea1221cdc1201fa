//! A list of thousands of rows of one height, of which only those in sight are in the page. The height is read from
//! the first row, so it is set in the style sheet alone. Rows stay what they are, links in a list, which screen readers
//! read and count as such; the arrow keys are an addition to that, and Tab leads into the list and out of it again. On
//! paper there is no scrolling: all rows are drawn to print.

use std::ops::Range;
use std::sync::Arc;

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Element;

use super::page;

use super::later::Later;

/// Rows kept ready above and below those in sight: enough for a finger, and few enough that a key in the search does not
/// wait for what nobody sees.
const SPARE: usize = 4;
/// Taken for the height of a row until one was measured, in pixels.
const FIRST_GUESS: f64 = 64.0;

/// Which rows are in sight, with some to spare.
fn in_sight(top: f64, height: f64, row: f64, count: usize, spare: usize) -> Range<usize> {
    let row = row.max(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the list; pixels are small"
    )]
    let at = |pixels: f64| ((pixels / row).max(0.0) as usize).min(count);
    at(top).saturating_sub(spare)..(at(top + height) + 1 + spare).min(count)
}

/// Where the list has to begin so that a row is in sight; where it begins already, if it is.
fn top_for(place: usize, top: f64, height: f64, row: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "row numbers are far below 2^52")]
    let above = place as f64 * row;
    top.min(above).max(above + row - height).max(0.0)
}

/// The row to which a key leads from another one; `None` for a key that leads nowhere.
fn led_to(key: &str, from: usize, count: usize, screen: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    let to = match key {
        "ArrowDown" => from + 1,
        "ArrowUp" => from.saturating_sub(1),
        "PageDown" => from + screen,
        "PageUp" => from.saturating_sub(screen),
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(to.min(last))
}

/// Where somebody is in a list: at which row the keyboard is, and what is in sight. Whoever keeps it finds the list again
/// as it was left.
#[derive(Clone, Copy)]
pub struct Cursor {
    place: RwSignal<usize>,
    wanted: RwSignal<Option<usize>>,
    top: RwSignal<f64>,
    row_height: RwSignal<f64>,
}

impl Cursor {
    /// At the first row.
    pub fn new() -> Self {
        Self {
            place: RwSignal::new(0),
            wanted: RwSignal::new(None),
            top: RwSignal::new(0.0),
            row_height: RwSignal::new(FIRST_GUESS),
        }
    }

    /// The row, from 0. Not tracked.
    pub fn place(self) -> usize {
        self.place.get_untracked()
    }

    /// Moves the focus to a row, and the row into sight.
    pub fn go(self, place: usize) {
        self.wanted.set(Some(place));
    }
}

/// Rows for `items`; `row` draws one, whose link or button has the tab index it is given. Items are compared by identity:
/// a row redraws itself when its own data change.
#[component]
pub fn VirtualList<T, F>(
    /// The items, all of them or the first ones.
    #[prop(into)]
    items: Signal<Arc<Vec<T>>>,
    /// How many more follow later: they have their place already, so that nothing moves when they are here.
    #[prop(into)]
    to_come: Signal<usize>,
    /// What was asked for, and in which order: the answer to another question is read from the start.
    #[prop(into)]
    asked: Signal<String>,
    /// What the list holds, in words.
    #[prop(into)]
    label: TextProp,
    /// What the keys do, for those who hear the list.
    #[prop(into)]
    hint: TextProp,
    /// Where the keyboard is.
    cursor: Cursor,
    /// Draws the row of an item.
    row: F,
) -> impl IntoView
where
    T: Copy + Eq + std::hash::Hash + Send + Sync + 'static,
    F: Fn(T, Signal<i32>) -> AnyView + Copy + Send + Sync + 'static,
{
    let frame = NodeRef::<html::Div>::new();
    let rows = NodeRef::<html::Ul>::new();
    let Cursor { top, row_height, .. } = cursor;
    let height = RwSignal::new(0.0);
    let later = Later::of_view();
    let scroll_to_top_row = move || {
        // Once the list has its new height, or the browser would stop at the old end.
        later.frame(move || {
            if let Some(frame) = frame.get_untracked() {
                #[expect(clippy::cast_possible_truncation, reason = "pixels of a list")]
                frame.set_scroll_top(top.get_untracked() as i32);
            }
        });
    };
    let measure = move || {
        let (Some(frame), Some(rows)) = (frame.get_untracked(), rows.get_untracked()) else {
            return;
        };
        if frame.client_height() == 0 {
            // Hidden: it keeps its place for when it is shown again.
            return;
        }
        height.set(f64::from(frame.client_height()));
        let first = rows
            .first_element_child()
            .map(|first| first.get_bounding_client_rect().height());
        let before = row_height.get_untracked();
        if let Some(measured) = first.filter(|measured| *measured > 0.0 && (measured - before).abs() > 0.5) {
            // The same rows stay in sight when all of them get another height.
            top.set(top.get_untracked() / before * measured);
            row_height.set(measured);
        }
        scroll_to_top_row();
    };
    observe_size(frame, later, measure);
    let count = Memo::new(move |_| items.read().len() + to_come.get());
    // The first rows appear after the frame was measured; their own height is read then.
    Effect::new(move |_| {
        if count.get() > 0 {
            later.frame(measure);
        }
    });
    Effect::new(move |before: Option<String>| {
        let now = asked.get();
        if before.is_some_and(|before| before != now) {
            top.set(0.0);
            cursor.place.set(0);
            scroll_to_top_row();
        }
        now
    });
    // What nobody sees yet is drawn once what is seen is painted.
    let settled = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        let now = asked.get();
        page::once_painted(move || drop(settled.try_set(Some(now))));
    });
    let printing = page::printing();
    let range = Memo::new(move |_| {
        if printing.get() {
            return 0..count.get();
        }
        let is_settled = settled.read().as_ref() == Some(&*asked.read());
        let spare = if is_settled { SPARE } else { 0 };
        in_sight(top.get(), height.get(), row_height.get(), count.get(), spare)
    });
    // The one row that Tab leads to: where the keyboard was, or the first in sight.
    let stop = Memo::new(move |_| {
        let (range, place) = (range.get(), cursor.place.get());
        let seen = in_sight(top.get(), height.get(), row_height.get(), count.get(), 0);
        if range.contains(&place) { place } else { seen.start }
    });
    let has_focus = StoredValue::new(false);
    let focus = move |place: usize| {
        let at = top_for(
            place,
            top.get_untracked(),
            height.get_untracked(),
            row_height.get_untracked(),
        );
        cursor.place.set(place);
        top.set(at);
        scroll_to_top_row();
        request_animation_frame(move || {
            rows.get_untracked().and_then(|rows| focus_row(&rows, place));
        });
    };
    Effect::new(move |_| {
        if let Some(place) = cursor.wanted.get() {
            cursor.wanted.set(None);
            focus(place.min(count.get_untracked().saturating_sub(1)));
        }
    });
    // Whoever is at a row that goes stays in the list.
    Effect::new(move |_| {
        let _ = items.read();
        request_animation_frame(move || {
            if has_focus.try_get_value() == Some(true) && page::is_focus_lost() && count.get_untracked() > 0 {
                cursor.go(cursor.place());
            }
        });
    });
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
            return;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rows of a screen"
        )]
        let screen = (height.get_untracked() / row_height.get_untracked().max(1.0)).max(1.0) as usize;
        if let Some(place) = led_to(&event.key(), cursor.place(), count.get_untracked(), screen) {
            event.prevent_default();
            focus(place);
        }
    };
    let shown = move || {
        let range = range.get();
        let items = items.read();
        let here = range.start.min(items.len())..range.end.min(items.len());
        items.get(here).unwrap_or_default().to_vec()
    };
    // A row that only moves stays what it is, and keeps the focus.
    let places = Memo::new(move |_| (range.read().start + 1..).zip(shown()).collect::<Vec<_>>());
    let place = move |item: T| {
        let places = places.read();
        places.iter().find(|(_, other)| *other == item).map(|(place, _)| *place)
    };
    #[expect(clippy::cast_precision_loss, reason = "row numbers are far below 2^52")]
    let pixels = move |rows: usize| format!("{}px", rows as f64 * row_height.get());
    view! {
        <div
            class="virtual"
            node_ref=frame
            on:scroll=move |_| {
                let shown = later.is_here().then(|| frame.get_untracked()).flatten();
                if let Some(frame) = shown.filter(|frame| frame.client_height() > 0) {
                    top.set(f64::from(frame.scroll_top()));
                }
            }
        >
            <div class="virtual-space" style:height=move || pixels(count.get())>
                <ul
                    class="virtual-window"
                    node_ref=rows
                    aria-label=move || label.get()
                    aria-description=move || hint.get()
                    on:keydown=on_key
                    on:focusin=move |event| {
                        has_focus.set_value(true);
                        if let Some(place) = place_of(&event) {
                            cursor.place.set(place);
                        }
                    }
                    on:focusout=move |_| has_focus.set_value(false)
                    style:transform=move || format!("translateY({})", pixels(range.read().start))
                >
                    <For each=shown key=|item| *item children=move |item| view! {
                        <li aria-posinset=move || place(item) aria-setsize=move || count.get()>
                            {row(item, Signal::derive(move || if place(item) == Some(stop.get() + 1) { 0 } else { -1 }))}
                        </li>
                    }/>
                </ul>
            </div>
        </div>
    }
}

/// The row in which something got the focus.
fn place_of(event: &FocusEvent) -> Option<usize> {
    let row = event
        .target()?
        .dyn_into::<Element>()
        .ok()?
        .closest("li[aria-posinset]")
        .ok()??;
    row.get_attribute("aria-posinset")?
        .parse::<usize>()
        .ok()?
        .checked_sub(1)
}

/// Gives a row the focus. The browser does not scroll to it: it would go by where the rows were before they moved.
fn focus_row(rows: &Element, place: usize) -> Option<()> {
    let selector = format!("li[aria-posinset='{}'] :is(a, button, [data-stop])", place + 1);
    let row = rows.query_selector(&selector).ok()??;
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"preventScroll".into(), &true.into()).ok()?;
    let focus = js_sys::Reflect::get(&row, &"focus".into()).ok()?;
    focus.dyn_into::<js_sys::Function>().ok()?.call1(&row, &options).ok()?;
    Some(())
}

/// Calls `changed` whenever the element gets another size, and once at first.
fn observe_size(node: NodeRef<html::Div>, later: Later, changed: impl Fn() + Copy + 'static) {
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        // What was observed before the list went may be told after it.
        let callback = Closure::<dyn FnMut()>::new(move || {
            if later.is_here() {
                changed();
            }
        });
        let observer = web_sys::ResizeObserver::new(callback.as_ref().unchecked_ref());
        let Ok(observer) = observer else { return changed() };
        observer.observe(&element);
        let guard = StoredValue::new_local((observer, callback));
        on_cleanup(move || {
            guard.try_with_value(|(observer, _)| observer.disconnect());
        });
    });
}

#[cfg(test)]
mod tests {
    use super::{in_sight, led_to, top_for};

    #[test]
    fn keeps_rows_in_sight_and_some_spare() {
        let check = |top: f64, height: f64, count: usize, expected: std::ops::Range<usize>| {
            assert_eq!(in_sight(top, height, 50.0, count, 4), expected);
        };
        check(0.0, 500.0, 1_000, 0..15);
        check(0.0, 500.0, 3, 0..3);
        check(5_000.0, 500.0, 1_000, 96..115);
        check(49_600.0, 500.0, 1_000, 988..1_000);
        check(0.0, 0.0, 0, 0..0);
        check(-40.0, 500.0, 1_000, 0..14);
    }

    #[test]
    fn keys_lead_to_rows_and_not_beyond_them() {
        let check = |key: &str, from: usize, expected: Option<usize>| {
            assert_eq!(led_to(key, from, 100, 10), expected, "{key} from {from}");
        };
        check("ArrowDown", 0, Some(1));
        check("ArrowDown", 99, Some(99));
        check("ArrowUp", 0, Some(0));
        check("PageDown", 95, Some(99));
        check("PageUp", 25, Some(15));
        check("Home", 50, Some(0));
        check("End", 50, Some(99));
        check("x", 50, None);
        assert_eq!(led_to("End", 0, 0, 10), None);
    }

    #[test]
    fn brings_a_row_into_sight_and_leaves_one_that_is() {
        let check = |place: usize, top: f64, expected: f64| {
            assert!(
                (top_for(place, top, 500.0, 50.0) - expected).abs() < 0.1,
                "{place} {top}"
            );
        };
        check(3, 0.0, 0.0);
        check(10, 0.0, 50.0);
        check(3, 500.0, 150.0);
        check(12, 500.0, 500.0);
    }
}
