//! What a person would want to know before contacts go out: noticed in the inputs, or said by the counts of the survey.

use crate::config::Config;
use crate::contact::phone::Kind;
use crate::diagnostic::WarningCode;
use crate::mapping::{Sense, UnusedCountry, numbered, yes_beside};
use crate::numbers::grouped;
use crate::reading::{InputRead, Job};
use crate::report::Warning;
use crate::row::Field;
use crate::source::Notice;
use crate::survey::{CommonName, Marked, People, Places, Survey};
use crate::understanding::Understanding;
use crate::wire::contact::Empty;

/// Shares are looked at from so many contacts on.
const FEWEST_CONTACTS: u64 = 20;
/// So few are no reason for a warning, whatever their share.
const FEWEST: u64 = 3;

/// Whether more than one in `one_in` is worth a warning.
fn is_large_share(count: u64, all: u64, one_in: u64) -> bool {
    all >= FEWEST_CONTACTS && count >= FEWEST && count * one_in > all
}

/// All that there is to say of the inputs once they have been read.
pub fn of_job(config: &Config, job: &Job, survey: &Survey) -> Vec<Warning> {
    [
        of_inputs(job, survey),
        no_rows(survey),
        consent(config, job, survey),
        no_names(job, survey),
        phones_elsewhere(config, job, survey),
        countries_unused(config, job, survey),
        of_counts(config, job, survey),
    ]
    .concat()
}

/// Whether `--strict` lets a run go on in spite of the warning. Those that it does are about this machine, or about
/// people who can be sent as they are.
pub fn is_allowed_by_strict(code: WarningCode) -> bool {
    matches!(
        code,
        WarningCode::Settings
            | WarningCode::ReadableToken
            | WarningCode::Landlines
            | WarningCode::NoName
            | WarningCode::NoStateFolder
            | WarningCode::SharedFolder
    )
}

/// What was noticed in the inputs that a person would want to know before contacts go out.
fn of_inputs(job: &Job, survey: &Survey) -> Vec<Warning> {
    let of_input = |(input, read): (&Understanding, &InputRead)| {
        let name = input.source.input().name().to_owned();
        let notices = input.source.notices().iter().chain(&read.notices).filter(|notice| !is_mapped(input, notice));
        let warnings = notices.filter_map(move |notice| {
            let (code, count, _) = notice.warning()?;
            let places = notice.places(&name);
            Some(Warning { places, ..Warning::new(code, count, format!("{name}: {notice}")) })
        });
        warnings.collect::<Vec<_>>()
    };
    job.inputs.iter().zip(&survey.inputs).flat_map(of_input).collect()
}

/// Whether a field uses what the notice says is left out.
fn is_mapped(input: &Understanding, notice: &Notice) -> bool {
    let titles = |field: Field| {
        let columns = input.mapping.fields().of(field).iter();
        columns.filter_map(|column| input.source.columns().name(*column as usize))
    };
    match notice {
        Notice::ListLeft { list, .. } => titles(Field::Phone).any(|title| {
            let group = title.rsplit_once('/').map(|(group, _)| group);
            group == Some(list.as_str())
        }),
        Notice::TagIds { column, .. } => titles(Field::Tags).any(|title| title == column),
        _ => false,
    }
}

/// A header and nothing below it is no error, and hardly what was meant.
fn no_rows(survey: &Survey) -> Vec<Warning> {
    let warning = || Warning::new(WarningCode::NoRows, 0, WarningCode::NoRows.entry().description.to_owned());
    (survey.read == 0).then(warning).into_iter().collect()
}

/// For each column that says who does not want to be written to: how many rows it marks, and the command that leaves
/// them out. It is not obeyed unless the user says so.
fn consent(config: &Config, job: &Job, survey: &Survey) -> Vec<Warning> {
    let warning = |marked: &Marked| {
        let rows = if marked.rows.count == 1 {
            "1 row is".to_owned()
        } else {
            format!("{} rows are", grouped(marked.rows.count))
        };
        let message = match marked.sense {
            Sense::OptIn => format!(
                "column \"{}\" says who wants to be written to; {rows} marked with no and will be sent all the same",
                marked.column
            ),
            Sense::OptOut => format!(
                "column \"{}\" says who does not want to be written to; {rows} marked and will be sent all the same",
                marked.column
            ),
        };
        let (option, values) = obeying(marked);
        let test = format!("{}={}", marked.column, values.join(","));
        Warning {
            code: WarningCode::Consent,
            count: marked.rows.count,
            message: in_input(job, marked.input, &message),
            hint: Some(format!("to leave them out: {}", config.line.with(&[option, &test]))),
            places: places(job, marked.input, &marked.rows),
        }
    };
    survey.everybody.marked.iter().filter(|marked| marked.rows.count > 0).map(warning).collect()
}

