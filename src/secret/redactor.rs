//! Takes secrets out of text: the token, values of `--header`, the proxy's password, values in the endpoint's query.
//!
//! A piece of eight characters in a row gives a secret away. Texts of this program are cleaned in place (`clean`);
//! words of a server, who may have escaped, split or encoded what it repeats, are decoded first and dropped altogether
//! if they repeat any of it (`words`).

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::Secret;
use super::decode::{decoded, letters, lowercase, unpacked};

/// What is written in the place of a secret.
pub const REDACTED: &str = "[secret]";

/// What is written in the place of words that repeat a secret.
pub const LEFT_OUT: &str = "(left out: the server repeats the token or another secret)";

/// The length of a piece that gives a secret away, in characters. Shorter secrets are not taken out: `sandbox` is also
/// a word.
const PIECE: usize = 8;

/// How often the result of decoding is decoded again: base64 of base64 is found, a third layer is not.
const LAYERS: usize = 2;

/// Finds secrets in texts. Clones share what is hidden.
#[derive(Clone, Default)]
pub struct Redactor {
    hidden: Arc<RwLock<Hidden>>,
}

impl Redactor {
    /// Hides this secret from now on, if it has eight characters or more.
    pub fn hide(&self, secret: &Secret) {
        let mut hidden = self.hidden.write().unwrap_or_else(PoisonError::into_inner);
        if secret.expose().chars().nth(PIECE - 1).is_some() && !hidden.secrets.contains(secret) {
            hidden.add(secret.expose());
            hidden.secrets.push(secret.clone());
        }
    }

    /// The text with each piece of a secret replaced, also where it is in another case, percent-encoded, escaped as in
    /// JSON, in base64 or in hexadecimal digits.
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        if hidden.pieces.is_empty() {
            return Cow::Borrowed(text);
        }
        // One flag a character: whether it belongs to a piece.
        let mut marks: Vec<bool> = Vec::new();
        let mut found = false;
        let mut window = Window::new(hidden.multiplier);
        for c in text.chars() {
            marks.push(false);
            if window.push(lowercase(c)).is_some_and(|hash| hidden.pieces.contains(&hash)) {
                found = true;
                let start = marks.len() - PIECE;
                marks.iter_mut().skip(start).for_each(|mark| *mark = true);
            }
        }
        if !found {
            return Cow::Borrowed(text);
        }
        let mut clean = String::with_capacity(text.len());
        let mut inside = false;
        for (c, marked) in text.chars().zip(marks) {
            match (marked, inside) {
                (true, false) => clean.push_str(REDACTED),
                (true, true) => {}
                (false, _) => clean.push(c),
            }
            inside = marked;
        }
        Cow::Owned(clean)
    }

    /// Words of a server: as they are, or `LEFT_OUT` where they repeat a piece of a secret in any spelling.
    pub fn words<'t>(&self, words: &'t str) -> Cow<'t, str> {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        if !hidden.pieces.is_empty() && hidden.repeated_in(words, LAYERS) {
            return Cow::Borrowed(LEFT_OUT);
        }
        Cow::Borrowed(words)
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(…)")
    }
}

/// The secrets, and the hash of each of their pieces.
struct Hidden {
    secrets: Vec<Secret>,
    pieces: HashSet<u64>,
    /// Random, so that nobody can make texts whose hashes are those of a secret.
    multiplier: u64,
}

impl Default for Hidden {
    fn default() -> Hidden {
        Hidden { secrets: Vec::new(), pieces: HashSet::new(), multiplier: fastrand::u64(..) | 1 }
    }
}

impl Hidden {
    fn add(&mut self, secret: &str) {
        let plain = decoded(secret);
        for spelling in [secret, plain.as_str()] {
            self.add_pieces(spelling.chars());
            self.add_pieces(spelling.chars().rev());
            self.add_pieces(letters(spelling).chars());
            self.add_pieces(letters(spelling).chars().rev());
            self.add_encoded(spelling.as_bytes());
        }
    }

