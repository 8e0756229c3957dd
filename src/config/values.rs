//! Values that are one word of a few, or a word or a number.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use encoding_rs::Encoding;

use super::units::Size;
use crate::keywords::keywords;
use crate::mapping::Target;

keywords! {
    /// Whether the `authtype` header is sent.
    AuthType {
        /// With an opaque token, not with a JWT.
        Auto = "auto",
        /// Always.
        Key = "key",
        /// Never.
        None = "none",
    }
}

keywords! {
    /// What standard output carries at the end.
    OutputFormat {
        /// A short summary for people.
        Text = "text",
        /// One JSON document.
        Json = "json",
    }
}

keywords! {
    /// Whether progress is shown.
    Progress {
        /// A bar on a terminal, else a plain line now and then.
        Auto = "auto",
        /// A bar in any case.
        Always = "always",
        /// Not at all.
        Never = "never",
    }
}

/// How much is said on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// What a person wants to know.
    Normal,
    /// More.
    More,
    /// Everything.
    Debug,
}

/// One of the values of `T`, or `auto`, which is found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutoOr<T>(pub Option<T>);

impl<T: FromStr> FromStr for AutoOr<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<AutoOr<T>, T::Err> {
        match text {
            "auto" => Ok(AutoOr(None)),
            _ => text.parse().map(|value| AutoOr(Some(value))),
        }
    }
}

/// An encoding by any of its WHATWG labels.
#[derive(Debug, Clone, Copy)]
pub struct EncodingLabel(pub &'static Encoding);

impl FromStr for EncodingLabel {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<EncodingLabel, Self::Err> {
        Encoding::for_label_no_replacement(text.trim().as_bytes())
            .map(EncodingLabel)
            .ok_or("is no encoding such as utf-8 or windows-1252")
    }
}

/// A field and the column that holds it: `FIELD=COLUMN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMap(pub Target, pub String);

impl FromStr for FieldMap {
    type Err = String;

    fn from_str(text: &str) -> Result<FieldMap, String> {
        match text.split_once('=') {
            Some((field, column)) if !column.is_empty() => Ok(FieldMap(field.trim().parse()?, column.to_owned())),
            _ => Err("is not FIELD=COLUMN, such as phone=Mobile".to_owned()),
        }
    }
}

/// An attribute given to every contact: `attr.KEY=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAttribute(pub String, pub String);

impl FromStr for SetAttribute {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<SetAttribute, Self::Err> {
        let (key, value) = text.strip_prefix("attr.").and_then(|rest| rest.split_once('=')).unwrap_or_default();
        match key.trim() {
            "" => Err("is not attr.KEY=VALUE, such as attr.city=Durban"),
            key => Ok(SetAttribute(key.to_owned(), value.to_owned())),
        }
    }
}

/// A whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(pub u64);

impl FromStr for Number {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Number, Self::Err> {
        text.parse().map(Number).map_err(|_| "is not a whole number")
    }
}

/// A whole number from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Positive(pub NonZeroUsize);

impl FromStr for Positive {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Positive, Self::Err> {
        text.parse().map(Positive).map_err(|_| "is not a whole number from 1")
    }
}

/// A text that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonEmptyText(pub String);

impl FromStr for NonEmptyText {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<NonEmptyText, Self::Err> {
        match text.trim() {
            "" => Err("is empty"),
            text => Ok(NonEmptyText(text.to_owned())),
        }
    }
}

/// A condition on a row: `COLUMN=VALUE,…`. The values may be empty, which means an empty cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowCondition(pub String);

impl FromStr for RowCondition {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<RowCondition, Self::Err> {
        match text.split_once('=') {
            Some((column, _)) if !column.trim().is_empty() => Ok(RowCondition(text.to_owned())),
            _ => Err("is not COLUMN=VALUE, such as Consent=yes"),
        }
    }
}

/// A list parted by commas: `A,B,C`. Elements are trimmed; one may be empty, all may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommaList(pub Vec<String>);

impl FromStr for CommaList {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<CommaList, Self::Err> {
        let parts: Vec<String> = text.split(',').map(|part| part.trim().to_owned()).collect();
        if parts.iter().all(String::is_empty) { Err("is empty") } else { Ok(CommaList(parts)) }
    }
}

/// The path of a report, whose ending says its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPath(pub PathBuf);

/// The endings of reports.
pub const REPORT_ENDINGS: &[&str] = &["json", "csv", "html", "md", "xml", "prom"];

impl FromStr for ReportPath {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<ReportPath, Self::Err> {
        let ending = Path::new(text).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if REPORT_ENDINGS.contains(&ending) {
            Ok(ReportPath(PathBuf::from(text)))
        } else {
            Err("ends in none of .json .csv .html .md .xml .prom")
        }
    }
}

/// A path that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePath(pub PathBuf);

impl FromStr for FilePath {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<FilePath, Self::Err> {
        if text.is_empty() { Err("is empty") } else { Ok(FilePath(PathBuf::from(text))) }
    }
}

/// The number of a TCP port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpPort(pub u16);

impl FromStr for TcpPort {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<TcpPort, Self::Err> {
        text.parse().map(TcpPort).map_err(|_| "is not a port from 0 to 65535")
    }
}

/// A size, or `unlimited` (`None`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeLimit(pub Option<u64>);

impl FromStr for SizeLimit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<SizeLimit, Self::Err> {
        match text {
            "unlimited" => Ok(SizeLimit(None)),
            _ => text.parse().map(|Size(bytes)| SizeLimit(Some(bytes))),
        }
    }
}

/// A phone number with its calling code, in digits; a plus sign in front is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedNumber(pub u64);

impl FromStr for RefusedNumber {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<RefusedNumber, Self::Err> {
        let digits = text.trim().trim_start_matches('+');
        digits.parse().map(RefusedNumber).map_err(|_| "is not a number in digits with its calling code")
    }
}

/// A bot's id, which goes into a header and a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotId(pub String);

impl FromStr for BotId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<BotId, Self::Err> {
        let text = text.trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !text.is_empty() && text.chars().all(plain) {
            Ok(BotId(text.to_owned()))
        } else {
            Err("is not an id of letters and digits")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::options::setting;

    /// Every word of the table is understood by the type that stands for it.
    #[test]
    fn words_and_types_agree() {
        fn all<T: FromStr>(name: &str) {
            for word in setting(name).unwrap().words {
                assert!(word.parse::<T>().is_ok(), "--{name} {word}");
            }
        }
        all::<AuthType>("auth-type");
        all::<OutputFormat>("output");
        all::<Progress>("progress");
        all::<crate::terminal::Color>("color");
    }

    #[test]
    fn words_and_numbers() {
        for text in ["", "0", "-1", "many"] {
            assert!(text.parse::<Positive>().is_err(), "{text}");
        }
        assert_eq!("Name, ,Phone".parse(), Ok(CommaList(vec!["Name".into(), String::new(), "Phone".into()])));
        assert!(" , ".parse::<CommaList>().is_err());
        assert_eq!("a/r.html".parse(), Ok(ReportPath("a/r.html".into())));
        assert!("r.pdf".parse::<ReportPath>().is_err());
        assert!("5f".parse::<BotId>().is_ok());
        assert!("a&b".parse::<BotId>().is_err());
    }
}
