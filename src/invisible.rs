//! Characters that do not show themselves: which of them there are, and which matter where.

/// Zero-width characters and marks of direction, the byte order mark among them. Copying from chats and web pages
/// leaves them around a text, where they mean nothing.
pub fn is_copied_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What is no part of a column's name: marks left by copying, soft hyphens, control characters other than white space.
pub fn is_noise_in_names(c: char) -> bool {
    is_copied_mark(c) || c == '\u{ad}' || (c.is_control() && !c.is_whitespace())
}

/// What is no part of a phone number: marks left by copying, soft hyphens, signs of format, annotations, and selectors
/// that only change how a sign looks (digits as emoji). Control characters are not among them: they separate.
pub fn is_noise_in_phones(c: char) -> bool {
    is_copied_mark(c)
        || is_annotation(c)
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}'
            | '\u{8e2}' | '\u{20e3}' | '\u{fe00}'..='\u{fe0f}')
}

/// What hides a text, moves it or the cursor, or turns its direction on a screen: control characters, line ends, marks
/// left by copying, letters and fillers without a shape, annotations and tags.
pub fn hides_or_moves(c: char) -> bool {
    c.is_control()
        || is_copied_mark(c)
        || is_annotation(c)
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'
                ..='\u{180f}' | '\u{2028}' | '\u{2029}' | '\u{3164}' | '\u{ffa0}'
        )
}

/// Interlinear annotations, and the plane of tags and selectors without a shape.
fn is_annotation(c: char) -> bool {
    matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_set_has_its_characters_and_leaves_visible_ones() {
        type Set = fn(char) -> bool;
        let sets: [Set; 4] = [is_copied_mark, is_noise_in_names, is_noise_in_phones, hides_or_moves];
        let table = [
            ('a', [false, false, false, false]),
            ('é', [false, false, false, false]),
            ('ـ', [false, false, false, false]),
            (' ', [false, false, false, false]),
            ('\u{a0}', [false, false, false, false]),
            ('\t', [false, false, false, true]),
            ('\n', [false, false, false, true]),
            ('\u{1b}', [false, true, false, true]),
            ('\u{9b}', [false, true, false, true]),
            ('\u{ad}', [false, true, true, true]),
            ('\u{200b}', [true, true, true, true]),
            ('\u{202e}', [true, true, true, true]),
            ('\u{2066}', [true, true, true, true]),
            ('\u{feff}', [true, true, true, true]),
            ('\u{61c}', [true, true, true, true]),
            ('\u{2028}', [false, false, false, true]),
            ('\u{3164}', [false, false, false, true]),
            ('\u{fe0f}', [false, false, true, false]),
            ('\u{e0041}', [false, false, true, true]),
        ];
        for (c, expected) in table {
            assert_eq!(sets.map(|set| set(c)), expected, "{c:?}");
        }
    }

    #[test]
    fn a_mark_left_by_copying_is_in_every_set() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| is_copied_mark(*c)) {
            assert!(is_noise_in_names(c) && is_noise_in_phones(c) && hides_or_moves(c), "{c:?}");
        }
    }
}
