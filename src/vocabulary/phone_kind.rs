//! What a phone number is, by the words beside it.

/// What a number is, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhoneKind {
    /// Of an account of WhatsApp.
    WhatsApp,
    /// Of a mobile.
    Mobile,
    /// Nothing is said of it.
    Any,
    /// At home or at work.
    Place,
    /// Of a fax, a pager or another machine: nobody is written to there.
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
