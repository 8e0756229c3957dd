//! The keys of attributes, from the titles of their columns.

use crate::invisible::is_noise_in_names;

/// The key of a column that the input itself calls an attribute.
pub(super) fn attribute(name: &str) -> Option<&str> {
    if let Some(key) = name.strip_prefix("attr.") {
        return Some(key);
    }
    let at = name.find("attributes.")?;
    let before = name.get(..at)?;
    // Within something else, `attributes` must be a member of its own, not the end of another word.
    (before.is_empty() || before.ends_with('.')).then(|| name.get(at + "attributes.".len()..))?
}

/// A header as a key: lower snake case, without the type that stands behind two bars: `city||TEXT`.
pub(super) fn snake(name: &str) -> String {
    let name = name.split_once("||").map_or(name, |(name, _)| name);
    let mut key = String::with_capacity(name.len());
    let mut before = ' ';
    for c in name.chars().filter(|&c| !is_noise_in_names(c)) {
        if before.is_lowercase() && c.is_uppercase() {
            key.push('_');
        }
        match c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) {
            true => key.extend(c.to_lowercase()),
            false => key.push('_'),
        }
        before = c;
    }
    key.split('_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}
