//! Which encoding a text is in: its mark, what was asked for, UTF-8, and only then a guess, which is said.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, ISO_2022_JP, ISO_8859_2, ISO_8859_4, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1252,
    WINDOWS_1254, WINDOWS_1257,
};

use super::Basis;
use super::code_page::{self, Doubt};
use super::error::ErrorKind;

/// The encoding of a text and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EncodingGuess {
    pub encoding: &'static Encoding,
    pub basis: Basis,
}

/// Finds the encoding of a text that begins with `sample`.
///
/// # Errors
/// It is one that cannot be decoded.
pub(super) fn find(sample: &[u8], asked: Option<&'static Encoding>) -> Result<EncodingGuess, ErrorKind> {
    let known = |encoding, basis| Ok(EncodingGuess { encoding, basis });
    let guessed = |encoding| known(encoding, Basis::Guess);
    if is_utf_32(sample) {
        return Err(ErrorKind::Encoding("UTF-32"));
    }
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return known(encoding, Basis::Mark);
    }
    if let Some(encoding) = asked {
        return known(encoding, Basis::Asked);
    }
    if let Some(encoding) = utf_16(sample) {
        return guessed(encoding);
    }
    let (good, broken) = multi_byte(sample);
    if broken == 0 && is_iso_2022_jp(sample) {
        return guessed(ISO_2022_JP);
    }
    if broken == 0 || good > broken {
        return known(UTF_8, Basis::Content);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    match old_machine(sample).filter(|_| guess == WINDOWS_1252) {
        Some(Old::Mac) => {
            return code_page::unless_macintosh(sample)
                .map_or(guessed(MACINTOSH), |name| Err(ErrorKind::Encoding(name)));
        }
        Some(Old::Dos) => return Err(ErrorKind::Encoding(code_page::LATIN)),
        None => {}
    }
    let guess = latin(sample, guess);
    match code_page::doubt(sample, guess) {
        Some(Doubt::Unreadable(name)) => Err(ErrorKind::Encoding(name)),
        Some(Doubt::Is(encoding)) => guessed(encoding),
        None => guessed(guess),
    }
}

/// UTF-32 has two zero bytes in each character that anybody uses, at one side.
fn is_utf_32(sample: &[u8]) -> bool {
    let all = |zeros: fn(&[u8]) -> bool| sample.len() >= 8 && sample.chunks_exact(4).take(64).all(zeros);
    all(|four| matches!(four, [0, 0, _, _])) || all(|four| matches!(four, [_, _, 0, 0]))
}

/// The escapes between ASCII and kanji, in a text that is otherwise ASCII.
fn is_iso_2022_jp(sample: &[u8]) -> bool {
    let has = |escape: &[u8]| memchr::memmem::find(sample, escape).is_some();
    (has(b"\x1b$B") || has(b"\x1b$@")) && (has(b"\x1b(B") || has(b"\x1b(J"))
}

/// The code pages that put letters of Western, Central and Baltic Europe and of Turkey on the same bytes: the letters that are
/// usual in names there, and those that are rare. Of equals the first stands.
const LATIN: [(&Encoding, &str, &str); 5] = [
    (WINDOWS_1252, "àáâãäåæçèéêëìíîïðñòóôõöøùúûüßœªº¿", "ýþšžÿ"),
    (WINDOWS_1250, CENTRAL, "ţ"),
    (WINDOWS_1254, "çğıİöşüâîû", "é"),
    (WINDOWS_1257, "āčēģīķļņšūžąęėįųõöäü", ""),
    (ISO_8859_2, CENTRAL, "ţ"),
];
const CENTRAL: &str = "đąćęłńóśźżáčďéěíňřšťúůýžőűöüäľĺŕôăâîşß";

