//! The manual: one page for the program, and one for each command.

use std::io;

use clap::Command;

use super::help::LONG_END;

/// The files that the program reads and writes.
const FILES: &str = "\
  ./.env                              variables, the token among them
  ./m1import.toml                     settings of a folder
  ~/.config/m1import/config.toml      settings of the user
  FILE.results/summary.json           the counts of a run, for programs
  FILE.results/results.csv            what happened to each row
  FILE.results/rejected.csv           rows to correct and import again
  FILE.results/report.html            a readable report
  FILE.results/journal.ndjson         what a stopped run resumes from";

/// The page of the program, or of the command of that name; `None` if there is none.
pub fn page(mut tree: Command, command: Option<&str>) -> Option<String> {
    tree.build();
    let mut page = Vec::new();
    // Writing to memory does not fail; were it to, the page would be missing.
    match command {
        None => of_program(tree, &mut page).ok()?,
        Some(name) => {
            let command = tree.find_subcommand(name)?.clone();
            of_command(command, name, &mut page).ok()?;
        }
    }
    Some(String::from_utf8_lossy(&page).into_owned())
}

fn of_program(tree: Command, page: &mut Vec<u8>) -> io::Result<()> {
    let man = clap_mangen::Man::new(tree);
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    man.render_subcommands_section(page)?;
    for section in LONG_END.split("\n\n") {
        let (heading, text) = section.split_once(":\n").unwrap_or(("", section));
        let heading = match heading {
            "Settings" => "ENVIRONMENT",
            "Exit codes" => "EXIT STATUS",
            _ => "EXAMPLES",
        };
        page.extend(as_it_stands(heading, text).bytes());
    }
    page.extend(as_it_stands("FILES", FILES).bytes());
    man.render_version_section(page)
}

fn of_command(command: Command, name: &str, page: &mut Vec<u8>) -> io::Result<()> {
    let full: &'static str = Box::leak(format!("m1import-{name}").into_boxed_str());
    let man = clap_mangen::Man::new(command.name(full).bin_name(format!("m1import {name}")));
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    page.extend(as_it_stands("SEE ALSO", "  m1import(1) for files, environment and exit status").bytes());
    Ok(())
}

/// A section whose lines stay as they are: commands are not broken, tables keep their columns.
fn as_it_stands(heading: &str, text: &str) -> String {
    let mut section = format!(".SH {heading}\n.nf\n");
    for line in text.lines() {
        let line = line.strip_prefix("  ").unwrap_or(line).replace('\\', "\\e").replace('-', "\\-");
        if line.starts_with(['.', '\'']) {
            section.push_str("\\&");
        }
        section.push_str(&line);
        section.push('\n');
    }
    section.push_str(".fi\n");
    section
}

#[cfg(test)]
mod tests {
    use super::super::help::tree;
    use super::*;

    #[test]
    fn every_page_has_its_sections() {
        let page_of = |name: Option<&str>| page(tree("9.0.0"), name).unwrap();
        let program = page_of(None);
        for heading in ["NAME", "SYNOPSIS", "OPTIONS", "SUBCOMMANDS", "EXAMPLES", "ENVIRONMENT", "EXIT STATUS", "FILES"]
        {
            let heading = if heading.contains(' ') { format!("\"{heading}\"") } else { heading.to_owned() };
            let plain = heading.trim_matches('"');
            assert!(
                program.contains(&format!(".SH {plain}\n")) || program.contains(&format!(".SH {heading}\n")),
                "{heading}"
            );
        }
        assert!(!program.contains(".SH EXTRA"), "{program}");
        let names: Vec<String> = tree("").get_subcommands().map(|command| command.get_name().to_owned()).collect();
        for name in names {
            let text = page_of(Some(&name));
            assert!(text.contains(&format!("m1import\\-{name}")) && text.contains("\\-\\-help"), "{name}: {text}");
            assert!(program.contains(&format!("m1import\\-{name}(1)")), "{name}");
        }
        assert_eq!(page(tree(""), Some("nothing")), None);
    }
}
