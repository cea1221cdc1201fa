//! Which page stands at which address. Only the list of customers is drawn before all of the book is in memory.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Routes};
use leptos_router::path;

use super::desk::{DESK, Desk};
use super::more::MorePage;
use crate::book::use_book;
use crate::customers::{CardPage, CustomersPage, NothingChosen};
use crate::features;
use crate::forms::{FormPage, Forms};
use crate::i18n::texts;
use crate::opportunities::OpportunitiesPage;
use crate::parts::screen;
use crate::quick::WritePage;
use crate::routes;
use crate::tasks::TasksPage;
use crate::today::{CalendarPage, TodayPage};
use crate::ui::Empty;

/// The page of the present address.
#[component]
pub fn Pages() -> impl IntoView {
    provide_context(Forms(features::form));
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/") view=|| once_whole(TodayPage)/>
            <ParentRoute path=path!("/customers") view=CustomersPage>
                <Route path=path!("") view=NothingChosen/>
                <Route path=path!("new") view=|| once_whole(FormPage)/>
                <Route path=path!(":id") view=|| once_whole(CardPage)/>
                <Route path=path!(":id/edit") view=|| once_whole(FormPage)/>
                <Route path=path!(":id/:kind/:record") view=|| once_whole(FormPage)/>
            </ParentRoute>
            <ParentRoute path=path!("/conflicts") view=|| at_desk(|desk| (desk.conflicts)())>
                <Route path=path!("") view=|| ()/>
                <Route path=path!(":id") view=|| at_desk(|desk| (desk.decision)())/>
            </ParentRoute>
            <Route path=path!("/tasks") view=|| once_whole(TasksPage)/>
            <Route path=path!("/opportunities") view=|| once_whole(OpportunitiesPage)/>
            <Route path=path!("/circles") view=|| at_desk(|desk| (desk.circles)())/>
            <Route path=path!("/own/:kind/:record") view=|| once_whole(FormPage)/>
            <Route path=path!("/calendar") view=|| once_whole(CalendarPage)/>
            <Route path=path!("/write/:kind/:draft") view=|| once_whole(WritePage)/>
            <Route path=path!("/more") view=MorePage/>
            <Route path=path!("/status") view=|| at_desk(|desk| (desk.status)())/>
            <Route path=path!("/settings") view=|| screen(&DESK, |desk| (desk.settings)())/>
            <Route path=path!("/settings/parameters") view=|| at_desk(|desk| (desk.parameters)())/>
            <Route path=path!("/settings/parameters/:name") view=|| at_desk(|desk| (desk.parameter)())/>
        </Routes>
    }
}

/// A page that needs all of the book; until that is in memory, the outline of one.
fn once_whole<V: IntoView + 'static>(page: fn() -> V) -> AnyView {
    whole(Box::new(move || page().into_any()))
}

/// A page of the desk, which needs all of the book as well.
fn at_desk(page: fn(&'static Desk) -> AnyView) -> AnyView {
    whole(Box::new(move || screen(&DESK, page)))
}

fn whole(page: Box<dyn Fn() -> AnyView + Send + Sync>) -> AnyView {
    let whole = use_book().is_whole();
    view! { <Show when=move || whole.get() fallback=|| view! { <Outline/> }>{page()}</Show> }.into_any()
}

#[component]
fn Outline() -> impl IntoView {
    view! {
        <div class="page outline" aria-busy="true" data-test="outline">
            <p class="visually-hidden" role="status">{texts::app::reading}</p>
            <div class="page-inner" aria-hidden="true">
                <span class="outline-line outline-title"></span>
                <span class="outline-line"></span>
                <span class="outline-line"></span>
            </div>
        </div>
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
