//! `m1import phone`: numbers explained, given or one a line on standard input.

use std::io::{self, BufRead, IsTerminal, Read};

use super::print;
use crate::config::{Config, OutputFormat};
use crate::contact::phone;
use crate::diagnostic::Exit;
use crate::error::Error;
use crate::pipeline;
use crate::terminal::{Terminal, safe};

/// Explains numbers, given or one a line on standard input.
pub(super) fn explain(config: &Config, terminal: &Terminal, numbers: &[String]) -> Result<Exit, Error> {
    let rules = pipeline::rules(config)?.phone;
    let mut refused = false;
    let mut tell = |number: &str| {
        let explained = phone::explain(number, &rules);
        refused |= explained.is_refused();
        let text = match config.output.form {
            // Of several numbers each is named, so that it is plain which answer is whose.
            OutputFormat::Text if numbers.len() == 1 => format!("{explained}\n"),
            OutputFormat::Text => {
                let answer = explained.to_string().lines().map(|line| format!("  {line}\n")).collect::<String>();
                format!("{}\n{answer}", safe(number.trim()))
            }
            OutputFormat::Json => serde_json::to_string(&explained).map(|line| line + "\n").unwrap_or_default(),
        };
        print(terminal, &text)
    };
    if numbers.is_empty() {
        if io::stdin().is_terminal() {
            terminal.say("numbers from the keyboard, one a line; Ctrl-D ends");
        }
        let mut lines = io::stdin().lock();
        while let Some(line) = short_line(&mut lines).map_err(|error| Error::Local { what: "standard input", error })? {
            if !line.trim().is_empty() && tell(&line) != Exit::Complete {
                break;
            }
        }
    } else {
        for number in numbers {
            tell(number);
        }
    }
    Ok(if refused { Exit::SomeRows } else { Exit::Complete })
}

/// The longest line that is explained, in bytes; a cell with a number is far shorter.
const LONGEST_LINE: u64 = 4096;

/// The next line; what is longer than 4,096 bytes is cut, and the rest of its line left out. None at the end.
fn short_line(from: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') && line.len() as u64 == LONGEST_LINE {
        from.skip_until(b'\n')?;
    }
    Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_end_is_cut() {
        let text = format!("one\r\n{}\ntwo\n\nlast", "5".repeat(1 << 20));
        let mut from = text.as_bytes();
        let mut lengths = Vec::new();
        while let Some(line) = short_line(&mut from).unwrap() {
            lengths.push(line.len());
        }
        assert_eq!(lengths, [3, 4096, 3, 0, 4]);
    }
}
