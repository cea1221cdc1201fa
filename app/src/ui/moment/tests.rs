//! The fields for a day and a time in a real browser: what is typed is never lost, and means one thing.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use jiff::civil::date;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, Event, HtmlInputElement};

use super::{Moment, MomentField, provide_today};
use crate::i18n::{Language, set_language};

wasm_bindgen_test_configure!(run_in_browser);

/// A field in the page, and the value its form sees.
struct Stage {
    place: Element,
    value: ArcRwSignal<String>,
    error: ArcRwSignal<Option<String>>,
    _mounted: Box<dyn std::any::Any>,
}

impl Stage {
    fn new(start: &str) -> Self {
        set_language(Language::SimplifiedChinese);
        let place = document().create_element("div").unwrap();
        document().body().unwrap().append_child(&place).unwrap();
        let (value, error) = (ArcRwSignal::new(start.to_owned()), ArcRwSignal::new(None));
        let (given, refused) = (value.clone(), error.clone());
        let mounted = leptos::mount::mount_to(place.clone().unchecked_into(), move || {
            provide_today(|| date(2026, 11, 30));
            let (value, error) = (RwSignal::from(given), RwSignal::from(refused));
            view! { <MomentField of=Moment::Day name="when" label="When" value error/> }
        });
        Self {
            place,
            value,
            error,
            _mounted: Box::new(mounted),
        }
    }

    fn input(&self) -> HtmlInputElement {
        let found = self.place.query_selector("#input-when").unwrap();
        found.unwrap().unchecked_into()
    }

    async fn happens(&self, event: &str) {
        self.input().dispatch_event(&Event::new(event).unwrap()).unwrap();
        leptos::task::tick().await;
    }

    async fn type_text(&self, text: &str) {
        self.happens("focus").await;
        self.input().set_value(text);
        self.happens("input").await;
    }

    async fn press(&self, key: &str) {
        let make = "return new KeyboardEvent('keydown', { key, bubbles: true })";
        let event = js_sys::Function::new_with_args("key", make).call1(&wasm_bindgen::JsValue::NULL, &key.into());
        self.input().dispatch_event(event.unwrap().unchecked_ref()).unwrap();
        leptos::task::tick().await;
    }

    fn error(&self) -> String {
        let shown = self.place.query_selector(".field-error").unwrap();
        shown.and_then(|shown| shown.text_content()).unwrap_or_default()
    }

    fn told(&self) -> String {
        let told = self.place.query_selector("#input-when-help").unwrap();
        told.unwrap().text_content().unwrap()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.place.remove();
    }
}

#[wasm_bindgen_test]
async fn half_a_date_stays_and_is_refused_in_words() {
    let stage = Stage::new("1985-03-12");
    leptos::task::tick().await;
    assert_eq!(stage.input().value(), "1985年3月12日");
    // One Backspace in the middle of the date.
    stage.type_text("1985年月12日").await;
    assert_eq!(stage.value.get_untracked(), "1985年月12日");
    assert_eq!(stage.error(), "");
    stage.happens("blur").await;
    assert_eq!(stage.input().value(), "1985年月12日");
    assert!(stage.error().contains("看不出是哪一天"));
    assert_eq!(stage.input().get_attribute("aria-invalid").as_deref(), Some("true"));
    let described = stage.input().get_attribute("aria-describedby").unwrap();
    assert!(described.contains("input-when-error"));
    // Emptied on purpose, it is empty.
    stage.type_text("").await;
    stage.happens("blur").await;
    assert_eq!((stage.value.get_untracked().as_str(), stage.error().as_str()), ("", ""));
}

#[wasm_bindgen_test]
async fn a_day_that_can_be_read_is_told_while_it_is_typed() {
    let stage = Stage::new("");
    stage.type_text("明天").await;
    assert_eq!(stage.input().value(), "明天");
    assert_eq!(stage.value.get_untracked(), "2026-12-01");
    assert_eq!(stage.told(), "2026年12月1日 · 周二 · 农历十月廿三");
    stage.happens("blur").await;
    assert_eq!(stage.input().value(), "2026年12月1日");
    assert_eq!(stage.told(), "周二 · 农历十月廿三");
    set_language(Language::English);
    leptos::task::tick().await;
    assert_eq!(stage.input().value(), "1 Dec 2026");
    // What the form says about the day stands as well.
    stage.error.set(Some("too late".to_owned()));
    leptos::task::tick().await;
    assert_eq!(stage.error(), "too late");
}

#[wasm_bindgen_test]
async fn arrow_keys_step_and_the_form_may_set_the_day() {
    let stage = Stage::new("");
    stage.press("ArrowUp").await;
    assert_eq!(stage.value.get_untracked(), "2026-11-30");
    stage.press("ArrowUp").await;
    assert_eq!(stage.value.get_untracked(), "2026-12-01");
    stage.press("PageDown").await;
    assert_eq!(stage.value.get_untracked(), "2026-11-01");
    stage.type_text("12-").await;
    stage.value.set("2026-12-07".to_owned());
    leptos::task::tick().await;
    assert_eq!(stage.input().value(), "2026年12月7日");
    // A draft may hold what could not be read; it is shown and refused.
    stage.happens("blur").await;
    stage.value.set("12-".to_owned());
    leptos::task::tick().await;
    assert_eq!(stage.input().value(), "12-");
    assert!(stage.error().contains("看不出是哪一天"));
}
