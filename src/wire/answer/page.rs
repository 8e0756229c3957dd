//! The text of an HTML page, or of any other text, for people.

use crate::entity;

/// How much of a page is looked at, in bytes: any message stands in the first few kilobytes.
const LONGEST: usize = 8 * 1024;

/// Elements whose content nobody reads.
const HIDDEN: [&str; 4] = ["script", "style", "svg", "noscript"];

/// Elements that stand within a line.
const WITHIN_A_LINE: [&str; 10] = ["a", "b", "i", "em", "strong", "span", "code", "u", "small", "font"];

/// The text of a page: without tags, scripts and the lines of a stack trace, entities decoded, a title that the page
/// repeats left out.
pub fn text(page: &[u8]) -> String {
    let page = String::from_utf8_lossy(page.get(..LONGEST).unwrap_or(page));
    let mut lines: Vec<String> = Vec::new();
    for line in decoded(&without_tags(&page)).lines().map(str::trim).filter(|line| !line.is_empty()) {
        // Node and Java write where in their program it happened; that is for their authors.
        let is_trace = line.starts_with("at ") && !lines.is_empty();
        if !is_trace && lines.last().is_none_or(|last| last != line) {
            lines.push(line.to_owned());
        }
    }
    // "Error", then "Error: name is missing"; "403 Forbidden", then "Forbidden".
    if let [title, next, ..] = lines.as_slice()
        && (next.starts_with(title.as_str()) || title.ends_with(next.as_str()))
    {
        lines.remove(0);
    }
    lines.join(" ")
}

fn without_tags(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (tag, after) = match tag.split_once('>') {
            Some((tag, after)) => (tag, after),
            None => ("", ""),
        };
        let name = tag.trim_start_matches('/');
        let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        if !WITHIN_A_LINE.contains(&name.as_str()) {
            text.push('\n');
        }
        rest = if HIDDEN.contains(&name.as_str()) && !tag.starts_with('/') { behind(after, &name) } else { after };
    }
    text + rest
}

/// What follows the end of an element.
fn behind<'p>(page: &'p str, element: &str) -> &'p str {
    let lower = page.to_ascii_lowercase();
    let end = lower.find(&format!("</{element}")).unwrap_or(page.len());
    page.get(end..).and_then(|rest| rest.split_once('>')).map_or("", |(_, after)| after)
}

/// A text with its entities decoded; one that is not known stays.
fn decoded(encoded: &str) -> String {
    let mut text = String::new();
    let mut rest = encoded;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        let entity = after.split_once(';').and_then(|(name, after)| Some((character(name)?, after)));
        match entity {
            Some((character, after)) => {
                text.push(character);
                rest = after;
            }
            None => {
                text.push('&');
                rest = after;
            }
        }
    }
    text + rest
}

fn character(name: &str) -> Option<char> {
    entity::xml(name).or_else(|| (name == "nbsp").then_some(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_become_sentences() {
        let cases = [
            (
                "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>Error: bad &quot;name&quot;<br> &nbsp; &nbsp;at /srv/app.js:3:9<br> &nbsp; &nbsp;at next (/srv/r.js:1:2)</pre>\n</body>\n</html>",
                "Error: bad \"name\"",
            ),
            (
                "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx/1.22.1</center>",
                "413 Request Entity Too Large nginx/1.22.1",
            ),
            (
                "<html><head>\n<title>403 Forbidden</title>\n</head><body>\n<h1>Forbidden</h1>\n<p>You don't have permission.</p>\n</body></html>",
                "Forbidden You don't have permission.",
            ),
            ("<p>It is <b>not</b> here</p><script>var a = '<p>';</script><!-- <b> -->", "It is not here"),
            ("<style>p{}</style>x", "x"),
            ("<script>x", ""),
            ("a &amp; b &lt;c&gt; &eacute; & d; &#39;e&#x27;", "a & b <c> &eacute; & d; 'e'"),
            ("plain\n  text", "plain text"),
            ("a <", "a"),
            ("", ""),
        ];
        for (page, words) in cases {
            assert_eq!(text(page.as_bytes()), words, "{page}");
        }
    }
}
