//! How to install the app on this very device: at a press where the browser offers it, else by hand, in the words of the
//! platform.

use leptos::prelude::*;

use crate::i18n::texts::status as words;
use crate::ui::{Button, InstallState, Look, Platform, use_install};

/// The way to install the app, or that it is installed.
#[component]
pub fn InstallHelp() -> impl IntoView {
    let install = use_install();
    let help = move || match install.state() {
        InstallState::Installed => words::installed(),
        InstallState::Offered => words::install_why(),
        InstallState::ByHand(Platform::Ios) => words::install_ios(),
        InstallState::ByHand(Platform::Android) => words::install_android(),
        InstallState::ByHand(Platform::Desktop) => words::install_desktop(),
    };
    let by_hand = move || matches!(install.state(), InstallState::ByHand(_));
    let offered = move || install.state() == InstallState::Offered;
    view! {
        <section class="sheet" data-test="install">
            <div class="setting">
                <div>
                    <h2>{words::install}</h2>
                    <p class="small quiet">{help}</p>
                    <Show when=by_hand><p class="small quiet">{words::install_why}</p></Show>
                </div>
                <Show when=offered>
                    <Button label=words::install_now look=Look::Quiet test="install-now" on_press=move |()| install.ask()/>
                </Show>
            </div>
        </section>
    }
}
