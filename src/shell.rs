//! Quoting for the shell: every command that the program prints can be pasted into sh, bash, zsh or fish.

use std::borrow::Cow;

/// A word as the shell needs it: unchanged if it is plain, else in single quotes.
pub fn quote(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "_@%+=:,./-…".contains(c);
    // zsh replaces a leading = by the path of a program.
    if !word.is_empty() && !word.starts_with('=') && word.chars().all(plain) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
    }
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
        ];
        for (word, quoted) in cases {
            assert_eq!(quote(word), quoted, "{word}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn a_shell_gives_the_word_back(word in r#"[ -~äß\n\t]{0,12}"#) {
            let printed = Command::new("sh").args(["-c", &format!("printf %s {}", quote(&word))]).output().unwrap();
            prop_assert_eq!(String::from_utf8(printed.stdout).unwrap(), word);
        }
    }
}
