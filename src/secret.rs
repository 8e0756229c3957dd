//! Strings that are never shown (the token, header values, passwords), and the redactor that takes them out of texts.
//!
//! A `Secret` stays out of debug output and is wiped from memory when it is dropped. Where it comes from is the matter
//! of `config::token`.

mod decode;
mod redactor;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

pub use redactor::{LEFT_OUT, REDACTED, Redactor};

/// A string that is not shown: `Debug` prints nothing of it, `Display` its last four characters at most.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps the string.
    pub fn new(text: String) -> Secret {
        Secret(SecretString::from(text))
    }

    /// The string itself, for the place that sends it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The last four characters, for a person to tell tokens apart; only of a secret of 16 characters or more.
    pub fn last_four(&self) -> Option<&str> {
        let text = self.expose();
        let start = text.char_indices().rev().nth(3)?.0;
        if text.chars().count() >= 16 { text.get(start..) } else { None }
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Shows dots, and the last four characters if there are 16 or more.
impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…{}", self.last_four().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_four_characters_at_most() {
        let cases = [
            ("", "…"),
            ("abc", "…"),
            ("fifteen-letters", "…"),
            ("sixteen-letters!", "…ers!"),
            ("ключ-из-шестнадцати", "…цати"),
        ];
        for (text, shown) in cases {
            let secret = Secret::new(text.to_owned());
            assert_eq!(secret.to_string(), shown, "{text}");
            assert_eq!(format!("{secret:?}"), "Secret(…)");
            assert_eq!(secret.expose(), text);
        }
    }
}
