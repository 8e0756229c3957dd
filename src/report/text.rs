//! Plain text for people: messages about rows and runs, and the summary at the end.
//!
//! No meaning by colour alone: without it nothing is lost. What comes from a file or the server is made safe here.

use std::collections::BTreeMap;

use crate::diagnostic::Exit;
use crate::folder::{REPORT, RESULTS, SUMMARY};
use crate::numbers::{count, duration, grouped};
use crate::terminal::safe;

use super::rejected_rows::{RejectedRow, Values};
use super::table::{Side, WIDTH, columns, wrapped};
use super::words::{by_count, describe, describe_note, remedy, verdict};
use super::{ErrorReport, Next, RejectedFile, Status, Summary, Warning, number_types};
use crate::outcome::RowStatus;

/// What the end of a run says beside the summary itself.
#[derive(Debug, Clone, Default)]
pub struct SummaryFooter {
    /// The folder with the results; `None` where none was written.
    pub folder: Option<String>,
    /// The files that are not in it, since there was no time for them.
    pub left_out: Vec<&'static str>,
    /// Further reports that were written.
    pub reports: Vec<String>,
    /// What to type next.
    pub next: Option<Next>,
    /// The first places of each reason: file and line.
    pub places: BTreeMap<String, Vec<(String, u64)>>,
    /// Whether the screen takes colour.
    pub color: bool,
    /// The columns of the screen; `None` where nobody looks at one.
    pub width: Option<usize>,
}

/// The end of a run for standard output: the verdict, the books, the reasons with remedies, and where to go on.
pub fn summary(summary: &Summary, closing: &SummaryFooter) -> String {
    let paint = Paint(closing.color);
    let mut page = Page::of(closing.width);
    if summary.ending.status == Status::Failed {
        // What and why was said as an error, on the other stream.
        return "Nothing was sent.\n".to_owned();
    }
    page.verdict(summary, &paint);
    if summary.rows.read > 0 {
        page.gap();
        page.table(2, &counts(summary), &[Side::Left, Side::Right, Side::Left]);
        page.lines(2, [took(summary)]);
    }
    reasons(summary, closing, &mut page, &paint);
    number_types::section(summary, &mut page, &paint);
    noticed(summary, &mut page, &paint);
    warnings(summary, &mut page, &paint);
    whereabouts(summary, closing, &mut page, &paint);
    page.text
}

/// One line with the counts, for `--quiet` and an exit other than 0.
pub fn quiet_line(summary: &Summary) -> String {
    let present = summary.rows.counts.present();
    let counts: Vec<String> = present.map(|(status, rows)| format!("{} {}", grouped(rows), status.label())).collect();
    let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    let results = summary.files.results.as_ref().map(|path| format!("; {}", safe(path))).unwrap_or_default();
    format!("{}{counts}{results}\n", count(summary.rows.read, "row"))
}

/// A row that were not imported: where, what, the code, what to do.
pub fn case(case: &RejectedRow) -> String {
    let mut text = format!("{}: {} [{}]\n", safe(&case.place()), safe(&case.message), safe(&case.code));
    hint(remedy(&case.code), &mut text);
    text
}

/// The first row of each reason, the commonest reasons first, as they are told at once when the rows have been judged.
pub fn first_rejected(
    reasons: &BTreeMap<String, u64>,
    examples: &BTreeMap<String, Vec<RejectedRow>>,
    values: Values,
) -> String {
    let sorted = by_count(reasons);
    let first = sorted.iter().take(FIRST).filter_map(|(code, rows)| Some((rows, examples.get(*code)?.first()?)));
    let mut text = String::new();
    for (rows, example) in first {
        text.push_str(&case(&RejectedRow {
            message: values.sentence(&example.message).into_owned(),
            ..example.clone()
        }));
        if *rows > 1 {
            text.push_str(&format!("  and {}\n", count(rows - 1, "more row")));
        }
    }
    if sorted.len() > FIRST {
        text.push_str(&format!("and {}\n", count((sorted.len() - FIRST) as u64, "more reason")));
    }
    text
}

/// So many reasons are told at once.
const FIRST: usize = 5;

