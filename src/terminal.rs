//! The only way to standard output and standard error.
//!
//! Writing may fail and does not panic: a closed pipe is an ordinary end. Whatever came from a file, a server or a
//! variable passes `safe` before it is put into a text; every text passes the redactor, which takes the token out.
//! What is said is decided elsewhere.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::process::Stdio;

use unicode_width::UnicodeWidthStr;

use crate::invisible::hides_or_moves;
use crate::keywords::keywords;
use crate::secret::Redactor;

keywords! {
    /// Whether colour is used.
    #[derive(Default)]
    Color {
        /// On a terminal that wants it.
        #[default]
        Auto = "auto",
        /// Always.
        Always = "always",
        /// Never.
        Never = "never",
    }
}

impl Color {
    /// Whether a stream is coloured: the choice, then `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR` and `TERM`, then
    /// whether it is a terminal. `variable` gives the value of a variable that is set and not empty.
    pub fn wanted<'e>(self, variable: impl Fn(&str) -> Option<&'e str>, is_terminal: bool) -> bool {
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if variable("NO_COLOR").is_some() => false,
            Color::Auto if variable("CLICOLOR_FORCE").is_some_and(|force| force != "0") => true,
            Color::Auto if variable("CLICOLOR") == Some("0") || variable("TERM") == Some("dumb") => false,
            Color::Auto => is_terminal,
        }
    }
}

/// Standard output and standard error.
#[derive(Debug, Clone)]
pub struct Terminal {
    /// What standard output can show.
    pub out: Stream,
    /// What standard error can show.
    pub err: Stream,
    /// Takes secrets out of everything that is written.
    pub redactor: Redactor,
}

/// What a stream can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// Whether a person looks at it.
    pub is_terminal: bool,
    /// Whether it takes colour.
    pub color: bool,
    /// Its width in columns; 80 where nobody knows.
    pub width: usize,
}

impl Stream {
    /// Its columns, where a person looks at it.
    pub fn columns(self) -> Option<usize> {
        self.is_terminal.then_some(self.width)
    }
}

