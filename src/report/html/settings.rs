//! How the inputs were understood, and the settings in use.

use maud::{Markup, html};

use super::super::start::{pairs, understood};
use super::super::{InputSummary, Setting};
use crate::numbers::size;
use crate::terminal::safe;

/// An input: its form, its columns, its fingerprint.
pub fn understanding(input: &InputSummary) -> Markup {
    html! {
        details {
            summary { h2 { "How " (safe(&input.name)) " was understood" } }
            p { (understood(input)) ", " (size(input.bytes)) }
            table {
                thead { tr { th { "Field" } th { "Column" } } }
                tbody { @for (field, column) in pairs(&input.mapping) { tr { td { (safe(&field)) } td { (safe(column)) } } } }
            }
            p class="soft" { "BLAKE3 " code { (input.blake3) } }
        }
    }
}

/// A setting or its origin in a page that is passed on: without the folders of this machine, and without the query of an
/// address, which may hold a key.
fn to_pass_on(text: &str) -> String {
    let word = |word: &str| match (word.split_once("://").and(word.split_once('?')), word.rsplit_once('/')) {
        (Some((address, _)), _) => format!("{address}?…"),
        (None, Some((_, name))) if word.starts_with('/') && !name.is_empty() => format!("…/{name}"),
        _ => word.to_owned(),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The settings that were chosen, then those with their defaults.
pub fn settings(settings: &[Setting]) -> Markup {
    html! {
        @if !settings.is_empty() {
            details class="settings" {
                summary { h2 { "Settings" } }
                @let (chosen, rest): (Vec<&Setting>, Vec<&Setting>) = settings.iter().partition(|setting| setting.is_chosen);
                @if !chosen.is_empty() {
                    table {
                        thead { tr { th { "Setting" } th { "Value" } th { "From" } } }
                        tbody {
                            @for setting in &chosen {
                                tr { td { code { (setting.name) } } td { (safe(&to_pass_on(&setting.value))) } td class="soft" { (safe(&to_pass_on(&setting.source))) } }
                            }
                        }
                    }
                }
                @if !rest.is_empty() {
                    details {
                        summary { (if chosen.is_empty() { "All" } else { "All others" }) " have their defaults" }
                        table {
                            thead { tr { th { "Setting" } th { "Default" } } }
                            tbody {
                                @for setting in &rest {
                                    tr { td { code { (setting.name) } } td { (if setting.value.is_empty() { "none" } else { &setting.value }) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_queries_are_not_passed_on() {
        let table = [
            ("https://host/import?key=geheim", "https://host/import?…"),
            ("/home/jane/secret/token.txt", "…/token.txt"),
            ("token-file in /home/jane/.config/m1import/config.toml", "token-file in …/config.toml"),
            ("contacts/token.txt", "contacts/token.txt"),
            ("IN", "IN"),
        ];
        for (text, shown) in table {
            assert_eq!(to_pass_on(text), shown);
        }
    }
}
