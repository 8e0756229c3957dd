//! The summary for machines: one JSON document with a schema number.

use std::fmt::Write as _;

use super::Summary;
use crate::invisible::hides_or_moves;

/// The document, indented, with a line end. Characters that act on a terminal stand in it as JSON escapes.
///
/// # Errors
/// None that are expected: every member is text or a number.
pub fn write(summary: &Summary) -> serde_json::Result<String> {
    let mut text = escaped(&serde_json::to_string_pretty(summary)?);
    text.push('\n');
    Ok(text)
}

/// JSON with what hides or moves text as `\uXXXX`; such characters stand within strings only, but for line ends.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && hides_or_moves(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing into a string does not fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_escaped_and_reads_the_same() {
        let value = serde_json::json!({ "a\u{9b}": "\u{202e}x\u{1b}\u{e0041}é" });
        let text = escaped(&serde_json::to_string_pretty(&value).unwrap());
        assert!(!text.chars().any(|c| c != '\n' && hides_or_moves(c)), "{text:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