/// The option that leaves out who does not want to be written to, and the values for it. Where all who want to say so,
/// only they are taken; a cell of another kind may say either.
fn obeying(marked: &Marked) -> (&'static str, Vec<&str>) {
    let refused: Vec<&str> = marked.refused.iter().map(String::as_str).collect();
    match marked.sense {
        // Dates: whoever has none has not refused.
        Sense::OptOut if refused.is_empty() => ("--only", refused),
        Sense::OptIn if !marked.is_mixed && !marked.given.is_empty() => {
            ("--only", marked.given.iter().map(String::as_str).collect())
        }
        Sense::OptIn if !marked.is_mixed => match refused.iter().find_map(|no| yes_beside(no)) {
            Some(yes) => ("--only", vec![yes]),
            None => ("--skip", refused),
        },
        Sense::OptIn | Sense::OptOut => ("--skip", refused),
    }
}

/// The first places of rows of an input.
fn places(job: &Job, input: u32, rows: &Places) -> Vec<String> {
    let name = job.inputs.get(input as usize).map_or("", |input| input.source.input().name());
    rows.lines.iter().map(|line| format!("{name}:{line}")).collect()
}

/// Of each input: the rows that have no name, or that no column holds names. JSON may meet one behind the beginning.
fn no_names(job: &Job, survey: &Survey) -> Vec<Warning> {
    let warning = |(&number, people): (&u32, &People)| {
        let missing = people.nameless.count;
        let has_column = people.has_names || job.inputs.get(number as usize)?.mapping.fields().has_names();
        let code = if has_column { WarningCode::NoName } else { WarningCode::NoNameColumn };
        let message = match (has_column, missing) {
            (true, 1) => "1 row that can be sent has no name".to_owned(),
            (true, missing) => format!("{} rows that can be sent have no name", grouped(missing)),
            (false, 1) => "no column holds names; 1 row is sent without".to_owned(),
            (false, missing) => format!("no column holds names; {} rows are sent without", grouped(missing)),
        };
        let places = places(job, number, &people.nameless);
        Some(Warning { places, ..Warning::new(code, missing, in_input(job, number, &message)) })
    };
    survey.everybody.inputs.iter().filter(|(_, people)| people.nameless.count > 0).filter_map(warning).collect()
}

/// Of each input: the columns that no field uses and that hold the phones of rows without one.
fn phones_elsewhere(config: &Config, job: &Job, survey: &Survey) -> Vec<Warning> {
    let of_input = |(&number, people): (&u32, &People)| {
        let input = job.inputs.get(number as usize)?;
        let columns = input.source.columns();
        let is_settled = input.mapping.is_settled(Field::Phone);
        // Who maps one column maps all.
        let mapped = input.mapping.fields().of(Field::Phone).iter().copied().filter(|_| !is_settled);
        let maps = |column: u32| -> Vec<String> {
            let all = mapped.clone().chain([column]).map(|column| format!("phone={}", numbered(column, columns)));
            all.flat_map(|map| ["--map".to_owned(), map]).collect()
        };
        let warning = |(column, rows): (&u32, &Places)| {
            let words = if rows.count == 1 { "1 row" } else { &format!("{} rows", grouped(rows.count)) };
            let name = numbered(*column, columns);
            let maps = maps(*column);
            let maps: Vec<&str> = maps.iter().map(String::as_str).collect();
            Warning {
                code: WarningCode::PhoneColumn,
                count: rows.count,
                message: in_input(
                    job,
                    number,
                    &format!("column \"{name}\" is not used, and holds the phone number of {words} without one"),
                ),
                hint: Some(format!("to use it where the others are empty: {}", config.line.with(&maps))),
                places: places(job, number, rows),
            }
        };
        Some(people.phones_elsewhere.iter().map(warning).collect::<Vec<_>>())
    };
    survey.everybody.inputs.iter().filter_map(of_input).flatten().collect()
}

/// Of each input: the column that no field uses and that says the country of numbers that do not say it themselves.
fn countries_unused(config: &Config, job: &Job, survey: &Survey) -> Vec<Warning> {
    let warning = |(&number, people): (&u32, &People)| {
        let column = job.inputs.get(number as usize)?.mapping.unused_countries().first()?;
        let rows = &people.without_country;
        let holds = if column.field == Field::Prefix { "calling codes" } else { "countries" };
        let have = if rows.count == 1 { "1 row has" } else { &format!("{} rows have", grouped(rows.count)) };
        let message = format!("column \"{}\" is not used, and holds {holds}; {have} a number without one", column.name);
        let map = format!("{}={}", column.field, column.name);
        Some(Warning {
            code: WarningCode::CountryColumn,
            count: rows.count,
            message: in_input(job, number, &message),
            hint: Some(format!("to use it: {}", config.line.with(&["--map", &map]))),
            places: places(job, number, rows),
        })
    };
    let inputs = survey.everybody.inputs.iter();
    inputs.filter(|(_, people)| people.without_country.count > 0).filter_map(warning).collect()
}

