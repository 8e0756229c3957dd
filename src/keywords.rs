//! Enums whose variants are fixed words of options and reports.

/// Makes an enum of the words an option takes: each variant with its word. The words come back by `as_str`, are read
/// by `FromStr`, and an unknown one is answered with the list of those that are possible.
macro_rules! keywords {
    ($(#[$doc:meta])* $name:ident { $($(#[$says:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$says])* $variant,)* }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<$name, String> {
                const WORDS: &[&str] = &[$($word),*];
                match text {
                    $($word => Ok($name::$variant),)*
                    _ => Err(format!("is not one of {}", WORDS.join(", "))),
                }
            }
        }
    };
}

pub(crate) use keywords;

#[cfg(test)]
mod tests {
    keywords! {
        /// Two words.
        Side {
            /// The one.
            Left = "left",
            /// The other.
            Right = "right",
        }
    }

    #[test]
    fn a_word_is_read_and_an_unknown_one_is_answered_with_the_list() {
        assert_eq!(["left".parse(), "right".parse()], [Ok(Side::Left), Ok(Side::Right)]);
        assert_eq!("up".parse::<Side>(), Err("is not one of left, right".to_owned()));
    }
}
