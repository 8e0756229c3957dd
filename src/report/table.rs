//! Text in columns on a screen: measured in the cells it takes there, cut, padded, wrapped, and kept apart where it
//! runs from right to left.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The width for which pages of text are made: that of the narrowest screen in use.
pub const WIDTH: usize = 80;

/// On which side of its column a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// The cells a text takes on a screen.
pub fn width(text: &str) -> usize {
    text.width()
}

/// At most so many cells of a text; what was cut is shown as `…`.
pub fn cut(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut left = cells.saturating_sub(1);
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if wide > left {
            break;
        }
        left -= wide;
        short.push(c);
    }
    short.push('…');
    short
}

/// A text in a column of so many cells. Text that runs from right to left is isolated, so that it does not turn
/// round what stands beside it.
pub fn padded(text: &str, cells: usize, side: Side) -> String {
    let text = cut(text, cells);
    let space = " ".repeat(cells.saturating_sub(text.width()));
    let text = isolated(text);
    match side {
        Side::Left => text + &space,
        Side::Right => space + &text,
    }
}

fn isolated(text: String) -> String {
    if text.chars().any(runs_left) { format!("\u{2068}{text}\u{2069}") } else { text }
}

/// Whether a letter is written from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbours.
fn runs_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

/// Rows of cells as lines: columns as wide as their widest cell, two spaces between them. The widest columns give way
/// until the lines fit into `space` cells.
pub fn columns(rows: &[Vec<String>], sides: &[Side], space: usize) -> Vec<String> {
    let count = sides.len();
    let mut widths: Vec<usize> = (0..count)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    let between = count.saturating_sub(1) * 2;
    while widths.iter().sum::<usize>() + between > space {
        match widths.iter_mut().max() {
            Some(widest) if *widest > 4 => *widest -= 1,
            _ => break,
        }
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).zip(sides);
        let cells: Vec<String> = cells.map(|((cell, &width), &side)| padded(cell, width, side)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A text in lines of at most so many cells, parted between words; a word that is too long stands alone.
pub fn wrapped(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.width() + 1 + word.width() > cells {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_joined_characters_are_measured() {
        let cases = [
            ("Asha Rao", 8, "Asha Rao"),
            ("Asha Rao", 6, "Asha …"),
            ("李明さん", 5, "李明…"),
            ("李明さん", 4, "李…"),
            ("e\u{301}te\u{301}", 3, "e\u{301}te\u{301}"),
            ("", 3, ""),
        ];
        for (text, cells, expected) in cases {
            assert_eq!(cut(text, cells), expected, "{text:?}");
            assert!(width(&cut(text, cells)) <= cells);
            assert_eq!(width(&padded(text, cells, Side::Left)), cells, "{text:?}");
        }
    }

    #[test]
    fn text_from_right_to_left_is_kept_apart() {
        assert_eq!(padded("אב", 4, Side::Left), "\u{2068}אב\u{2069}  ");
        assert_eq!(padded("7", 3, Side::Right), "  7");
    }

    #[test]
    fn columns_give_way_from_the_widest() {
        let rows = vec![vec!["a".into(), "x".repeat(50), "1".into()], vec!["bcd".into(), "y".into(), "12,000".into()]];
        let lines = columns(&rows, &[Side::Left, Side::Left, Side::Right], 30);
        assert_eq!(lines, ["a    xxxxxxxxxxxxxxxx…       1", "bcd  y                  12,000"]);
    }

    #[test]
    fn lines_are_parted_between_words() {
        assert_eq!(wrapped("one two  three", 8), ["one two", "three"]);
        assert_eq!(wrapped("immeasurable x", 4), ["immeasurable", "x"]);
        assert!(wrapped("", 4).is_empty());
    }
}
