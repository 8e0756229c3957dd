//! Numbers, sizes and lengths of time as people read them. What they are numbers of is not known here.

/// A whole number with commas between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and its noun: `1 row`, `1,204 rows`. Nouns here take an `s`.
pub fn count(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A length of time, coarse enough to be read at a glance: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 4 min`.
pub fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        _ if seconds < 9.95 => format!("{seconds:.1} s"),
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        3600..356_400 => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
        _ => "more than 99 h".to_owned(),
    }
}

/// A size in decimal units: `512 bytes`, `118.3 kB`, `2.1 GB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [(&str, f64); 3] = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    // A unit begins where the one below would round up to it.
    match UNITS.iter().find(|(_, unit)| bytes as f64 >= unit * 0.99995) {
        Some((name, unit)) => format!("{:.1} {name}", bytes as f64 / unit),
        None => count(bytes, "byte"),
    }
}

/// A share of a whole: `81.4 %`. Never rounded up to all, nor down to nothing.
pub fn percent(part: u64, whole: u64) -> String {
    let share = if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 };
    match share {
        _ if part > 0 && share < 0.05 => "< 0.1 %".to_owned(),
        _ if part < whole && share >= 99.95 => "> 99.9 %".to_owned(),
        _ => format!("{share:.1} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(0, "row"), "0 rows");
        let cases = [
            (0.04, "0.0 s"),
            (9.94, "9.9 s"),
            (9.96, "10 s"),
            (59.6, "1 min 0 s"),
            (185.0, "3 min 5 s"),
            (7440.0, "2 h 4 min"),
            (1e18, "more than 99 h"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration(seconds), text, "{seconds}");
        }
        for (bytes, text) in
            [(1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (999_999, "1.0 MB"), (2_100_000_000, "2.1 GB")]
        {
            assert_eq!(size(bytes), text, "{bytes}");
        }
        let shares =
            [(0, 0, "0.0 %"), (1, 10_000, "< 0.1 %"), (9_999, 10_000, "> 99.9 %"), (1, 3, "33.3 %"), (2, 2, "100.0 %")];
        for (part, whole, text) in shares {
            assert_eq!(percent(part, whole), text, "{part} of {whole}");
        }
    }
}
