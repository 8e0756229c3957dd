//! The summary for machines: one JSON document with a schema number.

use super::Summary;

/// The document, indented, with a line end.
///
/// # Errors
/// None that are expected: every member is text or a number.
pub fn write(summary: &Summary) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(summary)?;
    text.push('\n');
    Ok(text)
}
