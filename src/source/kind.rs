//! What a phone number is, by the words beside it in a vCard or in JSON.

/// What a number is, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    WhatsApp,
    Mobile,
    Any,
    Place,
    Fax,
}

impl Kind {
    /// By words in lower case.
    pub fn of(words: &str) -> Kind {
        let has = |list: &[&str]| list.iter().any(|word| words.contains(word));
        if has(&["fax", "pager", "telex", "modem", "bbs", "textphone"]) {
            Kind::Fax
        } else if has(&["whatsapp", "waid"]) {
            Kind::WhatsApp
        } else if has(&["cell", "mobil", "iphone", "handy", "celul", "móvil", "movil", "gsm"]) {
            Kind::Mobile
        } else if has(&["work", "home", "car", "office"]) {
            Kind::Place
        } else {
            Kind::Any
        }
    }

    /// What it is when two things are said of it: a fax stays one.
    pub fn and(self, other: Kind) -> Kind {
        if self == Kind::Fax || other == Kind::Fax { Kind::Fax } else { self.min(other) }
    }
}