    /// The spellings that `clean` knows beside the plain one.
    fn add_encoded(&mut self, secret: &[u8]) {
        let escaped = |prefix: &str, byte: u8| match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            true => char::from(byte).to_string(),
            false => format!("{prefix}{byte:02x}"),
        };
        for prefix in ["%", "\\u00"] {
            self.add_pieces(secret.iter().flat_map(|byte| escaped(prefix, *byte).chars().collect::<Vec<_>>()));
        }
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        self.add_pieces(hex.chars());
        // Base64 packs three bytes: what it makes of the secret depends on how many stand in front of it.
        for before in 0..3 {
            let packed = STANDARD_NO_PAD.encode([vec![0; before], secret.to_vec()].concat());
            // The first and the last character also hold bits of the neighbours.
            let own = packed.len().saturating_sub(before + 2);
            self.add_pieces(packed.chars().skip(before + 1).take(own));
        }
    }

    fn add_pieces(&mut self, text: impl Iterator<Item = char>) {
        let mut window = Window::new(self.multiplier);
        self.pieces.extend(text.filter_map(|c| window.push(lowercase(c))));
    }

    /// Whether a piece is in the text, decoded so many times at most.
    fn repeated_in(&self, text: &str, layers: usize) -> bool {
        let plain = decoded(text);
        if [text, &plain, &letters(text), &letters(&plain)].iter().any(|text| self.is_in(text)) {
            return true;
        }
        layers > 0 && unpacked(&plain).any(|inner| self.repeated_in(&inner, layers - 1))
    }

    fn is_in(&self, text: &str) -> bool {
        let mut window = Window::new(self.multiplier);
        text.chars().any(|c| window.push(lowercase(c)).is_some_and(|hash| self.pieces.contains(&hash)))
    }
}

/// The last eight characters of a text, as a hash that moves on with each one.
struct Window {
    last: VecDeque<char>,
    hash: u64,
    multiplier: u64,
    /// What the oldest character was multiplied by.
    oldest: u64,
}

impl Window {
    fn new(multiplier: u64) -> Window {
        let oldest = (1..PIECE).fold(1u64, |power, _| power.wrapping_mul(multiplier));
        Window { last: VecDeque::with_capacity(PIECE), hash: 0, multiplier, oldest }
    }

