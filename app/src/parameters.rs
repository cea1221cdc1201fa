//! The numbers of the bank's rules: a list for everybody to read, and a screen for each, where its past is and where
//! administrators set it. What counts when is decided in `shared::settings`.

mod past;
mod set;
mod shown;

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use rapport_shared::access::may_write;
use rapport_shared::parameters;
use rapport_shared::record::{Kind, Record};
use rapport_shared::settings::{Area, Dated, Parameter, Standing, dated};

use self::past::Past;
pub use self::set::FORM;
use self::set::SetForm;
use self::shown::{bounds, default_of, help, label, passed_over, since, value};
use crate::book::{Book, use_book};
use crate::i18n::texts;
use crate::i18n::texts::parameters as words;
use crate::i18n::{choice, short_date};
use crate::routes;
use crate::ui::{Banner, Empty, Glyph, Icon};

/// The records that were set.
fn records(book: Book) -> Vec<Record> {
    book.read(|replica| replica.iter(&Kind::Setting).cloned().collect())
}

/// The list.
#[component]
pub fn ParametersPage() -> impl IntoView {
    let book = use_book();
    let records = Memo::new(move |_| records(book));
    view! {
        <div class="page">
            <div class="page-inner page-narrow">
                <header class="page-head">
                    <div>
                        <h1>{words::title}</h1>
                        <p>{words::lead}</p>
                    </div>
                    <Back to=routes::SETTINGS label=texts::settings::title/>
                </header>
                {Area::ALL.iter().map(|area| view! { <AreaSheet area=*area records/> }).collect_view()}
            </div>
        </div>
    }
}

/// The way back to where `label` says.
#[component]
fn Back(to: &'static str, label: fn() -> &'static str) -> impl IntoView {
    view! {
        <A href=to attr:class="button" attr:data-look="plain" attr:data-test="back">
            <Icon glyph=Glyph::Back/>
            <span>{label}</span>
        </A>
    }
}

#[component]
fn AreaSheet(area: Area, records: Memo<Vec<Record>>) -> impl IntoView {
    let of_area = parameters::ALL
        .into_iter()
        .filter(move |parameter| parameter.area == area);
    view! {
        <section class="sheet">
            <div class="sheet-head"><h2>{move || choice("parameter_area", area.as_str())}</h2></div>
            <ul>{of_area.map(|parameter| view! { <Row parameter records/> }).collect_view()}</ul>
        </section>
    }
}

/// One parameter: what it is, what it is now, since when and by whose word, what comes, and what is passed over.
#[component]
fn Row(parameter: &'static Parameter, records: Memo<Vec<Record>>) -> impl IntoView {
    let book = use_book();
    let now = move || value(parameter, &book.settings().numbers(parameter));
    let notes = move || {
        let (records, today) = (records.read(), book.today());
        let dated = dated(parameter, &*records, today);
        notes(book, parameter, &dated)
    };
    view! {
        <li>
            <A
                href=routes::parameter(parameter.name)
                attr:class="row parameter-row"
                attr:data-test=format!("parameter-{}", parameter.name)
            >
                <span class="row-main">
                    <span class="cluster spread">
                        <span class="row-title">{move || label(parameter)}</span>
                        <span class="figure" data-test="parameter-now">{now}</span>
                    </span>
                    <span class="row-detail">{move || help(parameter)}</span>
                    {move || notes().into_iter().map(|(tone, text)| view! {
                        <span class="row-detail small" data-tone=tone>{text}</span>
                    }).collect_view()}
                </span>
                <Icon glyph=Glyph::Forward size=18/>
            </A>
        </li>
    }
}