/// More than one contact in twenty has the same name.
fn same_name(config: &Config, job: &Job, survey: &Survey) -> Option<Warning> {
    let (all, CommonName { count, first }) = (survey.contacts(), survey.everybody.names.commonest()?);
    let place = Places { count, lines: vec![first.line] };
    is_large_share(count, all, 20).then(|| Warning {
        code: WarningCode::SameName,
        count,
        message: in_input(
            job,
            first.input,
            &format!("{} of {} contacts have the same name, that of line {}", grouped(count), grouped(all), first.line),
        ),
        hint: Some(format!("if another column holds the names: {}", config.line.with(&["--map", "name=COLUMN"]))),
        places: places(job, first.input, &place),
    })
}

/// Nothing but phones would be sent, with empty members that may blank what the server holds.
fn empty_fields(config: &Config, survey: &Survey) -> Option<Warning> {
    let is_risky = config.rows.empty == Empty::Written && !survey.everybody.has_more_than_phones;
    (is_risky && survey.contacts() > 0).then(|| Warning {
        code: WarningCode::EmptyFields,
        count: survey.contacts(),
        message:
            "only phone numbers would be sent; the empty name, tags and attributes may blank what the server holds"
                .to_owned(),
        hint: Some(format!("to leave them out: {}", config.line.with(&["--omit-empty"]))),
        places: Vec::new(),
    })
}

/// A message with the input that it is about.
fn in_input(job: &Job, input: u32, message: &str) -> String {
    let input = job.inputs.get(input as usize);
    input.map_or_else(|| message.to_owned(), |input| format!("{}: {message}", input.source.input().name()))
}

/// The warnings that follow from the counts.
fn of_counts(config: &Config, job: &Job, survey: &Survey) -> Vec<Warning> {
    let countries = job.inputs.iter().find_map(|input| input.mapping.unused_countries().first());
    let command = |map: &str| config.line.with(&["--map", map]);
    let default_country = countries.and_then(|column| default_country(survey, column, command));
    let people = [same_name(config, job, survey), empty_fields(config, survey)];
    landlines(survey).into_iter().chain(default_country).chain(people.into_iter().flatten()).collect()
}

/// More than one number in twenty is a fixed line.
fn landlines(survey: &Survey) -> Option<Warning> {
    let (all, count) = (numbers(survey), survey.kinds.get(&Kind::FixedLine).copied().unwrap_or(0));
    let message = || format!("{count} of {all} numbers are landlines");
    is_large_share(count, all, 20).then(|| Warning::new(WarningCode::Landlines, count, message()))
}

/// More than one number in five is valid only because of the default country, and an unused column says where they are.
/// `command` is the one that maps it.
fn default_country(
    survey: &Survey,
    UnusedCountry { name, field, .. }: &UnusedCountry,
    command: impl Fn(&str) -> String,
) -> Option<Warning> {
    let (all, count) = (numbers(survey), survey.by_default_country);
    is_large_share(count, all, 5).then(|| Warning {
        code: WarningCode::DefaultCountry,
        count,
        message: format!(
            "{count} of {all} numbers are valid only because of --default-country, and column \"{name}\" holds countries"
        ),
        hint: Some(format!("map the column with the countries: {}", command(&format!("{field}={name}")))),
        places: Vec::new(),
    })
}

/// How many valid numbers there are.
fn numbers(survey: &Survey) -> u64 {
    survey.kinds.values().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn landlines_are_a_warning_above_one_in_twenty() {
        let warned = |mobiles: u64, fixed: u64| {
            let mut survey = Survey::default();
            survey.kinds.extend([(Kind::Mobile, mobiles), (Kind::FixedLine, fixed)]);
            landlines(&survey).map(|warning| warning.message)
        };
        assert_eq!(warned(16, 4), Some("4 of 20 numbers are landlines".to_owned()));
        assert_eq!(warned(56, 3), Some("3 of 59 numbers are landlines".to_owned()));
        for (mobiles, fixed) in [(0, 0), (15, 4), (18, 2), (57, 3), (95, 5)] {
            assert_eq!(warned(mobiles, fixed), None, "{mobiles} {fixed}");
        }
    }

    #[test]
    fn numbers_of_the_default_country_are_a_warning_where_a_column_says_where_they_are() {
        let warned = |all: u64, by_default_country: u64, field: Field| {
            let mut survey = Survey::default();
            survey.kinds.insert(Kind::Mobile, all);
            survey.by_default_country = by_default_country;
            let column = UnusedCountry { column: 2, name: "Land".to_owned(), field };
            default_country(&survey, &column, |map| format!("m1import --map {map}"))
        };
        let found = warned(20, 5, Field::Region).unwrap();
        assert_eq!((found.code.as_str(), found.count), ("warning.default_country", 5));
        assert_eq!(
            found.message,
            r#"5 of 20 numbers are valid only because of --default-country, and column "Land" holds countries"#
        );
        let hint = "map the column with the countries: m1import --map region=Land";
        assert_eq!(found.hint.as_deref(), Some(hint));
        let hint = "map the column with the countries: m1import --map prefix=Land";
        assert_eq!(warned(20, 20, Field::Prefix).unwrap().hint.as_deref(), Some(hint));
        for (all, by_default) in [(20, 4), (19, 19), (100, 2)] {
            assert_eq!(warned(all, by_default, Field::Region), None, "{all} {by_default}");
        }
    }
}
