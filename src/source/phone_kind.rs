//! What a phone number is, by the words beside it in a vCard or in JSON.

/// What a number is, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PhoneKind {
    WhatsApp,
    Mobile,
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

    /// What it is when two things are said of it: a fax stays one.
    pub fn and(self, other: PhoneKind) -> PhoneKind {
        if self == PhoneKind::Fax || other == PhoneKind::Fax { PhoneKind::Fax } else { self.min(other) }
    }
}
