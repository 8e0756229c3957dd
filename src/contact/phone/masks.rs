//! Cells in which digits are hidden, and Brazil's two signs that only look so.

/// Whether digits are hidden: two or more signs that hide, or a run of x.
pub(super) fn is_masked(text: &str) -> bool {
    let hides = |c: char| {
        matches!(
            c,
            '*' | '•'
                | '●'
                | '○'
                | '◦'
                | '∙'
                | '■'
                | '□'
                | '█'
                | '▒'
                | '░'
                | '▓'
                | '×'
                | '✕'
                | '⁎'
                | '∗'
                | '＊'
        )
    };
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return text.chars().filter(|&c| hides(c)).count() >= 2
            || (text.len() > 3 && text.bytes().all(|b| matches!(b, b'x' | b'X' | b' ' | b'-' | b'+')));
    }
    if is_service_code(text) || (text.is_ascii() && !text.bytes().any(|b| matches!(b, b'*' | b'x' | b'X' | b'#'))) {
        return false;
    }
    if text.chars().filter(|&c| hides(c)).count() >= 2 {
        return true;
    }
    let mut before = ' ';
    let mut run = 0;
    for c in text.chars().chain([' ']) {
        if matches!(c, 'x' | 'X') || (c == '#' && (run > 0 || before.is_ascii_digit())) {
            run += 1;
            continue;
        }
        if run >= 2 && !before.is_alphabetic() && !c.is_alphabetic() {
            return true;
        }
        (run, before) = (0, c);
    }
    false
}

/// Brazil's `0xx11`: the text without the two signs that stand for a carrier between a 0 and the area code.
pub(super) fn without_carrier(text: &str) -> Option<String> {
    let sign = |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '[' | ']');
    let at = text.find(['x', 'X', '*'])?;
    let (before, behind) = text.split_at_checked(at)?;
    let rest = ["xx", "XX", "**"].into_iter().find_map(|carrier| behind.strip_prefix(carrier))?;
    let front: String = before.chars().filter(|&c| !sign(c)).collect();
    let area = rest.trim_start_matches(sign).starts_with(|c: char| ('1'..='9').contains(&c));
    let placed = matches!(front.as_str(), "0" | "+550" | "550" | "00550");
    (placed && area).then(|| format!("{}{rest}", before.trim_end_matches(sign)))
}

/// A code that is dialled for a service: `*123#`, `**21*…#`.
fn is_service_code(text: &str) -> bool {
    text.starts_with(['*', '#']) && text.ends_with('#') && !text.contains("***") && !text.contains("##")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks() {
        for text in [
            "98765xxxxx",
            "98765*****",
            "+91 98•••10",
            "XXXXXX3210",
            "07700 900xxx",
            "50937****",
            "98765#####",
            "*****",
            "xxxxxxxxxx",
            "98-xx-xx-10",
        ] {
            assert!(is_masked(text), "{text}");
        }
        for text in [
            "+1 415 555 2671 x123",
            "98765x",
            "*123#",
            "**21*017123#",
            "+1 415 555 2671#12",
            "98765*",
            "x12",
            "Maxx 98765",
        ] {
            assert!(!is_masked(text), "{text}");
        }
    }
}
