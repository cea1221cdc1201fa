//! Language, appearance, the lock, and what is on this device. It keeps only preferences of the device.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::book::use_book;
use crate::i18n::choice;
use crate::i18n::texts;
use crate::i18n::texts::settings as words;
use crate::routes;
use crate::shell::use_reach;
use crate::ui::{Button, LanguageSwitch, Look, Segmented, page};
use crate::wipe::Wipe;

const THEME: &str = "rapport.theme";
type Words = fn() -> &'static str;
const THEMES: [(&str, Words); 3] = [
    ("auto", words::theme_auto),
    ("light", words::theme_light),
    ("dark", words::theme_dark),
];

fn remembered_theme() -> String {
    let known = |theme: &String| THEMES.iter().any(|(name, _)| name == theme);
    page::recall(THEME).filter(known).unwrap_or_else(|| "auto".to_owned())
}

/// Gives the page the theme remembered on this device.
pub fn start_theme() {
    page::set_theme(&remembered_theme());
}

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let book = use_book();
    let profile = book.profile();
    let reach = use_reach();
    let theme = RwSignal::new(remembered_theme());
    Effect::new(move |_| {
        page::set_theme(&theme.read());
        page::remember(THEME, &theme.read());
    });
    let themes = Signal::derive(|| {
        THEMES
            .iter()
            .map(|(name, words)| ((*name).to_owned(), words().to_owned()))
            .collect::<Vec<_>>()
    });
    let role = move || {
        let role = profile
            .get()
            .and_then(|profile| serde_json::to_value(profile.role).ok());
        role.and_then(|role| role.as_str().map(|role| choice("role", role)))
    };
    view! {
        <div class="page">
            <div class="page-inner page-narrow">
                <header class="page-head"><h1>{words::title}</h1></header>
                <section class="sheet">
                    <div class="setting">
                        <h2>{words::language}</h2>
                        <LanguageSwitch/>
                    </div>
                    <div class="setting">
                        <h2>{words::theme}</h2>
                        <Segmented name="theme" label=words::theme options=themes value=theme test="theme"/>
                    </div>
                    <Setting title=words::idle help=words::idle_help>
                        <Button label=texts::nav::lock on_press=move |()| book.lock()/>
                    </Setting>
                    <div class="setting">
                        <h2>{words::keys}</h2>
                        <Button label=words::keys_show test="open-keys" on_press=move |()| reach.helping.set(true)/>
                    </div>
                </section>
                <section class="sheet">
                    <Setting title=texts::parameters::title help=texts::parameters::lead>
                        <A href=routes::PARAMETERS attr:class="button" attr:data-test="open-parameters">
                            {texts::parameters::look}
                        </A>
                    </Setting>
                </section>
                <section class="sheet">
                    <div class="setting">
                        <h2>{words::account}</h2>
                        <p data-test="account">
                            {move || profile.get().map(|profile| profile.name)}
                            " "
                            <span class="quiet">{role}</span>
                        </p>
                    </div>
                    <Device/>
                </section>
            </div>
        </div>
    }
}

#[component]
fn Setting(title: fn() -> &'static str, help: fn() -> &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="setting">
            <div>
                <h2>{title}</h2>
                <p class="small quiet">{help}</p>
            </div>
            {children()}
        </div>
    }
}

/// Signing out and clearing are one thing: nothing readable stays behind.
#[component]
fn Device() -> impl IntoView {
    let wiping = RwSignal::new(false);
    view! {
        <Setting title=words::sign_out help=words::sign_out_help>
            <Button label=texts::wipe::open look=Look::Danger test="wipe" on_press=move |()| wiping.set(true)/>
        </Setting>
        <Wipe open=wiping/>
    }
}
