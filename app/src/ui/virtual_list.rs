//! A list of thousands of rows of one height, of which only those in sight are in the page. The height is read from
//! the first row, so it is set in the style sheet alone. On paper there is no scrolling: all rows are drawn to print.

use std::ops::Range;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::later::Later;

/// Rows kept ready above and below those in sight: enough for a finger, and few enough that a key in the search does not
/// wait for what nobody sees.
const SPARE: usize = 4;
/// Taken for the height of a row until one was measured, in pixels.
const FIRST_GUESS: f64 = 64.0;

/// Which rows are in sight, with some to spare.
fn in_sight(top: f64, height: f64, row: f64, count: usize) -> Range<usize> {
    let row = row.max(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the list; pixels are small"
    )]
    let at = |pixels: f64| ((pixels / row).max(0.0) as usize).min(count);
    at(top).saturating_sub(SPARE)..(at(top + height) + 1 + SPARE).min(count)
}

/// Rows for `items`; `row` draws one. Items are compared by identity: a row redraws itself when its own data change.
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
    /// Draws the row of an item.
    row: F,
) -> impl IntoView
where
    T: Copy + Eq + std::hash::Hash + Send + Sync + 'static,
    F: Fn(T) -> AnyView + Copy + Send + Sync + 'static,
{
    let frame = NodeRef::<html::Div>::new();
    let rows = NodeRef::<html::Ul>::new();
    let top = RwSignal::new(0.0);
    let height = RwSignal::new(0.0);
    let row_height = RwSignal::new(FIRST_GUESS);
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
            scroll_to_top_row();
        }
        now
    });
    let printing = printing();
    let range = Memo::new(move |_| match printing.get() {
        true => 0..count.get(),
        false => in_sight(top.get(), height.get(), row_height.get(), count.get()),
    });
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
                    style:transform=move || format!("translateY({})", pixels(range.read().start))
                >
                    <For each=shown key=|item| *item children=move |item| view! {
                        <li aria-posinset=move || place(item) aria-setsize=move || count.get()>{row(item)}</li>
                    }/>
                </ul>
            </div>
        </div>
    }
}

/// Whether the page is being printed.
fn printing() -> RwSignal<bool> {
    let printing = RwSignal::new(false);
    let before = window_event_listener_untyped("beforeprint", move |_| {
        printing.try_set(true);
    });
    let after = window_event_listener_untyped("afterprint", move |_| {
        printing.try_set(false);
    });
    on_cleanup(move || {
        before.remove();
        after.remove();
    });
    printing
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
    use super::in_sight;

    #[test]
    fn keeps_rows_in_sight_and_some_spare() {
        let check = |top: f64, height: f64, count: usize, expected: std::ops::Range<usize>| {
            assert_eq!(in_sight(top, height, 50.0, count), expected);
        };
        check(0.0, 500.0, 1_000, 0..15);
        check(0.0, 500.0, 3, 0..3);
        check(5_000.0, 500.0, 1_000, 96..115);
        check(49_600.0, 500.0, 1_000, 988..1_000);
        check(0.0, 0.0, 0, 0..0);
        check(-40.0, 500.0, 1_000, 0..14);
    }
}
