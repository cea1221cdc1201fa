//! Everything in the shared crate that makes something to be shown out of many records, for the walks: what is hidden from
//! somebody on the server, and what has left a device, is in none of it. One that is not here fails
//! the walk over the device (`rules::walk`).

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use rapport_shared::agenda::{self, Reach, agenda};
use rapport_shared::contacts::ContactView;
use rapport_shared::customers::CustomerView;
use rapport_shared::due::ContactIntervals;
use rapport_shared::handover::{self, Introduction};
use rapport_shared::holdings::{self, HoldingView};
use rapport_shared::ids::{OrgId, RecordId, UserId};
use rapport_shared::lists::{Column, Columns, ListQuery, Reader, Row, Rows, in_order, kept, shown};
use rapport_shared::opportunities::board::lanes;
use rapport_shared::opportunities::contact_clock::next_contact;
use rapport_shared::people::PersonView;
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::{Kind, Record};
use rapport_shared::search::{NoteIndex, Query as Typed, SearchIndex, customer_texts};
use rapport_shared::today::{Due, TodayParameters, Viewpoint, due};
use rapport_shared::views::SavedView;
use rapport_shared::{conflicts, kinds, parameters, recent, schema, settings, timeline, views};

const DAY: Date = date(2026, 11, 21);

/// Makes something of all records at hand, and says it.
pub type Query = fn(&[&Record]) -> String;

