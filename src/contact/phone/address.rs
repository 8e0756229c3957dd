//! Numbers inside other things: WhatsApp ids and links, `tel:` addresses.

/// What a cell that may be an address turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// No address at all.
    None,
    /// An address that holds no number: a mail, another link, a group.
    Foreign,
    /// The full international number of a WhatsApp id or link, as it stands there.
    WhatsApp(String),
    /// A number as dialled, from a `tel:` address; whether an extension was left out.
    Dialled(String, bool),
}

const SCHEMES: &[&str] = &["tel:", "callto:", "sms:", "smsto:", "whatsapp:"];
const HOSTS: &[&str] =
    &["wa.me/", "api.whatsapp.com/", "web.whatsapp.com/", "chat.whatsapp.com/", "whatsapp.com/", "send?", "send/?"];

/// Looks for an address in a clean cell.
pub(super) fn address(text: &str) -> Address {
    let lower = text.to_ascii_lowercase();
    if let Some((id, server)) = lower.split_once('@') {
        // A linked device stands behind a colon: `919876543210:12@s.whatsapp.net`.
        let id = id.split(':').next().unwrap_or(id);
        let id = id.strip_prefix("whatsapp:").unwrap_or(id);
        return match server.trim() {
            "c.us" | "s.whatsapp.net" if number(id) => Address::WhatsApp(id.to_owned()),
            _ => Address::Foreign,
        };
    }
    // With a blank behind it and no parameter, it is a label that somebody typed: `Tel: 98765`.
    let scheme = SCHEMES.iter().find_map(|scheme| lower.strip_prefix(scheme));
    let scheme = scheme.filter(|rest| !rest.starts_with(' ') || rest.contains(';'));
    let link = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"))
        .or_else(|| lower.strip_prefix("whatsapp://"));
    let path = link.unwrap_or(&lower);
    let path = path.strip_prefix("www.").unwrap_or(path);
    if let Some((host, rest)) = HOSTS.iter().find_map(|host| path.strip_prefix(host).map(|rest| (*host, rest))) {
        let candidate = match rest.split_once("phone=") {
            Some((_, rest)) => rest.split(['&', '#']).next(),
            None if host == "wa.me/" => rest.split(['?', '/', '#']).next(),
            None => None,
        };
        let candidate = candidate.unwrap_or_default().replace("%2b", "+").replace("%20", " ");
        return if number(&candidate) { Address::WhatsApp(candidate) } else { Address::Foreign };
    }
    match scheme {
        Some(rest) if lower.starts_with("whatsapp:") && number(rest) && !rest.contains('+') => {
            Address::WhatsApp(rest.to_owned())
        }
        Some(rest) => dialled(rest.trim_start_matches('/').trim()),
        None if link.is_some() || lower.contains("://") || lower.starts_with("www.") => Address::Foreign,
        None => Address::None,
    }
}

/// The number of a `tel:` address; a context that begins with `+` goes in front of a number without one.
fn dialled(text: &str) -> Address {
    let text = text.split('?').next().unwrap_or(text).replace("%20", " ").replace("%2b", "+");
    let mut parts = text.split(';');
    let local = parts.next().unwrap_or_default().trim();
    let mut context = "";
    let mut extension = false;
    for part in parts {
        match part.trim().split_once('=') {
            Some(("phone-context", value)) if value.starts_with('+') && !local.starts_with('+') => context = value,
            Some(("phone-context", _)) => {}
            // `ext`, `isub` and whatever else has digits that are dialled behind the number.
            _ => extension |= part.bytes().any(|byte| byte.is_ascii_digit()),
        }
    }
    Address::Dialled(format!("{context}{local}"), extension)
}

/// Whether a text is digits with the signs of a number between them.
fn number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'+' | b'-' | b'(' | b')' | b'.'))
        && text.bytes().filter(u8::is_ascii_digit).count() >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let whatsapp = |text: &str| Address::WhatsApp(text.to_owned());
        let dialled = |text: &str, extension| Address::Dialled(text.to_owned(), extension);
        let cases = [
            ("919876543210@c.us", whatsapp("919876543210")),
            ("919876543210@s.whatsapp.net", whatsapp("919876543210")),
            ("919876543210:12@s.whatsapp.net", whatsapp("919876543210")),
            ("120363025246125486@g.us", Address::Foreign),
            ("919876543210-1612345678@g.us", Address::Foreign),
            ("12345678901234@lid", Address::Foreign),
            ("120363025246125486@newsletter", Address::Foreign),
            ("jane@example.com", Address::Foreign),
            ("https://wa.me/919876543210", whatsapp("919876543210")),
            ("https://wa.me/919876543210?text=hi", whatsapp("919876543210")),
            ("wa.me/+919876543210", whatsapp("+919876543210")),
            ("http://www.wa.me/919876543210", whatsapp("919876543210")),
            ("https://api.whatsapp.com/send?phone=919876543210&text=hi", whatsapp("919876543210")),
            ("https://api.whatsapp.com/send/?text=a&phone=%2B919876543210", whatsapp("+919876543210")),
            ("whatsapp://send?phone=919876543210", whatsapp("919876543210")),
            ("https://wa.me/qr/ABCDEF", Address::Foreign),
            ("https://chat.whatsapp.com/AbCdEf", Address::Foreign),
            ("https://example.com/919876543210", Address::Foreign),
            ("tel:98765-43210;phone-context=+91", dialled("+9198765-43210", false)),
            ("TEL:+1-201-555-0123;ext=42", dialled("+1-201-555-0123", true)),
            ("tel:98765-43210;phone-context=example.com", dialled("98765-43210", false)),
            ("sms:+919876543210?body=x", dialled("+919876543210", false)),
            ("whatsapp:+919876543210", dialled("+919876543210", false)),
            ("whatsapp:919876543210", whatsapp("919876543210")),
            ("callto://+919876543210", dialled("+919876543210", false)),
            ("+91 98765 43210", Address::None),
            ("Tel. 98765", Address::None),
            ("WhatsApp: 98765", Address::None),
            ("tel: 98765;phone-context=+91", dialled("+9198765", false)),
            ("tel:+9198765;phone-context=+91;ext=", dialled("+9198765", false)),
            ("tel:98765;0", dialled("98765", true)),
            ("tel:98765;isub=12", dialled("98765", true)),
        ];
        for (text, expected) in cases {
            assert_eq!(address(text), expected, "{text}");
        }
    }
}
