//! Code pages of DOS, in which spreadsheets still save as "CSV (MS-DOS)". No decoder for them is at hand, but what
//! another table makes of them is recognised: signs within words, and capitals behind small letters.

use encoding_rs::{Encoding, IBM866, MACINTOSH};

/// A code page of DOS: what it is called, and its characters from 0x80 on.
struct CodePage {
    name: &'static str,
    characters: &'static str,
}

const PAGES: [CodePage; 5] = [
    CodePage {
        name: LATIN,
        characters: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
    },
    CodePage {
        name: LATIN,
        characters: "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}",
    },
    CodePage {
        name: LATIN,
        characters: "ÇüéâäàåçêëèïîıÄÅÉæÆôöòûùİÖÜø£ØŞşáíóúñÑĞğ¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ºªÊËÈ?ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµ?×ÚÛÙìÿ¯´\u{ad}±?¾¶§÷¸°¨·¹³²■\u{a0}",
    },
    CodePage {
        name: "a code page of DOS (737, Greek)",
        characters: "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψ░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀ωάέήϊίόύϋώΆΈΉΊΌΎΏ±≥≤ΪΫ÷≈°∙·√ⁿ²■\u{a0}",
    },
    CodePage {
        name: CYRILLIC,
        characters: "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмноп░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀рстуфхцчшщъыьэюяЁёЄєЇїЎў°∙·√№¤■\u{a0}",
    },
];
/// Those of Latin letters, which mostly stand on the same bytes.
pub(super) const LATIN: &str = "a code page of DOS (437, 850, 852 or 857)";
const CYRILLIC: &str = "a code page of DOS (866, Cyrillic)";

/// What a text is in that a guess has taken for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A code page that cannot be decoded.
    Unreadable(&'static str),
    /// Another encoding.
    Is(&'static Encoding),
}

/// Whether the guess makes words of the text that nobody writes, while a code page of DOS makes sensible ones.
pub(super) fn doubt(sample: &[u8], guess: &'static Encoding) -> Option<Doubt> {
    let guessed = score(guess.decode_without_bom_handling(sample).0.chars());
    let (best, page) = best_page(sample)?;
    // A page of DOS itself must only be the best of them.
    if best <= 0 || guessed >= 0 && (guess != IBM866 || best <= guessed) {
        return None;
    }
    Some(match page {
        CYRILLIC => Doubt::Is(IBM866),
        name => Doubt::Unreadable(name),
    })
}

/// The name of the old code page that the text is in, unless it clearly is that of the Macintosh.
pub(super) fn unless_macintosh(sample: &[u8]) -> Option<&'static str> {
    let macintosh = score(MACINTOSH.decode_without_bom_handling(sample).0.chars());
    match best_page(sample)? {
        (best, page) if best > macintosh => Some(page),
        (best, _) if best == macintosh => Some("an old code page, of DOS or of the Macintosh"),
        _ => None,
    }
}

/// The code page of DOS that makes the best words, and how good they are; of equals the first.
fn best_page(sample: &[u8]) -> Option<(i64, &'static str)> {
    let scores = PAGES.iter().map(|page| {
        let high: Vec<char> = page.characters.chars().collect();
        let character = |byte: &u8| match byte.checked_sub(0x80) {
            Some(high_byte) => high.get(usize::from(high_byte)).copied().unwrap_or('?'),
            None => char::from(*byte),
        };
        (score(sample.iter().map(character)), page.name)
    });
    scores.reduce(|best, next| if next.0 > best.0 { next } else { best })
}

/// How much the words of a text are like words: more letters than signs, no sign within a word and no capital behind
/// a small letter.
fn score(text: impl Iterator<Item = char>) -> i64 {
    let (mut before, mut character) = ('\n', '\n');
    let mut sum = 0;
    for after in text.chain(['\n']) {
        if !character.is_ascii() {
            sum += points(before, character, after);
        }
        (before, character) = (character, after);
    }
    sum
}

/// Signs that do stand within words and names, or right behind one.
const WITHIN: &str = "’‘´–—·°ªº\u{a0}\u{ad}";
const BEHIND: &str = "”“’»›…™®©!²³,";
/// And those that stand in front of one.
const BEFORE: &str = "“„‚‘«‹¿¡";

fn points(before: char, character: char, after: char) -> i64 {
    // Signs that count as letters in some language stand for none in a name.
    let is_letter = |c: char| c.is_alphabetic() && !('\u{2b0}'..='\u{2ff}').contains(&c) && !"ƒµⁿ".contains(c);
    let is_european = |c: char| is_letter(c) && script(c) != OTHER;
    let is_foreign = |c: char| is_letter(c) && script(c) != script(character);
    if is_letter(character) {
        return match () {
            () if is_foreign(before) || is_foreign(after) => -2,
            () if before.is_lowercase() && character.is_uppercase() => -3,
            () => 1,
        };
    }
    match (is_european(before), is_european(after)) {
        _ if WITHIN.contains(character) => 0,
        (true, true) => -3,
        (true, false) if !BEHIND.contains(character) => -1,
        (false, true) if !BEFORE.contains(character) => -1,
        _ => 0,
    }
}

/// The alphabet of a letter that is neither Latin, Greek nor Cyrillic.
const OTHER: u8 = 3;

/// The alphabet of a letter.
fn script(c: char) -> u8 {
    match c {
        '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => 0,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => 1,
        '\u{400}'..='\u{52f}' => 2,
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_character_for_each_byte() {
        for page in PAGES {
            assert_eq!(page.characters.chars().count(), 128, "{}", page.characters);
        }
    }
}
