//! What a person would want to know though each row by itself is fine.

use maud::{Markup, html};

use crate::numbers::grouped;
use crate::report::{Summary, Warning};
use crate::terminal::safe;

use super::advice;

/// The warnings of a run, with their hints and first places.
pub(super) fn warnings(summary: &Summary) -> Markup {
    html! {
        @if !summary.warnings.is_empty() {
            section {
                h2 { "Warnings" }
                table class="wide" {
                    thead { tr { th class="n" { "Count" } th { "What" } th { "What to do" } th { "Where" } } }
                    tbody { @for warning in &summary.warnings { (row(warning)) } }
                }
            }
        }
    }
}

fn row(warning: &Warning) -> Markup {
    html! {
        tr {
            td class="n" data-of="Count" { (grouped(warning.count)) }
            td { (safe(&warning.message)) br; code { (warning.code) } }
            td data-of="What to do" { @for hint in warning.hint.iter().flat_map(|hint| hint.lines()) { p { (advice(hint)) } } }
            td class="where" data-of="Where" { (safe(&warning.places.join(", "))) }
        }
    }
}
