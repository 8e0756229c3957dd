//! Quoting for the shell: every command that the program prints can be pasted into sh, bash, zsh or fish.

use std::borrow::Cow;

/// A word as the shell needs it: unchanged if it is plain, else in single quotes.
pub fn quote(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "_@%+=:,./-…".contains(c);
    // zsh replaces a leading = by the path of a program.
    if !word.is_empty() && !word.starts_with('=') && word.chars().all(plain) {
        return Cow::Borrowed(word);
    }
    let mut quoted = String::from("'");
    for c in word.chars() {
        match c {
            '\'' => quoted.push_str(r"'\''"),
            // fish takes it for an escape in single quotes too.
            '\\' => quoted.push_str(r"'\\'"),
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    Cow::Owned(quoted)
}

/// The word that a shell makes of what was typed, so far as it goes: a quote may have no end yet. Nothing is expanded.
pub fn unquote(typed: &str) -> String {
    let mut word = String::new();
    let mut quote = None;
    let mut chars = typed.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (Some('\''), c) => word.push(c),
            (None, '\\') => word.extend(chars.next()),
            (Some(_), '\\') => match chars.next() {
                Some(escaped @ ('"' | '\\' | '$' | '`')) => word.push(escaped),
                other => word.extend(std::iter::once(c).chain(other)),
            },
            (_, c) => word.push(c),
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_words_stay_as_they_are() {
        let cases = [
            ("contacts.csv", "contacts.csv"),
            ("phone=Größe", "phone=Größe"),
            ("", "''"),
            ("my file", "'my file'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("=ls", "'=ls'"),
            ("~/a", "'~/a'"),
            ("a*", "'a*'"),
            (r"a\", r"'a'\\''"),
        ];
        for (word, quoted) in cases {
            assert_eq!(quote(word), quoted, "{word}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn what_was_quoted_is_the_word_again(word in r#"[ -~äß\n\t]{0,12}"#) {
            prop_assert_eq!(unquote(&quote(&word)), word.clone());
            let escaped: String = word.chars().filter(|c| *c != '\n').flat_map(|c| ['\\', c]).collect();
            prop_assert_eq!(unquote(&escaped), word.replace('\n', ""));
            // bash's own quoting, within double quotes.
            let doubled = word.chars().fold(String::from("\""), |text, c| match c {
                '"' | '\\' | '$' | '`' => text + "\\" + &c.to_string(),
                c => text + &c.to_string(),
            });
            prop_assert_eq!(unquote(&doubled), word);
        }

        #[test]
        fn every_shell_gives_the_word_back(word in r#"[ -~äß\n\t]{0,12}"#) {
            for shell in ["sh", "bash", "zsh", "fish"] {
                let printed = Command::new(shell).args(["-c", &format!("printf %s {}", quote(&word))]).output();
                // Only sh is everywhere.
                let Ok(printed) = printed else { prop_assert!(shell != "sh"); continue };
                prop_assert_eq!(String::from_utf8(printed.stdout).unwrap(), word.clone(), "{}", shell);
            }
        }
    }
}
