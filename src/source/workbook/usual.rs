//! Cells and shared texts of Office Open XML in the form nearly every program writes them in, read without a parser of XML.
//! Whatever is written otherwise is left to the parser.

/// `<c r="B7" s="1" t="s"><v>12</v></c>`, of which `s` and `t` may be missing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UsualCell<'x> {
    /// From 0.
    pub column: usize,
    pub style: usize,
    /// The value of `t`, or nothing.
    pub kind: &'x str,
    /// What stands in `v`.
    pub value: &'x str,
    /// The bytes of the element.
    pub length: usize,
}

/// The cell that the text begins with.
pub(super) fn cell(text: &[u8]) -> Option<UsualCell<'_>> {
    let rest = text.strip_prefix(b"<c r=\"")?;
    let (place, rest) = word(rest)?;
    let (style, rest) = rest.strip_prefix(b" s=\"").map_or(Some(("0", rest)), word)?;
    let (kind, rest) = rest.strip_prefix(b" t=\"").map_or(Some(("", rest)), word)?;
    let (value, rest) = plain(rest.strip_prefix(b"><v>")?)?;
    let rest = rest.strip_prefix(b"</v></c>")?;
    Some(UsualCell { column: column(place)?, style: style.parse().ok()?, kind, value, length: text.len() - rest.len() })
}

/// The shared text that the text begins with, `<si><t>…</t></si>`, and the bytes of its element.
pub(super) fn shared_text(text: &[u8]) -> Option<(&str, usize)> {
    let (shared, rest) = plain(text.strip_prefix(b"<si><t>")?)?;
    let rest = rest.strip_prefix(b"</t></si>")?;
    Some((shared, text.len() - rest.len()))
}

/// Letters and digits up to the quote that ends them, and what stands behind it.
fn word(text: &[u8]) -> Option<(&str, &[u8])> {
    let length = text.iter().position(|byte| !byte.is_ascii_alphanumeric())?;
    let (word, rest) = text.split_at_checked(length)?;
    Some((str::from_utf8(word).ok()?, rest.strip_prefix(b"\"")?))
}

/// A text without entities up to the next tag, and what follows from there.
fn plain(text: &[u8]) -> Option<(&str, &[u8])> {
    let (plain, rest) = text.split_at_checked(memchr::memchr2(b'<', b'&', text)?)?;
    Some((str::from_utf8(plain).ok()?, rest))
}

/// The column of a place such as `AB12`, from 0.
fn column(place: &str) -> Option<usize> {
    let (mut column, mut digits) = (0, 0);
    for byte in place.bytes() {
        match byte {
            b'A'..=b'Z' if digits == 0 => column = column * 26 + usize::from(byte - b'A' + 1),
            b'0'..=b'9' => digits += 1,
            _ => return None,
        }
    }
    ((1..=26 * 26 * 27).contains(&column) && (1..=7).contains(&digits) && place.len() <= 10).then(|| column - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_cells_and_no_others() {
        let cell_of = |text: &'static str| cell(text.as_bytes());
        let usual = |column, style, kind, value, length| Some(UsualCell { column, style, kind, value, length });
        assert_eq!(cell_of("<c r=\"A1\"><v>7</v></c><c"), usual(0, 0, "", "7", 22));
        assert_eq!(cell_of("<c r=\"AB12\" s=\"3\" t=\"s\"><v>0</v></c>"), usual(27, 3, "s", "0", 36));
        assert_eq!(cell_of("<c r=\"XFD1048576\" t=\"str\"><v>é </v></c>"), usual(16_383, 0, "str", "é ", 40));
        for other in [
            "<c r=\"A1\"><v>7</v></c",
            "<c r=\"A1\"><v>a&amp;b</v></c>",
            "<c r=\"A1\"><v>7</v ></c>",
            "<c r=\"A1\" t=\"s\" s=\"1\"><v>7</v></c>",
            "<c r='A1'><v>7</v></c>",
            "<c r=\"a1\"><v>7</v></c>",
            "<c r=\"$A$1\"><v>7</v></c>",
            "<c r=\"A\"><v>7</v></c>",
            "<c r=\"1\"><v>7</v></c>",
            "<c r=\"A1\"><f>A2</f><v>7</v></c>",
            "<c r=\"A1\" s=\"1\"/>",
            "<c r=\"A1\"><v><![CDATA[7]]></v></c>",
            "<x:c r=\"A1\"><v>7</v></x:c>",
            " <c r=\"A1\"><v>7</v></c>",
        ] {
            assert_eq!(cell_of(other), None, "{other}");
        }
        assert_eq!(cell(b"<c r=\"A1\"><v>\xff</v></c>"), None);
    }

    #[test]
    fn usual_texts_and_no_others() {
        assert_eq!(shared_text("<si><t>Zoë </t></si><si>".as_bytes()), Some(("Zoë ", 21)));
        for other in
            ["<si><t xml:space=\"preserve\">a</t></si>", "<si><t>a&lt;</t></si>", "<si><r><t>a</t></r></si>", "<si/>"]
        {
            assert_eq!(shared_text(other.as_bytes()), None, "{other}");
        }
    }
}