/// What is said below a parameter: since when, what comes, what is passed over; with the tone of each.
fn notes(book: Book, parameter: &Parameter, dated: &[Dated<'_>]) -> Vec<(&'static str, String)> {
    let today = book.today();
    let mut notes = vec![("quiet", since(parameter, dated, today))];
    let coming = dated.iter().rev().filter(|dated| dated.standing == Standing::Coming);
    notes.extend(coming.filter_map(|dated| {
        let (day, numbers) = (dated.view.valid_from()?, dated.numbers.as_ref().ok()?);
        Some((
            "accent",
            words::coming(short_date(day, today), value(parameter, numbers)),
        ))
    }));
    notes.extend(passed_over(dated, today).map(|text| ("amber", text)));
    notes
}

/// One parameter. Part of the desk: see `shell::desk`.
#[component]
pub fn ParameterPage() -> impl IntoView {
    let address = use_params_map();
    let named = Memo::new(move |_| address.read().get("name").and_then(|name| parameters::named(&name)));
    move || match named.get() {
        Some(parameter) => view! { <OneParameter parameter/> }.into_any(),
        None => view! {
            <div class="page">
                <h1 class="visually-hidden">{words::title}</h1>
                <Empty title=words::unknown help=words::unknown_help>
                    <A href=routes::PARAMETERS attr:class="button">{words::title}</A>
                </Empty>
            </div>
        }
        .into_any(),
    }
}

#[component]
fn OneParameter(parameter: &'static Parameter) -> impl IntoView {
    let book = use_book();
    let records = Memo::new(move |_| records(book));
    let may = move || {
        book.profile()
            .read()
            .as_ref()
            .is_some_and(|profile| may_write(profile, &Kind::Setting))
    };
    let now = move || value(parameter, &book.settings().numbers(parameter));
    let warnings = move || {
        let today = book.today();
        passed_over(&dated(parameter, &*records.read(), today), today).collect::<Vec<_>>()
    };
    view! {
        <div class="page">
            <div class="page-inner page-narrow">
                <header class="page-head">
                    <div>
                        <h1>{move || label(parameter)}</h1>
                        <p>{move || help(parameter)}</p>
                    </div>
                    <Back to=routes::PARAMETERS label=words::title/>
                </header>
                {move || warnings().into_iter().map(|text| view! { <Banner tone="amber" text/> }).collect_view()}
                <section class="sheet">
                    <div class="setting">
                        <h2>{words::now}</h2>
                        <p class="figure" data-test="parameter-now">{now}</p>
                    </div>
                    <p class="small quiet">{move || bounds(parameter)} " · " {move || default_of(parameter)}</p>
                </section>
                <Show
                    when=may
                    fallback=|| view! { <p class="quiet">{words::only_administrators}</p> }
                >
                    <SetForm parameter/>
                </Show>
                <Past parameter records/>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use rapport_shared::idle::LOCK_MINUTES;
    use rapport_shared::parameters;
    use rapport_shared::plausible::{EARLIEST_YEAR, IMPORT_AHEAD_YEARS};
    use rapport_shared::today::UPCOMING_DAYS;

    use super::shown;
    use crate::i18n::{Language, look_up, set_language};

    #[test]
    fn every_parameter_is_told_in_every_language() {
        for language in Language::ALL {
            set_language(language);
            for parameter in parameters::ALL {
                let words = [
                    format!("choice.parameter.{}", parameter.name),
                    format!("choice.parameter_help.{}", parameter.name),
                    format!("choice.parameter_area.{}", parameter.area.as_str()),
                    format!("choice.parameter_source.{}", parameter.source.as_str()),
                ];
                for key in words {
                    assert!(
                        look_up(&key).is_some_and(|text| !text.is_empty()),
                        "{language:?}: {key}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_value_is_told_with_its_unit() {
        let check = |language: Language, parameter, numbers: &[i32], expected: &str| {
            set_language(language);
            assert_eq!(shown::value(parameter, numbers), expected);
        };
        let (days, year) = (&UPCOMING_DAYS, &EARLIEST_YEAR);
        check(Language::SimplifiedChinese, days, &[30, 7, 1], "30、7、1 天");
        check(Language::TraditionalChinese, days, &[7], "7 天");
        check(Language::English, days, &[1], "1 day");
        check(Language::English, days, &[30, 7, 1], "30, 7, 1 days");
        check(Language::English, year, &[1900], "1900");
        check(Language::English, &IMPORT_AHEAD_YEARS, &[1], "1 year");
        check(Language::SimplifiedChinese, &LOCK_MINUTES, &[5], "5 分钟");
    }
}
