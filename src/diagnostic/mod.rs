//! What the program says of everything that goes wrong: a stable code, what it means, what to do, and the exit code of
//! the process.
//!
//! The codes stand in tables, each beside what it is about: rows (`row`), requests (`outcome`), warnings and the run as a
//! whole (here). `docs/codes.md` is made from them.

mod exit;
mod run;
mod warning;

pub use exit::Exit;
pub use run::RunCode;
pub use warning::WarningCode;

/// One code and all that is fixed about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The stable name, `<field or stage>.<reason>`. It never changes its meaning.
    pub code: &'static str,
    /// What happened, in a few words and without any value.
    pub description: &'static str,
    /// What to do about it; empty where nothing needs to be done.
    pub remedy: &'static str,
    /// The exit code of a run that ends with it.
    pub exit: Exit,
}

/// An error of the run, whichever module it comes from. The message is its `Display`; text from files or the server may
/// be in it, so it is made safe before it is shown.
pub trait Diagnostic: std::error::Error {
    /// The code and what is fixed about it.
    fn entry(&self) -> &'static Entry;

    /// What to do about it in this case; `None` where nothing can be done.
    fn hint(&self) -> Option<String> {
        let remedy = self.entry().remedy;
        (!remedy.is_empty()).then(|| remedy.to_owned())
    }

    /// The stable name.
    fn code(&self) -> &'static str {
        self.entry().code
    }

    /// The exit code of a run that it ends.
    fn exit(&self) -> Exit {
        self.entry().exit
    }
}

/// Makes an enum of codes from one table. A line is: variant, stable name, exit of a run that ends with it,
/// description, remedy; the exit may stand behind the name of the enum where it is the same for all.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $exit:ident, $description:literal, $remedy:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $(#[doc = $description] $variant,)* }

        impl $name {
            /// Every one of them, in the order of the documentation.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The code and what is fixed about it.
            pub fn entry(self) -> &'static $crate::diagnostic::Entry {
                match self {
                    $($name::$variant => &$crate::diagnostic::Entry {
                        code: $code,
                        description: $description,
                        remedy: $remedy,
                        exit: $crate::diagnostic::Exit::$exit,
                    },)*
                }
            }

            /// The stable name.
            pub fn as_str(self) -> &'static str {
                self.entry().code
            }

            /// What happened, in a few words and without any value.
            pub fn description(self) -> &'static str {
                self.entry().description
            }

            /// What to do about it; empty where nothing needs to be done.
            pub fn remedy(self) -> &'static str {
                self.entry().remedy
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> { to.serialize_str(self.as_str()) }
        }
    };
    ($(#[$doc:meta])* $name:ident: $exit:ident { $($variant:ident = $code:literal, $description:literal, $remedy:literal;)* }) => {
        $crate::diagnostic::codes! {
            $(#[$doc])* $name { $($variant = $code, $exit, $description, $remedy;)* }
        }
    };
}

pub(crate) use codes;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let run = RunCode::ALL.iter().map(|code| code.entry());
        let warnings = WarningCode::ALL.iter().map(|code| code.entry());
        let mut seen = std::collections::BTreeSet::new();
        for Entry { code, description, .. } in run.chain(warnings) {
            assert!(seen.insert(code), "{code} twice");
            let (stage, reason) = code.split_once('.').unwrap();
            assert!(stage.chars().all(|c| c.is_ascii_lowercase()), "{code}");
            assert!(reason.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code}");
            assert!(!description.is_empty(), "{code}");
        }
    }
}