impl Terminal {
    /// Asks both streams what they are. `variable` gives the value of a variable that is set and not empty.
    pub fn new<'e>(color: Color, variable: impl Fn(&str) -> Option<&'e str>) -> Terminal {
        let columns = variable("COLUMNS").and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
        let stream = |is_terminal: bool, size: Option<(terminal_size::Width, terminal_size::Height)>| Stream {
            is_terminal,
            color: color.wanted(&variable, is_terminal),
            width: size.map(|(width, _)| usize::from(width.0)).filter(|width| *width > 0).or(columns).unwrap_or(80),
        };
        let (out, err) = (io::stdout(), io::stderr());
        Terminal {
            out: stream(out.is_terminal(), terminal_size::terminal_size_of(&out)),
            err: stream(err.is_terminal(), terminal_size::terminal_size_of(&err)),
            redactor: Redactor::default(),
        }
    }

    /// Writes to standard output, as it is: lines bring their own ends.
    pub fn print(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(self.redactor.clean(text).as_bytes())?;
        out.flush()
    }

    /// Standard error for the output of another program.
    pub fn standard_error(&self) -> Stdio {
        Stdio::from(io::stderr())
    }

    /// Writes a line to standard error; on a terminal wrapped between words, and in colour where that is wanted. If it
    /// fails there is nobody left to tell.
    pub fn say(&self, line: &str) {
        let line = self.redactor.clean(line);
        let mut text = if self.err.is_terminal { wrapped(&line, size().0.into()) } else { line.into_owned() };
        if self.err.color {
            text = painted(&text);
        }
        text.push('\n');
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// The line in pieces that fit the width, none of which ends within a word: an option or a code stays whole. A line with a
/// command to type stays as it is, so that it can be copied, and one for a CI system, which ends it at its first line.
fn wrapped(line: &str, width: usize) -> String {
    if line.width() <= width || line.contains("m1import ") || line.starts_with("::") {
        return line.to_owned();
    }
    let rest = line.trim_start_matches(' ');
    let front = line.len() - rest.len();
    let indent = front + if rest.starts_with("hint: ") { "hint: ".len() } else { 2 };
    let mut text = " ".repeat(front);
    let mut column = front;
    for (number, word) in rest.split(' ').enumerate() {
        let wide = word.width();
        if number > 0 && column + 1 + wide > width && column > indent {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            column = indent;
        } else if number > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += wide;
    }
    text
}

/// The line with its first word in colour: what went wrong in red, warnings in yellow, hints dim.
fn painted(text: &str) -> String {
    for (word, color) in [("error:", "1;31"), ("warning:", "1;33")] {
        if let Some(rest) = text.strip_prefix(word) {
            return format!("\u{1b}[{color}m{word}\u{1b}[0m{rest}");
        }
    }
    if text.starts_with("  hint:") { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// How many columns and lines the terminal at standard error has now: people change that while they watch.
pub fn size() -> (u16, u16) {
    terminal_size::terminal_size_of(io::stderr()).map_or((80, 24), |(width, height)| (width.0.max(1), height.0.max(1)))
}

/// Writes to the terminal at standard error as it is, movements of the cursor included. Only what the program says of
/// itself is drawn: nothing from outside.
pub fn draw(text: &str) -> io::Result<()> {
    let mut err = io::stderr().lock();
    err.write_all(text.as_bytes())?;
    err.flush()
}

/// A text from outside made fit for a screen, a log or an annotation: one line, no character that hides text or moves
/// it, and no command of a CI system (`::error`, `##[error]`, `##vso[…]`, `##teamcity[…]`).
pub fn safe(text: &str) -> Cow<'_, str> {
    let command = text.trim_start().starts_with("::") || text.contains("##");
    if !command && !text.chars().any(hides_or_moves) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len() + 16);
    let mut in_front = true;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let breaks = match c {
            ':' => in_front && rest.peek() == Some(&':'),
            '#' => clean.ends_with('#') && rest.peek().is_some_and(|next| *next == '[' || next.is_alphanumeric()),
            _ => false,
        };
        if breaks || hides_or_moves(c) {
            clean.extend(c.escape_unicode());
        } else {
            clean.push(c);
        }
        in_front = in_front && c.is_whitespace();
    }
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_wrapped_between_words() {
        let line = "  hint: choose another type with --phone-types mobile, or --phone-check possible";
        assert_eq!(
            wrapped(line, 40),
            "  hint: choose another type with\n        --phone-types mobile, or\n        --phone-check possible"
        );
        for width in 1..100 {
            let text = wrapped(line, width);
            assert!(text.split_whitespace().eq(line.split_whitespace()), "{width}: {text}");
            let widest = text.lines().map(UnicodeWidthStr::width).max().unwrap();
            assert!(widest <= width.max("        --phone-types".len()), "{width}: {text}");
        }
        let command = format!("  hint: m1import {}", "a".repeat(80));
        assert_eq!(wrapped(&command, 40), command);
        let annotation = format!("::warning file=a.csv,line=7::{}", "a word ".repeat(20));
        assert_eq!(wrapped(&annotation, 40), annotation);
        assert_eq!(wrapped("short", 40), "short");
    }

    #[test]
    fn the_first_word_has_a_colour() {
        assert_eq!(painted("error: no"), "\u{1b}[1;31merror:\u{1b}[0m no");
        assert_eq!(painted("  hint: yes"), "\u{1b}[2m  hint: yes\u{1b}[0m");
        assert_eq!(painted("an error: no"), "an error: no");
    }

    #[test]
    fn texts_from_outside_are_made_safe() {
        let cases = [
            ("Größe, 名前, اسم", "Größe, 名前, اسم"),
            ("a\tb\nc\r\n", r"a\u{9}b\u{a}c\u{d}\u{a}"),
            ("\u{1b}[31mred\u{7f}\u{9b}", r"\u{1b}[31mred\u{7f}\u{9b}"),
            ("\u{202e}gnp.exe\u{2066}\u{200f}", r"\u{202e}gnp.exe\u{2066}\u{200f}"),
            ("pay\u{200b}pal\u{feff}\u{ad}", r"pay\u{200b}pal\u{feff}\u{ad}"),
            ("::error::x", r"\u{3a}:error::x"),
            ("  ::error::x", r"  \u{3a}:error::x"),
            ("a ::error::x", "a ::error::x"),
            (": a", ": a"),
            ("##[error]x", r"#\u{23}[error]x"),
            ("a ##[error]x", r"a #\u{23}[error]x"),
            ("###[x", r"##\u{23}[x"),
            ("# a ## b", "# a ## b"),
            ("x ##vso[task.setvariable]y", r"x #\u{23}vso[task.setvariable]y"),
            ("##teamcity[x", r"#\u{23}teamcity[x"),
            ("No ##1", r"No #\u{23}1"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(safe(text), expected, "{text:?}");
        }
    }

    #[test]
    fn colour() {
        type Variables = &'static [(&'static str, &'static str)];
        let cases: [(Color, Variables, bool, bool); 10] = [
            (Color::Auto, &[], true, true),
            (Color::Auto, &[], false, false),
            (Color::Auto, &[("NO_COLOR", "1")], true, false),
            (Color::Auto, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true, false),
            (Color::Auto, &[("CLICOLOR_FORCE", "1")], false, true),
            (Color::Auto, &[("CLICOLOR_FORCE", "0")], false, false),
            (Color::Auto, &[("CLICOLOR", "0")], true, false),
            (Color::Auto, &[("TERM", "dumb")], true, false),
            (Color::Always, &[("NO_COLOR", "1")], false, true),
            (Color::Never, &[("CLICOLOR_FORCE", "1")], true, false),
        ];
        for (color, variables, is_terminal, wanted) in cases {
            let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            assert_eq!(color.wanted(variable, is_terminal), wanted, "{color:?} {variables:?} {is_terminal}");
        }
    }

    proptest! {
        #[test]
        fn safe_texts_stay_as_they_are(text in "(\\PC|[#:v\\[ ]|\\p{C}){0,40}") {
            let once = safe(&text).into_owned();
            prop_assert!(!once.chars().any(hides_or_moves));
            prop_assert!(!once.trim_start().starts_with("::"));
            let command = once.match_indices("##").any(|(at, _)| {
                once[at + 2..].starts_with(|next: char| next == '[' || next.is_alphanumeric())
            });
            prop_assert!(!command, "{}", once);
            prop_assert_eq!(safe(&once), once.as_str());
        }
    }
}