/// What ended a run early: what, the code, what to do.
pub fn error(error: &ErrorReport) -> String {
    let mut lines = error.message.lines();
    let mut text = format!("error: {} [{}]\n", safe(lines.next().unwrap_or("")), safe(&error.code));
    for line in lines {
        text.push_str(&format!("  {}\n", safe(line.trim())));
    }
    hint(error.hint.as_deref().unwrap_or(""), &mut text);
    text
}

/// Something worth knowing that ends nothing.
pub fn warning(message: &str, code: &str, remedy: &str) -> String {
    let mut text = format!("warning: {} [{code}]\n", safe(message));
    hint(remedy, &mut text);
    text
}

fn hint(remedy: &str, text: &mut String) {
    for line in remedy.lines().filter(|line| !line.is_empty()) {
        text.push_str(&format!("  hint: {}\n", safe(line)));
    }
}

/// How long the run took, and how fast contacts were accepted: `in 12 s, 390 contacts/s`.
fn took(summary: &Summary) -> String {
    let seconds = summary.time.seconds;
    let speed = summary.rows.counts[RowStatus::Accepted] as f64 / seconds;
    // Of a shorter time, or of hardly a contact, no speed can be told.
    let is_told = seconds >= 1.0 && speed >= 1.0;
    let speed = if is_told { format!(", {} contacts/s", grouped(speed.round() as u64)) } else { String::new() };
    format!("in {}{speed}", duration(seconds.max(0.1)))
}

/// The counts: status, rows, meaning; statuses without a row are left out.
fn counts(summary: &Summary) -> Vec<Vec<String>> {
    let line =
        |(status, rows): (RowStatus, u64)| vec![status.label().to_owned(), grouped(rows), status.meaning().to_owned()];
    let mut rows: Vec<Vec<String>> = summary.rows.counts.present().map(line).collect();
    rows.push(vec!["rows read".to_owned(), grouped(summary.rows.read), String::new()]);
    rows
}

fn reasons(summary: &Summary, closing: &SummaryFooter, page: &mut Page, paint: &Paint) {
    if summary.tallies.reasons.is_empty() {
        return;
    }
    let title =
        if summary.ending.status == Status::Checked { "Why rows cannot be sent" } else { "Why rows were not imported" };
    page.heading(title, paint);
    for (code, rows) in by_count(&summary.tallies.reasons) {
        page.item(rows, &format!("{} [{}]", safe(describe(code)), safe(code)));
        let places = closing.places.get(code).map_or(&[] as &[_], Vec::as_slice);
        for (file, line) in places.iter().take(PLACES) {
            page.line(10, &format!("{}:{line}", safe(file)));
        }
        let more = rows.saturating_sub(PLACES as u64);
        if !places.is_empty() && more > 0 {
            page.line(10, &format!("and {}", count(more, "more row")));
        }
        page.hint(10, summary.tallies.remedy(code));
    }
}

/// So many places of a reason are named; all of them stand in `results.csv` and `rejected.csv`.
const PLACES: usize = 3;

pub(super) fn noticed(summary: &Summary, page: &mut Page, paint: &Paint) {
    if summary.tallies.notes.is_empty() {
        return;
    }
    page.heading("Noticed in rows that can be sent", paint);
    for (note, rows) in by_count(&summary.tallies.notes) {
        page.item(rows, &format!("{} [{}]", safe(describe_note(note)), safe(note)));
    }
}

/// What a person would want to know though each row by itself is fine. Hints stay in one piece: a command is copied.
pub(super) fn warnings(summary: &Summary, page: &mut Page, paint: &Paint) {
    for (number, Warning { code, message, hint, .. }) in summary.warnings.iter().enumerate() {
        if number == 0 {
            page.heading("Warnings", paint);
        }
        page.wrapped(2, &format!("{} [{code}]", safe(message)));
        page.lines(4, hint.iter().flat_map(|hint| hint.lines()).map(|line| format!("hint: {}", safe(line))));
    }
}

/// The files of every results folder, and what they are.
const FILES: [(&str, &str); 3] =
    [(REPORT, "readable report"), (RESULTS, "what happened to each row"), (SUMMARY, "the same as this, for programs")];

