//! What a phone number is, by the words beside it in a vCard or in JSON.

/// What a number is, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PhoneKind {
    WhatsApp,
    Mobile,
    /// Nothing is said of it.
    Any,
    Place,
    Fax,
}

impl PhoneKind {
    /// By words in lower case.
    pub fn of(words: &str) -> PhoneKind {
        let has = |list: &[&str]| list.iter().any(|word| words.contains(word));
        if has(&["fax", "pager", "telex", "modem", "bbs", "textphone"]) {
            PhoneKind::Fax
        } else if has(&["whatsapp", "waid"]) {
            PhoneKind::WhatsApp
        } else if words.trim_matches('"') == "mob"
            || has(&["cell", "mobil", "iphone", "handy", "celul", "móvil", "movil", "gsm"])
        {
            PhoneKind::Mobile
        } else if has(&["work", "home", "car", "office"]) {
            PhoneKind::Place
        } else {
            PhoneKind::Any
        }
    }

    /// What it is when two things are said of it: a fax stays one, and the better of two others counts.
    pub fn and(self, other: PhoneKind) -> PhoneKind {
        match (self, other) {
            (PhoneKind::Fax, _) | (_, PhoneKind::Fax) => PhoneKind::Fax,
            (PhoneKind::Any, said) | (said, PhoneKind::Any) => said,
            (one, other) => one.min(other),
        }
    }
}
