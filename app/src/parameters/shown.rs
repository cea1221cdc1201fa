//! Parameters and their values in words.

use jiff::civil::Date;
use rapport_shared::settings::{Dated, Fault, Parameter, Standing, Unit};

use crate::i18n::texts;
use crate::i18n::texts::parameters as words;
use crate::i18n::{choice, short_date};

/// The name of a parameter.
pub fn label(parameter: &Parameter) -> String {
    choice("parameter", parameter.name)
}

/// What it does.
pub fn help(parameter: &Parameter) -> String {
    choice("parameter_help", parameter.name)
}

/// Numbers with their unit.
pub fn value(parameter: &Parameter, numbers: &[i32]) -> String {
    let listed: Vec<String> = numbers.iter().map(i32::to_string).collect();
    let listed = listed.join(texts::common::list_separator());
    // The count is there for languages in which one day is no days.
    let count = match numbers {
        [one] => *one,
        _ => 0,
    };
    match parameter.unit {
        Unit::Days => words::days(count, listed),
        Unit::Year => words::year(listed),
        Unit::Years => words::years(count, listed),
        Unit::Minutes => words::minutes(count, listed),
    }
}

/// What may be set.
pub fn bounds(parameter: &Parameter) -> String {
    if parameter.most > 1 {
        words::several(parameter.from, parameter.most, parameter.to)
    } else {
        words::range(parameter.from, parameter.to)
    }
}

/// The default and where it comes from.
pub fn default_of(parameter: &Parameter) -> String {
    let source = choice("parameter_source", parameter.source.as_str());
    words::default_value(source, value(parameter, parameter.default))
}

/// Since when the present value counts, and by whose word.
pub fn since(parameter: &Parameter, dated: &[Dated<'_>], today: Date) -> String {
    let in_force = dated.iter().find(|dated| dated.standing == Standing::InForce);
    let Some(Dated { view, .. }) = in_force else {
        return words::never_set(choice("parameter_source", parameter.source.as_str()));
    };
    let since = match view.valid_from() {
        Some(day) => words::since(short_date(day, today)),
        None => words::always().to_owned(),
    };
    match view.source() {
        Some(source) => format!("{since} · {source}"),
        None => since,
    }
}

/// What was set and never counts.
pub fn passed_over(dated: &[Dated<'_>], today: Date) -> impl Iterator<Item = String> {
    let ignored = dated
        .iter()
        .filter(|dated| matches!(dated.standing, Standing::Ignored(_)));
    ignored.map(move |Dated { view, .. }| match view.valid_from() {
        Some(day) => words::passed_over_from(short_date(day, today), view.value()),
        None => words::passed_over(view.value()),
    })
}

/// What is wrong with a text that should be a value.
pub fn fault(parameter: &Parameter, fault: Fault) -> String {
    match fault {
        Fault::NoNumber => words::no_number().to_owned(),
        Fault::OutOfRange => words::out_of_range(parameter.from, parameter.to),
        Fault::TooMany => words::too_many(parameter.most),
    }
}
