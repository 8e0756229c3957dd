//! Writes the built-in numbering plans as constants, so that the program neither parses nor compiles anything at start-up.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "src/contact/phone/automaton.rs"]
mod automaton;
#[path = "src/contact/phone/compile.rs"]
mod compile;
#[path = "src/contact/phone/pattern.rs"]
mod pattern;
#[path = "src/contact/phone/tables.rs"]
mod tables;
#[path = "src/contact/phone/tails.rs"]
mod tails;

const PLANS: &str = "metadata/plans.tsv";
const COUNTRIES: &str = "metadata/countries.tsv";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in [
        "build.rs",
        PLANS,
        COUNTRIES,
        "src/contact/phone/automaton.rs",
        "src/contact/phone/compile.rs",
        "src/contact/phone/pattern.rs",
        "src/contact/phone/tables.rs",
        "src/contact/phone/tails.rs",
    ] {
        println!("cargo::rerun-if-changed={path}");
    }
    let tables = compile::compile(&fs::read_to_string(PLANS)?)?;
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("plans.rs"), constants(&tables)?)?;
    fs::write(Path::new(&folder).join("countries.rs"), countries(&fs::read_to_string(COUNTRIES)?)?)?;
    Ok(())
}

/// The tables as the source of a constant.
fn constants(tables: &tables::Tables) -> Result<String, std::fmt::Error> {
    let mut text = String::from("Tables {\n");
    writeln!(text, "version: Cow::Borrowed({:?}),\nstates: Cow::Borrowed(&[", tables.version)?;
    for row in tables.states.chunks(tables::ROW) {
        row.iter().try_for_each(|cell| write!(text, "{cell},"))?;
        text.push('\n');
    }
    writeln!(text, "]),\ntails: Cow::Borrowed(&[")?;
    for tail in tables.tails.chunks(tables::TAIL_ROW) {
        tail.iter().try_for_each(|cell| write!(text, "{cell},"))?;
        text.push('\n');
    }
    writeln!(text, "]),\nchanges: Cow::Borrowed(&[")?;
    for tables::Change { literal, from, to, end } in tables.changes.iter() {
        writeln!(text, "Change {{ literal: Cow::Borrowed(&{literal:?}), from: {from}, to: {to}, end: {end} }},")?;
    }
    writeln!(text, "]),\nplans: Cow::Borrowed(&[")?;
    for tables::Plan { name, code, general, trunk, exit, trunk_digits, lengths, local } in tables.plans.iter() {
        writeln!(
            text,
            "Plan {{ name: {name:?}, code: {code}, general: {general}, trunk: {trunk}, exit: {exit}, \
             trunk_digits: {trunk_digits:?}, lengths: {lengths}, local: {local} }},"
        )?;
    }
    writeln!(text, "]),\nzones: Cow::Borrowed(&[")?;
    for zone in tables.zones.iter() {
        writeln!(text, "{zone:?},")?;
    }
    writeln!(text, "]),\nzone_of: Cow::Borrowed(&{:?}),", tables.zone_of)?;
    writeln!(
        text,
        "zone_at: Cow::Borrowed(&{:?}),\nmobiles_at: Cow::Borrowed(&{:?}),",
        tables.zone_at, tables.mobiles_at
    )?;
    writeln!(text, "plan_of: Cow::Borrowed(&{:?}),\n}}", tables.plan_of)?;
    Ok(text)
}

/// The names of countries as the source of two sorted tables.
fn countries(text: &str) -> Result<String, Box<dyn std::error::Error>> {
    let mut names = BTreeMap::new();
    let mut english = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let [letters, three, name, list] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!("not understood: {line}").into());
        };
        english.insert(letters, name);
        for name in list.split('|').filter(|name| !name.is_empty()) {
            names.insert(name.to_owned(), letters);
        }
        if !three.is_empty() {
            names.entry(three.to_lowercase()).or_insert(letters);
        }
    }
    let mut source = String::from(
        "/// Normalised names and three-letter codes, with the two letters of the country.\nconst NAMES: &[(&str, [u8; 2])] = &[\n",
    );
    for (name, letters) in names {
        writeln!(source, "({name:?}, *b{letters:?}),")?;
    }
    source.push_str("];\n/// English names.\nconst ENGLISH: &[([u8; 2], &str)] = &[\n");
    for (letters, name) in english {
        writeln!(source, "(*b{letters:?}, {name:?}),")?;
    }
    source.push_str("];\n");
    Ok(source)
}
