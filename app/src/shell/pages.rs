//! Which page stands at which address.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Routes};
use leptos_router::path;

use crate::conflicts::{ConflictsPage, DecisionPage};
use crate::customers::{CardPage, CustomersPage, EditContactPage, EditPage, NewContactPage, NewPage, NothingChosen};
use crate::i18n::texts;
use crate::routes;
use crate::settings::SettingsPage;
use crate::status::StatusPage;
use crate::today::TodayPage;
use crate::ui::Empty;
use crate::visits::{NotePage, TouchPage};

/// The page of the present address.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/") view=TodayPage/>
            <ParentRoute path=path!("/customers") view=CustomersPage>
                <Route path=path!("") view=NothingChosen/>
                <Route path=path!("new") view=NewPage/>
                <Route path=path!(":id") view=CardPage/>
                <Route path=path!(":id/edit") view=EditPage/>
                <Route path=path!(":id/contacts/new") view=NewContactPage/>
                <Route path=path!(":id/contacts/:contact") view=EditContactPage/>
                <Route path=path!(":id/note") view=NotePage/>
                <Route path=path!(":id/touch") view=TouchPage/>
            </ParentRoute>
            <ParentRoute path=path!("/conflicts") view=ConflictsPage>
                <Route path=path!("") view=|| ()/>
                <Route path=path!(":id") view=DecisionPage/>
            </ParentRoute>
            <Route path=path!("/status") view=StatusPage/>
            <Route path=path!("/settings") view=SettingsPage/>
        </Routes>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    view! {
        <div class="page">
            <h1 class="visually-hidden">{texts::app::not_found}</h1>
            <Empty title=texts::app::not_found help=texts::app::not_found_help>
                <a class="button" href=routes::TODAY>{texts::app::to_today}</a>
            </Empty>
        </div>
    }
}
