//! Remedies that count: what a setting would change, tried on the rows that it is about.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::numbers::{count, grouped};
use crate::reading::Job;
use crate::row::{Code, Field};
use crate::survey::Survey;

/// One in so many of the numbers that name a country may be of another one.
const OTHERS: u64 = 5;

/// Remedies by code, where there is a better one than that of the code. `check`: with the command that shows the rest.
pub fn counted(config: &Config, job: &Job, survey: &Survey, is_check: bool) -> BTreeMap<String, String> {
    let hint = default_country(config, job, survey, is_check);
    hint.map(|hint| (Code::PhoneNoCountry.as_str().to_owned(), hint)).into_iter().collect()
}

/// How many numbers of no known country would be valid as those of the country that the file's other numbers name. Nothing
/// is said where the file tells countries itself, or where its numbers are of several.
fn default_country(config: &Config, job: &Job, survey: &Survey, is_check: bool) -> Option<String> {
    let tells_countries = job.inputs.iter().any(|input| {
        let fields = input.mapping.fields();
        let mapped = [Field::Region, Field::Prefix].iter().any(|field| !fields.of(*field).is_empty());
        mapped || !input.mapping.unused_countries().is_empty() || input.rules.phone.default.is_some()
    });
    let (region, most) = survey.countries.iter().max_by_key(|(_, contacts)| **contacts)?;
    let all: u64 = survey.countries.values().sum();
    let (valid, kept) = survey.valid_with_default(*region, &job.rules.phone);
    if tells_countries || (all - most) * OTHERS > all || valid == 0 {
        return None;
    }
    let rows = survey.reasons.get(&Code::PhoneNoCountry).copied()?;
    let of = if kept < rows {
        format!("of the first {} of these", grouped(kept))
    } else {
        format!("of these {}", grouped(rows))
    };
    let valid = match (valid, rows) {
        (1, 1) => "it is valid".to_owned(),
        (1, _) => format!("1 {of} is valid"),
        _ => format!("{} {of} are valid", grouped(valid)),
    };
    let named = if *most == 1 {
        "1 number of the file names".to_owned()
    } else {
        format!("{} of the file name", count(*most, "number"))
    };
    let said = format!("with --default-country {region} {valid}; {named} that country");
    let command = config.line.once_more().with(&["--default-country", &region.to_string()]);
    Some(if is_check { format!("{said}\n{command}") } else { said })
}