fn all<'a>(records: &'a [&'a Record]) -> impl Iterator<Item = &'a Record> + Clone {
    records.iter().copied()
}

fn due_of(records: &[&Record], parameters: fn(&settings::Settings) -> TodayParameters) -> Vec<Due> {
    let viewpoint = Viewpoint {
        user: None,
        today: DAY,
        utc_offset_minutes: 480,
    };
    due(all(records), viewpoint, &parameters(&settings::of(all(records), DAY)))
}

/// The lists of all kinds, with every column, found by `typed`.
fn lists(records: &[&Record], typed: &str) -> String {
    let mut said = String::new();
    for kind in Kind::KNOWN {
        let columns: Vec<Column> = schema::fields_of(kind)
            .iter()
            .map(|field| Column::Field(field.name))
            .collect();
        let columns: Vec<Column> = columns.into_iter().chain([Column::Customer]).collect();
        let names: Vec<&'static str> = columns.iter().map(|column| column.name()).collect();
        let columns = Columns::of(kind, &columns);
        let name = |id: RecordId| all(records).find(|record| record.id == id).and_then(kinds::name_of);
        let rows = all(records).filter(|record| record.kind == *kind);
        let rows: Rows = rows
            .map(|record| (record.id, std::sync::Arc::new(Row::of(record, &columns, &name))))
            .collect();
        let query = ListQuery {
            text: typed.to_owned(),
            ..ListQuery::by(names[0])
        };
        let ordered = in_order(&rows, &names, &query.sort);
        let reader = Reader {
            today: DAY,
            utc_offset_minutes: 480,
        };
        said += &format!("{:?} {:?}", shown(&ordered, &names, &query, reader), rows.values());
    }
    said
}

/// All of them, by module and name; what a screen makes of several of them has a name in words.
pub fn all_queries() -> BTreeMap<&'static str, Query> {
    fn lead() -> Profile {
        Profile {
            org: OrgId::from_u128(1),
            user: UserId::from_u128(0xdead),
            login: String::new(),
            name: String::new(),
            role: Role::Administrator,
            team: None,
            branch: None,
        }
    }
    let queries: [(&'static str, Query); 23] = [
        ("the lists", |records| lists(records, "")),
        ("the search of a list", |records| lists(records, "潜龙")),
        ("the names", |records| {
            format!("{:?}", all(records).map(kinds::name_of).collect::<Vec<_>>())
        }),
        ("the search of notes", |records| {
            let mut index = NoteIndex::default();
            all(records).for_each(|record| index.put(record));
            let found = ["潜龙", "q", "9417"].map(|typed| index.search(&Typed::new(typed), |_| true, 1_000));
            format!("{found:?}")
        }),
        ("search::customer_texts", |records| {
            let customers = all(records).filter_map(CustomerView::of);
            let texts = customers.map(|customer| {
                let contacts = all(records).filter(|record| record.root() == Some(customer.id()));
                (
                    customer.id(),
                    customer_texts(customer, contacts.filter_map(ContactView::of)),
                )
            });
            let texts: Vec<_> = texts.collect();
            let index = SearchIndex::build(texts.clone());
            let found = ["潜龙", "qianlong", ""].map(|typed| index.search(&Typed::new(typed)));
            format!("{texts:?} {found:?}")
        }),
        ("the agenda", |records| {
            let reach = Reach::of(&settings::of(all(records), DAY));
            format!(
                "{:?}",
                agenda(&due_of(records, agenda::parameters), DAY, reach, |_| None)
            )
        }),
        ("today::due", |records| {
            format!("{:?}", due_of(records, TodayParameters::of))
        }),
        ("conflicts::groups", |records| {
            format!("{:?}", conflicts::groups(all(records)))
        }),
        ("handover::candidates", |records| {
            format!("{:?}", handover::candidates(&lead(), all(records)))
        }),
        ("handover::moving_work", |records| {
            let customers = all(records).filter_map(CustomerView::of);
            let tasks = customers.flat_map(|customer| handover::moving_work(customer, all(records)));
            format!("{:?}", tasks.collect::<Vec<_>>())
        }),
        ("handover::hand_over", |records| {
            let people: Vec<PersonView<'_>> = all(records).filter_map(PersonView::of).collect();
            let introduction = || Introduction {
                task: RecordId::from_u128(1),
                title: String::new(),
                reason: String::new(),
                due: DAY,
            };
            let customers = all(records).filter(|record| record.kind == Kind::Customer);
            let edits = customers.flat_map(|customer| {
                let to = people.first();
                to.map(|to| handover::hand_over(customer, all(records), *to, introduction()))
            });
            format!("{:?}", edits.collect::<Vec<_>>())
        }),
        ("handover::next_lead", |records| {
            let leads = all(records).filter_map(|circle| handover::next_lead(circle, all(records)));
            format!("{:?}", leads.collect::<Vec<_>>())
        }),
        ("holdings::totals", |records| {
            format!("{:?}", holdings::totals(all(records).filter_map(HoldingView::of)))
        }),
        ("opportunities::lanes", |records| format!("{:?}", lanes(all(records)))),
        ("lists::labels", |records| {
            let views: Vec<SavedView<'_>> = all(records).filter_map(SavedView::of).collect();
            format!("{:?}", kept::labels(&views))
        }),
        ("lists::name_problem", |records| {
            format!("{:?}", kept::name_problem("x", all(records).filter_map(SavedView::of)))
        }),
        ("opportunities::next_contact", |records| {
            let intervals = ContactIntervals::of(&settings::of(all(records), DAY));
            format!("{:?}", next_contact(all(records), None, DAY, |_| DAY, &intervals))
        }),
        ("what was written last", |records| {
            let written = all(records).filter_map(|record| Some((record.root()?, record.created.at)));
            format!("{:?}", recent::last_written(written, 1_000))
        }),
        ("settings::of", |records| {
            format!("{:?}", settings::of(all(records), DAY))
        }),
        ("settings::dated", |records| {
            let dated = parameters::ALL.map(|parameter| settings::dated(parameter, all(records), DAY));
            format!("{dated:?}")
        }),
        ("timeline::timeline", |records| {
            format!("{:?}", timeline::timeline(all(records)))
        }),
        ("timeline::last_real_contact", |records| {
            format!("{:?}", timeline::last_real_contact(all(records)))
        }),
        ("views::of_list", |records| {
            format!("{:?}", views::of_list(all(records), "task"))
        }),
    ];
    queries.into()
}