    /// Moves on by a character; the hash of the last eight, once there are so many.
    fn push(&mut self, c: char) -> Option<u64> {
        if self.last.len() == PIECE
            && let Some(first) = self.last.pop_front()
        {
            self.hash = self.hash.wrapping_sub(u64::from(first).wrapping_mul(self.oldest));
        }
        self.last.push_back(c);
        self.hash = self.hash.wrapping_mul(self.multiplier).wrapping_add(u64::from(c));
        (self.last.len() == PIECE).then_some(self.hash)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "Qx7/Rw+2Lk9==mN4_vB8-zT1.cY6hJ3";

    fn hiding(secrets: &[&str]) -> Redactor {
        let redactor = Redactor::default();
        secrets.iter().for_each(|secret| redactor.hide(&Secret::new((*secret).to_owned())));
        redactor
    }

    fn base64(text: &str) -> String {
        base64::engine::general_purpose::STANDARD.encode(text)
    }

    /// The token in the spellings in which servers, proxies and log filters have been seen to repeat what they got.
    fn spellings(token: &str) -> Vec<String> {
        let each = |spell: fn(u8) -> String| token.bytes().map(spell).collect::<String>();
        let between = |separator: &str| token.chars().map(String::from).collect::<Vec<_>>().join(separator);
        vec![
            token.to_owned(),
            format!("Bearer {token}"),
            format!("token={token}&x=1"),
            token[..11].to_owned(),
            token[12..].to_owned(),
            token[7..19].to_owned(),
            format!("{} {}", &token[..9], &token[9..]),
            format!("{}\n{}", &token[..5], &token[5..]),
            format!("{}…\",\"…{}", &token[..6], &token[6..]),
            between(" "),
            between("-"),
            between("\u{200b}"),
            between("\0"),
            token.to_uppercase(),
            token.to_lowercase(),
            token.chars().rev().collect(),
            token.chars().map(|c| if c == ' ' { c } else { char::from_u32(u32::from(c) + 0xfee0).unwrap() }).collect(),
            base64(token),
            base64(token).trim_end_matches('=').replace('+', "-").replace('/', "_"),
            format!("Basic {}", base64(&format!("user:{token}"))),
            format!("Basic {}", base64(&format!("u:{token}"))),
            base64(&base64(token)),
            base64(token)[3..].to_owned(),
            each(|byte| format!("{byte:02x}")),
            each(|byte| format!("{byte:02X} ")),
            each(|byte| format!("\\x{byte:02x}")),
            each(|byte| format!("\\u{byte:04x}")),
            each(|byte| format!("\\u{{{byte:x}}}")),
            each(|byte| format!("%{byte:02X}")),
            each(|byte| format!("%25{byte:02X}")),
            each(|byte| format!("&#{byte};")),
            each(|byte| format!("&#x{byte:x};")),
            each(|byte| format!("&amp;#{byte};")),
            each(|byte| format!("={byte:02X}")),
            each(|byte| format!("\\{byte:03o}")),
            token.replace('/', "\\/"),
            token.replace('+', "\\u002B").replace('/', "\\u002F"),
            token.replace('/', "%2F").replace('+', "%2B"),
            token.replace('/', "&sol;").replace('+', "&plus;"),
        ]
    }

    #[test]
    fn words_that_repeat_a_secret_in_any_spelling_are_left_out() {
        let redactor = hiding(&["unrelated-secret", TOKEN, "sandbox"]);
        for spelling in spellings(TOKEN) {
            let words = format!("the key {spelling} is not known");
            assert_eq!(redactor.words(&words), LEFT_OUT, "{words}");
        }
    }

    #[test]
    fn other_words_stay() {
        let redactor = hiding(&[TOKEN, "sandbox", "ключ-из-шестнадцати"]);
        for words in [
            "",
            "Unauthorized",
            "profile.userDetails.contact.phone: must be digits (27831234567, 100 %, \\u00e9, &amp;, 0x1F)",
            "the sandbox does not know this token: Qx7/Rw+",
            "dGhlIHJlcXVlc3QgaWQgaXMgNTgxMjM0NTY3ODkwCg==",
            "550e8400-e29b-41d4-a716-446655440000",
        ] {
            assert_eq!(redactor.words(words), words);
        }
        assert_eq!(redactor.words("es war КЛЮЧ ИЗ ШЕСТНАДЦАТИ"), LEFT_OUT);
    }

    #[test]
    fn texts_of_our_own_are_cleaned_in_place() {
        let redactor = hiding(&["geheimes-token-1234", "kurz-8ab", "sandbox", "a b+c/d ef"]);
        let cases = [
            ("Authorization: Bearer geheimes-token-1234.", "Authorization: Bearer [secret]."),
            ("cut: geheimes…, imes-tok, GEHEIMES-TOKEN", "cut: [secret]…, [secret], [secret]"),
            ("cut: geheime…", "cut: geheime…"),
            ("kurz-8ab kurz-8a", "[secret] kurz-8a"),
            ("m1import sandbox", "m1import sandbox"),
            ("?key=a%20b%2Bc%2Fd%20ef&x=1", "?key=[secret]&x=1"),
            ("zwei\ngeheimes-token-1234\ngeheimes-token-1234", "zwei\n[secret]\n[secret]"),
        ];
        for (text, expected) in cases {
            assert_eq!(redactor.clean(text), expected);
        }
        for spelling in [base64("x:geheimes-token-1234"), base64("geheimes-token-1234")] {
            assert!(redactor.clean(&spelling).contains(REDACTED), "{spelling}");
        }
        assert!(!format!("{redactor:?}").contains("geheim"));
    }

    proptest! {
        #[test]
        fn no_piece_of_a_secret_survives(
            secret in "[ -~é名]{8,40}", before in "[ -~]{0,12}", after in "\\PC{0,12}", cut in 0usize..33
        ) {
            let redactor = hiding(&[&secret]);
            let piece: String = secret.chars().skip(cut.min(secret.chars().count() - 8)).collect();
            let text = format!("{before}{piece}{after}");
            let clean = redactor.clean(&text);
            let pieces: Vec<String> = secret.chars().collect::<Vec<_>>().windows(8).map(|w| w.iter().collect()).collect();
            prop_assert!(!pieces.iter().any(|piece| clean.contains(piece.as_str())), "{}", clean);
            prop_assert_eq!(redactor.words(&text), LEFT_OUT);
        }

        #[test]
        fn any_words_can_be_looked_through(words in "(\\PC|[%&#x;\\\\u{}0-9a-f]){0,200}") {
            let redactor = hiding(&[TOKEN]);
            redactor.words(&words);
            redactor.clean(&words);
        }
    }
}
