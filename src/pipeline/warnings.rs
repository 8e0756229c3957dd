//! What a person would want to know before contacts go out: noticed in the inputs, or said by the counts of the survey.

use crate::config::Config;
use crate::contact::phone::Kind;
use crate::diagnostic::WarningCode;
use crate::numbers::grouped;
use crate::reading::{InputRead, Job, MappedInput};
use crate::report::Warning;
use crate::survey::{Marked, Names, Survey};

/// Shares are looked at from so many contacts on.
const FEWEST_CONTACTS: u64 = 20;
/// So few are no reason for a warning, whatever their share.
const FEWEST: u64 = 3;

/// All that there is to say of the inputs once they have been read.
pub fn of_job(config: &Config, job: &Job, survey: &Survey) -> Vec<Warning> {
    [of_inputs(job, survey), no_rows(survey), consent(config, job, survey), no_names(job, survey), of_counts(survey)]
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
    let of_input = |(input, read): (&MappedInput, &InputRead)| {
        let name = input.source.input().name().to_owned();
        let notices = input.source.notices().iter().chain(&read.notices);
        let warnings = notices.filter_map(move |notice| {
            let (code, count, lines) = notice.warning()?;
            let remedy = code.entry().remedy;
            Some(Warning {
                code,
                count,
                message: format!("{name}: {notice}"),
                hint: (!remedy.is_empty()).then(|| remedy.to_owned()),
                places: lines.iter().map(|line| format!("{name}:{line}")).collect(),
            })
        });
        warnings.collect::<Vec<_>>()
    };
    job.inputs.iter().zip(&survey.inputs).flat_map(of_input).collect()
}

/// A header and nothing below it is no error, and hardly what was meant.
fn no_rows(survey: &Survey) -> Vec<Warning> {
    let entry = WarningCode::NoRows.entry();
    let warning = || Warning {
        code: WarningCode::NoRows,
        count: 0,
        message: entry.description.to_owned(),
        hint: Some(entry.remedy.to_owned()),
        places: Vec::new(),
    };
    (survey.read == 0).then(warning).into_iter().collect()
}

/// For each column that says who does not want to be written to: how many rows it marks, and the command that leaves
/// them out. It is not obeyed unless the user says so.
fn consent(config: &Config, job: &Job, survey: &Survey) -> Vec<Warning> {
    let warning = |marked: &Marked| {
        let option = if marked.values.is_empty() { "--only" } else { "--skip" };
        let test = format!("{}={}", marked.column, marked.values.join(","));
        let rows = if marked.rows == 1 { "1 row is".to_owned() } else { format!("{} rows are", marked.rows) };
        let message = format!(
            "column \"{}\" says who does not want to be written to; {rows} marked and will be sent all the same",
            marked.column
        );
        Warning {
            code: WarningCode::Consent,
            count: marked.rows,
            message: in_input(job, marked.input, &message),
            hint: Some(format!("to leave them out: {}", config.line.with(&[option, &test]))),
            places: Vec::new(),
        }
    };
    survey.marked.iter().map(warning).collect()
}

/// Of each input: the rows that have no name, or that no column holds names. JSON may meet one behind the beginning.
fn no_names(job: &Job, survey: &Survey) -> Vec<Warning> {
    let warning = |(&number, names): (&u32, &Names)| {
        let has_column = names.present > 0 || job.inputs.get(number as usize)?.mapping.fields().has_names();
        let code = if has_column { WarningCode::NoName } else { WarningCode::NoNameColumn };
        let message = match (has_column, names.missing) {
            (true, 1) => "1 row that can be sent has no name".to_owned(),
            (true, missing) => format!("{} rows that can be sent have no name", grouped(missing)),
            (false, missing) => format!(
                "no column holds names; {} sent without",
                match missing {
                    1 => "1 row is".to_owned(),
                    missing => format!("{} rows are", grouped(missing)),
                }
            ),
        };
        let remedy = code.entry().remedy;
        Some(Warning {
            code,
            count: names.missing,
            message: in_input(job, number, &message),
            hint: (!remedy.is_empty()).then(|| remedy.to_owned()),
            places: Vec::new(),
        })
    };
    survey.names().iter().filter(|(_, names)| names.missing > 0).filter_map(warning).collect()
}

/// A message with the input that it is about.
fn in_input(job: &Job, input: u32, message: &str) -> String {
    let input = job.inputs.get(input as usize);
    input.map_or_else(|| message.to_owned(), |input| format!("{}: {message}", input.source.input().name()))
}

/// The warnings that follow from the counts.
fn of_counts(survey: &Survey) -> Vec<Warning> {
    landlines(survey).into_iter().collect()
}

/// More than one number in twenty is a fixed line.
fn landlines(survey: &Survey) -> Option<Warning> {
    let all: u64 = survey.kinds.values().sum();
    let count = survey.kinds.get(&Kind::FixedLine).copied().unwrap_or(0);
    (all >= FEWEST_CONTACTS && count >= FEWEST && count * 20 > all).then(|| {
        let entry = WarningCode::Landlines.entry();
        Warning {
            code: WarningCode::Landlines,
            count,
            message: format!("{count} of {all} numbers are landlines"),
            hint: Some(entry.remedy.to_owned()),
            places: Vec::new(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn landlines_are_a_warning_above_one_in_twenty() {
        let warned = |mobiles: u64, landlines: u64| {
            let mut survey = Survey::default();
            survey.kinds.extend([(Kind::Mobile, mobiles), (Kind::FixedLine, landlines)]);
            of_counts(&survey).pop().map(|warning| warning.message)
        };
        assert_eq!(warned(16, 4), Some("4 of 20 numbers are landlines".to_owned()));
        assert_eq!(warned(56, 3), Some("3 of 59 numbers are landlines".to_owned()));
        for (mobiles, landlines) in [(0, 0), (15, 4), (18, 2), (57, 3), (95, 5)] {
            assert_eq!(warned(mobiles, landlines), None, "{mobiles} {landlines}");
        }
    }
}
