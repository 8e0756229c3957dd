//! `--write-config`: the settings that were chosen, and what was detected, as a settings file that pins it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use super::summary::mapped_columns;
use crate::config::{Config, Settings, as_file, may_be_for_a_file, may_stand_in_found_file};
use crate::error::Error;
use crate::platform;
use crate::reading::Job;
use crate::understanding::Understanding;

/// The file beside `m1import.toml` that holds the settings which only a named file may make, and all others.
const NAMED: &str = "m1import.named.toml";

/// Whether a settings file of that path is used because it is found.
fn is_found(path: &Path) -> bool {
    let parent = path.parent().unwrap_or(Path::new(""));
    path.file_name().is_some_and(|name| name == "m1import.toml")
        && (parent.as_os_str().is_empty() || parent.canonicalize().ok() == Path::new(".").canonicalize().ok())
}

/// Writes down what was detected as explicit settings, and names the files: that of `--write-config`, and a second one
/// where the first will be found, not named, and may not make them all. Never over a file that is there.
pub(super) fn write_config(config: &Config, job: &Job) -> Result<Vec<String>, Error> {
    let Some(path) = &config.output.write_config else {
        return Ok(Vec::new());
    };
    let mut remark = "What was detected, as explicit settings.".to_owned();
    for shown in config.effective.iter().filter(|shown| shown.is_chosen() && shown.is_masked && shown.name != "token") {
        remark.push_str(&format!("\n{} was given and is left out here: it may be secret.", shown.name));
    }
    let Pinned { of_all, of_files } = Pinned::new(config, job);
    let may_be_found = |(name, values): (&&str, &Vec<String>)| may_stand_in_found_file(name, values);
    if !is_found(path) || of_all.iter().all(may_be_found) {
        write_new(path, &as_file(&of_all, &of_files, &remark))?;
        return Ok(vec![crate::report::shown(path)]);
    }
    let named = path.with_file_name(NAMED);
    write_new(&named, &as_file(&of_all, &of_files, &format!("{remark}\nTo be named: --config {NAMED}")))?;
    let found = of_all.into_iter().filter(|(name, values)| may_be_found((name, values))).collect();
    remark.push_str(&format!("\nWhat only a named file may set stands in {NAMED}, with all of these."));
    write_new(path, &as_file(&found, &of_files, &remark))?;
    Ok(vec![crate::report::shown(path), crate::report::shown(&named)])
}

/// Settings that give the same contacts again.
struct Pinned {
    /// Those that are the same for all inputs.
    of_all: Settings,
    /// Those that are not, by the own name of the input. What differs between inputs of one name is left to be detected.
    of_files: BTreeMap<String, Settings>,
}

impl Pinned {
    fn new(config: &Config, job: &Job) -> Pinned {
        let mut of_files: BTreeMap<String, Settings> = BTreeMap::new();
        for (path, input) in config.files.iter().zip(&config.inputs) {
            let of_input = |understood: &&Understanding| {
                config.files.len() == 1 || understood.source.input().path() == Some(path.as_path())
            };
            let mut settings = input.chosen.clone();
            settings.extend(detected(&job.inputs.iter().filter(of_input).collect::<Vec<_>>()));
            match of_files.get_mut(&input.name) {
                Some(others) => others.retain(|name, values| settings.get(name) == Some(values)),
                None => drop(of_files.insert(input.name.clone(), settings)),
            }
        }
        let chosen = config.effective.iter().filter(|shown| shown.is_chosen() && !shown.is_masked);
        let of_job = chosen.filter(|shown| !may_be_for_a_file(shown.name));
        let mut of_all: Settings = of_job.map(|shown| (shown.name, shown.values.clone())).collect();
        let mut shared = of_files.values().next().cloned().unwrap_or_default();
        shared.retain(|name, values| of_files.values().all(|settings| settings.get(name) == Some(values)));
        of_files.values_mut().for_each(|settings| settings.retain(|name, _| !shared.contains_key(name)));
        of_files.retain(|_, settings| !settings.is_empty());
        of_all.extend(shared);
        Pinned { of_all, of_files }
    }
}

/// What was detected of an input, of each of its worksheets where there are several: only what is the same for them.
fn detected(sheets: &[&Understanding]) -> Settings {
    let mut settings = Settings::new();
    let mut pin = |name: &'static str, of: &dyn Fn(&Understanding) -> Vec<String>| {
        let mut values = sheets.iter().map(|sheet| of(sheet));
        if let Some(first) = values.next()
            && !first.is_empty()
            && values.all(|other| other == first)
        {
            settings.insert(name, first);
        }
    };
    pin("format", &|input| vec![input.source.format().as_str().to_owned()]);
    pin("sheet", &|input| input.source.found_sheet().map(str::to_owned).into_iter().collect());
    pin("encoding", &|input| vec![input.source.encoding()]);
    pin("delimiter", &|input| input.source.delimiter().map(|c| c.to_string()).into_iter().collect());
    pin("map", &|input| {
        let columns = mapped_columns(input).into_iter().filter(|mapped| !mapped.field.is_empty());
        columns.map(|mapped| format!("{}={}", mapped.field, mapped.column)).collect()
    });
    settings
}

fn write_new(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Error::Exists(path.to_owned()),
        _ => Error::Output { path: path.to_owned(), error },
    };
    let mut file = platform::create_private(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}
