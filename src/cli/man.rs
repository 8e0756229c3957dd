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
  FILE.results/journal.ndjson         what a stopped run resumes from
  FILE.results/runs/                  reports of earlier runs";

/// What the page of a command says besides its options.
struct Surroundings {
    command: &'static str,
    exit_status: &'static str,
    environment: &'static str,
    files: &'static str,
}

const SETTINGS: &str = "\
  M1IMPORT_DEFAULT_COUNTRY=IN         any option that is not typed only, by its long name
  M1IMPORT_CONFIG                     the file of settings to use instead of ./m1import.toml
  NO_COLOR, CLICOLOR, CLICOLOR_FORCE  whether there is colour";
const COLOR: &str = "\
  NO_COLOR, CLICOLOR, CLICOLOR_FORCE  whether there is colour";
const SETTINGS_FILES: &str = "\
  ./.env                              variables, the token among them
  ./m1import.toml                     settings of a folder
  ~/.config/m1import/config.toml      settings of the user";
const NO_FILES: &str = "  None is read, none is written.";
const PRINTED: &str = "\
  0   printed
  2   usage
  74  standard output cannot be written";

const COMMANDS: [Surroundings; 10] = [
    Surroundings {
        command: "check",
        exit_status: "\
  0   every row can be sent, or is a duplicate, skipped or unchanged
  1   some rows cannot be sent
  2   usage
  65  input unusable as a whole, or not what --strict, --max-invalid or --min-rows ask for
  66  input missing or not readable
  70  internal error
  73  a file of --report or --write-config cannot be made
  74  local input or output failed
  78  configuration
  129, 130, 143  interrupted",
        environment: SETTINGS,
        files: "\
  ./.env, ./m1import.toml             settings of a folder
  ~/.config/m1import/config.toml      settings of the user
  FILE of --only-changed              read only
  Nothing is written but what --report and --write-config name.",
    },
    Surroundings {
        command: "phone",
        exit_status: "\
  0   every number was understood
  1   some numbers were not
  2   usage
  74  local input or output failed
  78  configuration",
        environment: SETTINGS,
        files: SETTINGS_FILES,
    },
    Surroundings {
        command: "ping",
        exit_status: "\
  0   the token was taken
  2   usage
  75  the server was not reached, or could not answer now
  76  not the expected service: the token could not be tried
  77  no token, or it was refused
  78  configuration, also a certificate that is not trusted
  129, 130, 143  interrupted",
        environment: "\
  M1IMPORT_TOKEN                      the token
  M1IMPORT_ENDPOINT                   any option that is not typed only, by its long name
  HTTPS_PROXY, NO_PROXY               the proxy
  NO_COLOR, CLICOLOR, CLICOLOR_FORCE  whether there is colour",
        files: SETTINGS_FILES,
    },
    Surroundings {
        command: "sandbox",
        exit_status: "\
  0   ended by Ctrl-C or another signal
  2   usage
  74  its port cannot be opened",
        environment: COLOR,
        files: NO_FILES,
    },
    Surroundings { command: "sample", exit_status: PRINTED, environment: COLOR, files: NO_FILES },
    Surroundings {
        command: "config",
        exit_status: "\
  0   printed
  2   usage
  74  standard output cannot be written
  78  a setting cannot be used",
        environment: SETTINGS,
        files: SETTINGS_FILES,
    },
    Surroundings {
        command: "merge",
        exit_status: "\
  0   every row of all shards accepted, unchanged, duplicate or skipped
  1   some rows not valid or rejected by the server
  2   usage
  65  the folders are not the shards of one job
  66  a folder is missing or not readable
  70  internal error
  73  the results folder cannot be made, or is locked
  74  local input or output failed
  75  a shard is missing or unfinished
  78  configuration
  129, 130, 143  interrupted",
        environment: SETTINGS,
        files: "\
  DIR/summary.json, DIR/results.csv, DIR/rejected*   read of each shard
  FILE.results                                       written: the same of the whole job, and report.html",
    },
    Surroundings { command: "schema", exit_status: PRINTED, environment: COLOR, files: NO_FILES },
    Surroundings { command: "completions", exit_status: PRINTED, environment: COLOR, files: NO_FILES },
    Surroundings { command: "man", exit_status: PRINTED, environment: COLOR, files: NO_FILES },
];

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
    if let Some(known) = COMMANDS.iter().find(|known| known.command == name) {
        let sections = [("ENVIRONMENT", known.environment), ("EXIT STATUS", known.exit_status), ("FILES", known.files)];
        for (heading, text) in sections {
            page.extend(as_it_stands(heading, text).bytes());
        }
    }
    page.extend(as_it_stands("SEE ALSO", "  m1import(1)").bytes());
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
            for heading in ["ENVIRONMENT", "EXIT STATUS", "FILES"] {
                assert!(text.contains(&format!(".SH {heading}\n")), "{name}: {heading}");
            }
        }
        assert_eq!(page(tree(""), Some("nothing")), None);
    }
}
