//! Headers of the user's own.

use std::str::FromStr;

use crate::secret::Secret;

/// One more header for every request. Its value may be a key, so it is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name, in lower case.
    pub name: String,
    /// The value.
    pub value: Secret,
}

/// Headers that the program writes itself, and what sets them instead.
const OWN_HEADERS: &[(&str, &str)] = &[
    ("authorization", "is made from the token; use --token-file"),
    ("authtype", "is set by --auth-type"),
    ("botid", "is set by --bot-id"),
    ("connection", "is set by the program"),
    ("content-encoding", "is set by the program"),
    ("content-length", "is set by the program"),
    ("content-type", "is set by the program"),
    ("host", "is made from the endpoint"),
    ("idempotency-key", "is made from job and body"),
    ("proxy-authorization", "is made from --proxy"),
    ("te", "is set by the program"),
    ("trailer", "is set by the program"),
    ("transfer-encoding", "is set by the program"),
    ("upgrade", "is set by the program"),
    ("x-request-id", "is made for every request"),
];

impl FromStr for Header {
    type Err = String;

    fn from_str(text: &str) -> Result<Header, String> {
        let (name, value) = text.split_once(':').ok_or("is not of the form 'NAME: VALUE'")?;
        let name = name.trim().to_ascii_lowercase();
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(token) {
            return Err("has a name that no header can have".to_owned());
        }
        if let Some((_, why)) = OWN_HEADERS.iter().find(|(own, _)| *own == name) {
            return Err(format!("cannot set {name}: it {why}"));
        }
        let value = value.trim();
        if !value.chars().all(|c| c.is_ascii_graphic() || c == ' ' || c == '\t') {
            return Err(format!("has a value for {name} that is not plain ASCII"));
        }
        Ok(Header { name, value: Secret::new(value.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let header: Header = "X-Key:  geheim ".parse().unwrap();
        assert_eq!((header.name.as_str(), header.value.expose()), ("x-key", "geheim"));
        assert!(!format!("{header:?}").contains("geheim"));
        for text in ["", "X-Key", ": x", "X Key: x", "X: a\r\nB: c", "X: ü", "Authorization: Bearer x", "HOST: x"] {
            let error = text.parse::<Header>().unwrap_err();
            assert!(!error.contains("Bearer"), "{text}: {error}");
        }
    }
}