fn whereabouts(summary: &Summary, closing: &SummaryFooter, page: &mut Page, paint: &Paint) {
    if let Some(folder) = &closing.folder {
        page.heading(&format!("Results in {}", safe(folder)), paint);
        let is_there = |name: &str| !closing.left_out.contains(&name) && (name != REPORT || cfg!(feature = "html"));
        let there = FILES.iter().filter(|(name, _)| is_there(name));
        let mut files: Vec<Vec<String>> =
            there.map(|(name, what)| vec![(*name).to_owned(), (*what).to_owned()]).collect();
        for RejectedFile { path, .. } in &summary.files.rejected {
            let name = path.rsplit('/').next().unwrap_or(path);
            files.push(vec![safe(name).into_owned(), "rows to correct and import again".to_owned()]);
        }
        page.table(2, &files, &[Side::Left, Side::Left]);
        if !closing.left_out.is_empty() {
            page.line(2, &format!("left out: {}; the same command writes it", closing.left_out.join(", ")));
        }
    }
    for report in &closing.reports {
        page.line(2, &safe(report));
    }
    if let Some(next) = &closing.next {
        page.heading(next.says, paint);
        page.line(2, &safe(&next.command));
    }
}

/// The narrowest page that is made: in less no table can be read.
const LEAST: usize = 40;

/// Text in the making.
pub(super) struct Page {
    pub(super) text: String,
    width: usize,
}

impl Page {
    /// A page for a screen of so many columns.
    pub(super) fn of(width: Option<usize>) -> Page {
        Page { text: String::new(), width: width.unwrap_or(WIDTH).clamp(LEAST, WIDTH) }
    }

    /// What became of all, in colour.
    pub(super) fn verdict(&mut self, summary: &Summary, paint: &Paint) {
        let lines = wrapped(&safe(&verdict(summary)), self.width);
        self.lines(0, lines.iter().map(|line| paint.verdict(summary, line)));
    }

    /// A text in lines that are parted between words.
    pub(super) fn wrapped(&mut self, indent: usize, text: &str) {
        self.lines(indent, wrapped(text, self.width.saturating_sub(indent)));
    }

    /// Rows in columns.
    pub(super) fn table(&mut self, indent: usize, rows: &[Vec<String>], sides: &[Side]) {
        self.lines(indent, columns(rows, sides, self.width.saturating_sub(indent)));
    }

    /// A line in its place; nothing is cut, so that commands and names can be copied.
    pub(super) fn line(&mut self, indent: usize, line: &str) {
        let line = format!("{}{line}", " ".repeat(indent));
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    pub(super) fn lines(&mut self, indent: usize, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            self.line(indent, &line);
        }
    }

    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    pub(super) fn title(&mut self, text: &str, paint: &Paint) {
        self.line(0, &paint.bold(text));
    }

    pub(super) fn heading(&mut self, text: &str, paint: &Paint) {
        self.gap();
        self.line(0, &paint.bold(text));
    }

    /// A number of rows and what is said of them.
    pub(super) fn item(&mut self, rows: u64, text: &str) {
        let mut lines = wrapped(text, self.width.saturating_sub(10)).into_iter();
        self.line(0, &format!("{:>8}  {}", grouped(rows), lines.next().unwrap_or_default()));
        self.lines(10, lines);
    }

    pub(super) fn hint(&mut self, indent: usize, text: &str) {
        if !text.is_empty() {
            let (said, command) = text.split_once('\n').unwrap_or((text, ""));
            self.wrapped(indent, &format!("hint: {said}"));
            // A command is to be copied.
            self.lines(indent, command.lines().map(|line| format!("hint: {}", safe(line))));
        }
    }
}

/// Colour where the screen takes it.
pub(super) struct Paint(pub(super) bool);

impl Paint {
    fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    /// The verdict in green, yellow or red.
    pub(super) fn verdict(&self, summary: &Summary, text: &str) -> String {
        let color = match (summary.ending.exit_code, summary.ending.status) {
            (Exit::Complete, _) => "1;32",
            (Exit::SomeRows, _) | (_, Status::Interrupted) => "1;33",
            _ => "1;31",
        };
        self.paint(color, text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests;
