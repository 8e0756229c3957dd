//! The ways to read a header: with camel case split or not, with and without numbers and the marks of Latin letters.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::invisible::is_noise_in_names;
use crate::markup;

/// The ways to read a header: as it is, without numbers, with camel case left together; each also without the
/// marks of Latin letters.
pub(super) fn forms(header: &str) -> Vec<String> {
    let mut forms: Vec<String> = Vec::with_capacity(8);
    let mut add = |form: String| {
        if !form.is_empty() && !forms.contains(&form) {
            forms.push(form);
        }
    };
    let (parted, together) = (normal(header), together(header));
    let both = [Some(&parted), Some(&together).filter(|together| **together != parted)];
    for base in both.into_iter().flatten() {
        let numberless = base.split(' ').filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit()));
        let numberless = numberless.collect::<Vec<_>>().join(" ");
        add(plain(base));
        add(base.clone());
        add(plain(&numberless));
        add(numberless);
    }
    forms
}

/// A header in lower case with single spaces, camel case taken apart, without a remark at the end and without
/// invisible characters.
pub fn normal(header: &str) -> String {
    reduce(header, true)
}

fn together(header: &str) -> String {
    reduce(header, false)
}

fn reduce(header: &str, split: bool) -> String {
    // Engati and FloatChat put the type behind two bars: `phone_no||STRING`.
    let header = header.split_once("||").map_or(header, |(name, _)| name);
    let plain = markup::plain(header);
    let is_part = |c: &char| !is_noise_in_names(*c);
    let clean: String = match plain.is_ascii() {
        true => plain.chars().filter(is_part).collect(),
        false => plain.nfkc().filter(is_part).collect(),
    };
    let clean = clean.trim().trim_end_matches(['*', ':', '?', '：', '？']).trim_end();
    let clean = without_remark(clean);
    let mut normal = String::with_capacity(clean.len() + 4);
    let mut before = ' ';
    for c in clean.chars() {
        let parts = split
            && ((before.is_lowercase() && c.is_uppercase()) || (before.is_ascii_alphabetic() && c.is_ascii_digit()));
        if parts {
            normal.push(' ');
        }
        if !c.is_alphanumeric() && !is_combining_mark(c) {
            normal.push(' ');
        } else if c == 'İ' {
            normal.push('i');
        } else {
            normal.extend(c.to_lowercase());
        }
        before = c;
    }
    normal.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A remark in brackets at the end says nothing about the field, unless nothing stands before it. What parts a
/// phone or a name from another is kept: `Telefon (privat)`, `Name (First)`.
fn without_remark(header: &str) -> &str {
    const KEPT: &str = "privat, bureau, domicile, geschäftlich, geschaftlich, uff., fax, mobil, mobile, home, work, office, \
                        first, last, first name, last name";
    for (open, close) in [('(', ')'), ('[', ']'), ('（', '）'), ('{', '}')] {
        if let Some(inner) = header.strip_suffix(close)
            && let Some((before, remark)) = inner.rsplit_once(open)
            && !before.trim().is_empty()
            && !KEPT.split(", ").any(|kept| kept == remark.trim().to_lowercase())
        {
            return before.trim_end();
        }
    }
    header
}

/// Without the marks of Latin letters; those of other scripts are part of the letter.
pub(super) fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut latin = false;
    for c in text.nfd() {
        if !is_combining_mark(c) {
            latin = c.is_ascii_alphabetic();
            plain.push(if c == 'ı' { 'i' } else { c });
        } else if !latin {
            plain.push(c);
        }
    }
    plain.nfc().collect()
}
