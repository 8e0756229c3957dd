//! The formulas of an .xls, as far as they tell whether a text comes of them.

/// Whether the last step of a formula joins texts, or is a function that gives one.
pub(super) fn gives_text(tokens: &[u8]) -> bool {
    // MID, REPT, TEXT, LOWER, UPPER, PROPER, LEFT, RIGHT, TRIM, REPLACE, SUBSTITUTE, T, CLEAN, CONCATENATE.
    const FUNCTIONS: [u16; 14] = [31, 30, 48, 112, 113, 114, 115, 116, 118, 119, 120, 130, 162, 336];
    let is_text = |low: &u8, high: &u8| FUNCTIONS.contains(&u16::from_le_bytes([*low, *high]));
    match tokens {
        [.., 0x08] => true,
        [.., 0x22 | 0x42 | 0x62, _, low, high] | [.., 0x21 | 0x41 | 0x61, low, high] => is_text(low, high),
        _ => false,
    }
}

/// Whether a formula begins with a text of its own, as `="+"&A2` does.
pub(super) fn has_literal(tokens: &[u8]) -> bool {
    matches!(tokens, [0x17, length, ..] if *length > 0)
}

/// Whether a formula is another cell and nothing else: of an empty one comes 0, and no empty text.
pub(super) fn is_reference(tokens: &[u8]) -> bool {
    matches!(tokens, [0x24 | 0x44 | 0x64, _, _, _, _] | [0x3a | 0x5a | 0x7a, _, _, _, _, _, _])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_that_give_texts() {
        let table: [(&[u8], bool); 6] = [
            (&[0x17, 1, 0, b'+', 0x44, 1, 0, 1, 0, 0x08], true),
            (&[0x44, 1, 0, 1, 0, 0x44, 1, 0, 2, 0, 0x22, 2, 0x50, 0x01], true),
            (&[0x44, 1, 0, 1, 0, 0x41, 0x76, 0], true),
            (&[0x25, 1, 0, 9, 0, 0, 0, 0, 0, 0x22, 1, 4, 0], false),
            (&[0x44, 1, 0, 1, 0, 0x1e, 1, 0, 0x05], false),
            (&[], false),
        ];
        for (tokens, expected) in table {
            assert_eq!(gives_text(tokens), expected, "{tokens:x?}");
        }
    }
}
