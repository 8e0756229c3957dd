//! What a person would want to know before contacts go out: noticed in the inputs, or said by the counts of the survey.

use crate::contact::phone::Kind;
use crate::diagnostic::WarningCode;
use crate::reading::{Job, MappedInput};
use crate::report::Warning;
use crate::survey::Survey;

/// Shares are looked at from so many contacts on.
const FEWEST_CONTACTS: u64 = 20;
/// So few are no reason for a warning, whatever their share.
const FEWEST: u64 = 3;

/// What was noticed in the inputs that a person would want to know before contacts go out.
pub fn of_inputs(job: &Job) -> Vec<Warning> {
    let of_input = |input: &MappedInput| {
        let name = input.source.input().name().to_owned();
        let notices = input.source.notices().iter();
        let warnings = notices.filter_map(move |notice| {
            let (code, count, lines) = notice.warning()?;
            let remedy = code.entry().remedy;
            Some(Warning {
                code,
                count,
                message: notice.to_string(),
                hint: (!remedy.is_empty()).then(|| remedy.to_owned()),
                places: lines.iter().map(|line| format!("{name}:{line}")).collect(),
            })
        });
        warnings.collect::<Vec<_>>()
    };
    job.inputs.iter().flat_map(of_input).collect()
}

/// The warnings that follow from the counts.
pub fn of_counts(survey: &Survey) -> Vec<Warning> {
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
            let kinds = [(Kind::Mobile, mobiles), (Kind::FixedLine, landlines)].into();
            of_counts(&Survey { kinds, ..Survey::default() }).pop().map(|warning| warning.message)
        };
        assert_eq!(warned(16, 4), Some("4 of 20 numbers are landlines".to_owned()));
        assert_eq!(warned(56, 3), Some("3 of 59 numbers are landlines".to_owned()));
        for (mobiles, landlines) in [(0, 0), (15, 4), (18, 2), (57, 3), (95, 5)] {
            assert_eq!(warned(mobiles, landlines), None, "{mobiles} {landlines}");
        }
    }
}