/// Weighs a guess among the Latin code pages by the letters within words: a list of names is too short for the
/// frequencies that the guess rests on.
fn latin(sample: &[u8], guess: &'static Encoding) -> &'static Encoding {
    if guess != ISO_8859_4 && !LATIN.iter().any(|(encoding, ..)| *encoding == guess) {
        return guess;
    }
    let weights = |&(encoding, usual, rare): &(&'static Encoding, &str, &str)| {
        let mut weights = [0_usize; 256];
        for (byte, weight) in (0..=u8::MAX).zip(&mut weights) {
            let byte = [byte];
            let text = encoding.decode_without_bom_handling(&byte).0;
            let letter = text.chars().next().filter(|c| !c.is_ascii());
            let is_in = |letters: &str| letter.is_some_and(|c| letters.contains([c, lower(c)]));
            *weight = 2 * usize::from(is_in(usual)) + usize::from(is_in(rare));
        }
        (encoding, weights)
    };
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
    let score = |(encoding, weights): (&'static Encoding, [usize; 256])| {
        let near = sample.windows(3).filter(|near| near.get(1).is_some_and(|byte| *byte >= 0x80));
        let score = near.map(|near| match *near {
            [before, _, after] if !is_letter(before) && !is_letter(after) => 0,
            // Portuguese has õ before e only, and ã there too; a question begins a word.
            [_, 0xd5 | 0xf5, after] if encoding == WINDOWS_1252 && !b"eE".contains(&after) => 1,
            [_, 0xc3 | 0xe3, b'e' | b'E' | b'o' | b'O'] if encoding != WINDOWS_1252 => 1,
            [before, 0xbf, _] if encoding == WINDOWS_1252 && is_letter(before) => 0,
            // Icelandic names hardly end in ð, Latvian ones do in š.
            [_, 0xf0, after] if encoding == WINDOWS_1252 && !is_letter(after) => 0,
            [_, byte, _] => weights.get(usize::from(byte)).copied().unwrap_or(0),
            _ => 0,
        });
        (encoding, score.sum::<usize>())
    };
    // Where Windows has signs, the ISO code page has control characters, which nobody writes.
    let has_controls = sample.iter().any(|byte| matches!(byte, 0x80..=0x9f));
    let candidates = LATIN.iter().filter(|(encoding, ..)| *encoding != ISO_8859_2 || !has_controls);
    let scores = candidates.map(weights).map(score).collect::<Vec<_>>();
    let best = scores.iter().map(|(_, score)| *score).max().unwrap_or(0);
    let mut equals = scores.iter().filter(|(_, score)| *score == best).map(|(encoding, _)| *encoding);
    // Windows is far more likely than the ISO code pages, which the guess likes.
    match guess != ISO_8859_2 && equals.clone().any(|encoding| encoding == guess) {
        true => guess,
        false => equals.next().unwrap_or(guess),
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// A text in UTF-16 as UTF-8: by its mark, by what the user says, or by its zero bytes; None for any other.
pub(super) fn wide_text(sample: &[u8], asked: Option<&'static Encoding>) -> Option<String> {
    let is_wide = |encoding: &&'static Encoding| [UTF_16LE, UTF_16BE].contains(encoding);
    let encoding = match Encoding::for_bom(sample) {
        Some((marked, _)) => Some(marked).filter(is_wide),
        None => asked.filter(is_wide).or_else(|| utf_16(sample)),
    };
    encoding.map(|encoding| encoding.decode_with_bom_removal(sample).0.into_owned())
}

/// UTF-16 without a mark: nearly all zero bytes stand at one side of the pairs.
fn utf_16(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros = |side: usize| sample.iter().skip(side).step_by(2).filter(|&&byte| byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let pairs = sample.len() / 2;
    if second * 10 > pairs && first * 20 < second {
        Some(UTF_16LE)
    } else if first * 10 > pairs && second * 20 < first {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// How many sequences of several bytes are UTF-8, and how many places are not.
fn multi_byte(sample: &[u8]) -> (usize, usize) {
    let (mut good, mut broken) = (0, 0);
    let mut rest = sample;
    loop {
        let (valid, error) = match std::str::from_utf8(rest) {
            Ok(text) => (text.as_bytes(), None),
            Err(error) => (rest.get(..error.valid_up_to()).unwrap_or_default(), Some(error)),
        };
        good += valid.iter().filter(|&&byte| byte >= 0xc0).count();
        match error {
            // A sequence that the sample cuts is not broken.
            Some(error) if error.error_len().is_some() || error.valid_up_to() + 4 < rest.len() => {
                broken += 1;
                rest = rest.get(error.valid_up_to() + error.error_len().unwrap_or(1)..).unwrap_or_default();
            }
            _ => return (good, broken),
        }
    }
}

enum Old {
    Mac,
    Dos,
}

/// Old Macs and DOS put their accented letters where Windows has hardly a letter.
fn old_machine(sample: &[u8]) -> Option<Old> {
    let within_words = sample.windows(3).filter_map(|near| match near {
        [before, byte @ 0x80..=0xff, after] if before.is_ascii_alphabetic() && after.is_ascii_lowercase() => {
            Some(*byte)
        }
        _ => None,
    });
    let (mut old, mut windows, mut mac, mut dos) = (0, 0, 0, 0);
    for byte in within_words {
        match byte {
            // š œ ž Š Œ Ž and the quotes are letters and signs of Windows that do stand within words.
            0x80..=0xa4 if !matches!(byte, 0x92 | 0x9a | 0x9c | 0x9e) => old += 1,
            0xc0..=0xff => windows += 1,
            _ => {}
        }
        match byte {
            // ç é è ê ë í ö ü ß of the one, ü é ä à ö á í ó ú ñ of the other.
            0x8d..=0x92 | 0x9a | 0x9f | 0xa7 => mac += 1,
            0x81 | 0x82 | 0x84 | 0x85 | 0x94 | 0xa0..=0xa4 => dos += 1,
            _ => {}
        }
    }
    (old > windows).then_some(if dos > mac { Old::Dos } else { Old::Mac })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_found() {
        let names = "Name;Telefon\nJürgen Müller;+4915123456789\nBjörn Groß;+4915123456780\nAndré Bäcker;1\n";
        let encoded = |encoding: &'static Encoding| encoding.encode(names).0.into_owned();
        let utf16le: Vec<u8> = names.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16be: Vec<u8> = names.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mac: Vec<u8> = names
            .chars()
            .map(|c| match c {
                'ü' => 0x9f,
                'ö' => 0x9a,
                'ß' => 0xa7,
                'é' => 0x8e,
                'ä' => 0x8a,
                c => c as u8,
            })
            .collect();
        let mut spoilt = names.as_bytes().to_vec();
        spoilt.extend_from_slice(b"M\xfcller;1\n");
        let table = [
            (names.as_bytes().to_vec(), "UTF-8"),
            (spoilt, "UTF-8"),
            (encoded(encoding_rs::WINDOWS_1252), "windows-1252"),
            (utf16le, "UTF-16LE"),
            (utf16be, "UTF-16BE"),
            (mac, "macintosh"),
            (b"Name,Phone\nM\xfcller,1\n".to_vec(), "windows-1252"),
        ];
        for (bytes, name) in table {
            assert_eq!(name_of(&bytes), name, "{}", String::from_utf8_lossy(&bytes));
        }
        assert!(find(b"\xff\xfea\0", Some(UTF_8)).unwrap().basis == Basis::Mark);
    }

    fn name_of(bytes: &[u8]) -> &'static str {
        match find(bytes, None) {
            Ok(found) => found.encoding.name(),
            Err(ErrorKind::Encoding(name)) => name,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_few_names_tell_the_code_page() {
        let table = [
            (WINDOWS_1250, "Žižka Šárka|Jiří Novák|Jan Wiśniewski|Małgorzata|Stanisław Dąbek|Szőke Ödön|Erdős Pál"),
            (WINDOWS_1250, "Ľuboš Ďuriš|Šime Žganec|Jože Čeh|Ştefan Vodă|Żaneta Kożuch|Đorđe Petrović|Łukasz Wójcik"),
            (WINDOWS_1252, "João Conceição|François Lefèvre|Jürgen Weiß|Åsa Öberg|Iñaki Núñez|Søren Kjær|Väinö|José"),
            (
                WINDOWS_1252,
                "A±B Müller™|Þór Ægisson|Sigurður Jónsson|Niccolò|Daniël|Luís Simões|Mª José|Señor ¿Qué?|Renée|Bjørn Ås",
            ),
            (WINDOWS_1252, "Zoë Brown|O’Brien Seán|Chloé Bœuf|Bruno Guimarães|Mário Magalhães|Agnès|Noël|Forlì"),
            (WINDOWS_1254, "Şükrü Yıldız|Ayşe Çağlar|Gökhan Işık|Müge Anlı|Işıl Doğan|İbrahim|Çağrı"),
            (WINDOWS_1257, "Žydrūnas Šimkus|Jānis Bērziņš|Eglė Žukauskaitė|Šarūnas"),
            (ISO_8859_2, "Stanisław Dąbek i Śliwa"),
        ];
        let mut wrong = Vec::new();
        for (encoding, names) in table {
            for name in names.split('|') {
                let text = format!("Name;Telefon\n{name};+48512345678\nAnna;+48512345679\n");
                let found = name_of(&encoding.encode(&text).0);
                if encoding.encode(&text).0 != text.as_bytes() && found != encoding.name() {
                    wrong.push((name, encoding.name(), found));
                }
            }
        }
        assert_eq!(wrong, []);
    }

    #[test]
    fn encodings_of_other_times_are_named() {
        let utf32 =
            |bytes: fn(u32) -> [u8; 4]| "Name,Phone\n".chars().flat_map(|c| bytes(c.into())).collect::<Vec<u8>>();
        let table = [
            (utf32(u32::to_le_bytes), "UTF-32"),
            (utf32(u32::to_be_bytes), "UTF-32"),
            ([b"\xff\xfe\0\0".to_vec(), utf32(u32::to_le_bytes)].concat(), "UTF-32"),
            (b"\x1b$B;aL>\x1b(B,Phone\n".to_vec(), "ISO-2022-JP"),
            (b"Name;Telefon\r\nJ\x81rgen M\x94ller;1\r\n".to_vec(), code_page::LATIN),
            (b"Nombre;Tel\r\nMu\xa4oz;1\r\n".to_vec(), code_page::LATIN),
            (b"Navn;Tel\r\nS\x9bren Pr\x9bve;1\r\n\x8fse \x9drsted;2\r\n".to_vec(), code_page::LATIN),
            (b"Nom;Tel\r\nJos\x82;1\r\n".to_vec(), code_page::LATIN),
            (b"Imie;Tel\r\nMa\x88gorzata W\xa2jcik;1\r\n\x9dukasz;2\r\n".to_vec(), code_page::LATIN),
            (b"Ad;Tel\r\n\x9e\x81kr\x81 Y\x8dld\x8dz;1\r\nAy\x9fe Da\xa7;2\r\n".to_vec(), code_page::LATIN),
            (
                b"Onoma;Tel\r\n\xea\xa4\xa4\x98 \x83\xa6\xa1\xa0\xa3\xe3;1\r\n\x8c\xe5\xa1\xa6\xaa;2\r\n".to_vec(),
                "a code page of DOS (737, Greek)",
            ),
            (b"Imya;Tel\r\n\x88\xa2\xa0\xad;1\r\n\x80\xad\xad\xa0;2\r\n\x8e\xab\xec\xa3\xa0;3\r\n".to_vec(), "IBM866"),
        ];
        for (bytes, name) in table {
            assert_eq!(name_of(&bytes), name, "{}", String::from_utf8_lossy(&bytes));
        }
    }
}
