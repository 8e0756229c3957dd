//! From a cell to its digits: everything that stands around a number is recognised, in a fixed order, and either taken
//! away with a note or refused. What the digits mean is decided in `decide`.

use super::address::{Address, address};
use super::char_classes::CharClasses;
use super::clean::clean;
use super::decide::{Context, decide, decide_inline};
use super::digit_cell::{BUFFER, CellDigits, MOST_DIGITS, plain};
use super::digits::Digits;
use super::explain::Collected;
use super::masks::{is_masked, without_carrier};
use super::prefix::{self, Prefix};
use super::shapes::{Spreadsheet, is_date, is_nothing, is_spreadsheet_error, spreadsheet};
use super::{Multiple, Reading, Refusal, Region, Rules, labels, names, several};
use crate::row::{Code, NO_RESULT, Note, Notes};

/// How often a cell may turn out to hold something that has to be read in its turn.
const DEEPEST: usize = 6;
/// More numbers than anybody has; the rest of the cell is not looked at.
const MOST_NUMBERS: usize = 16;

/// Understands a row's prefix cell and number cell, either of which may be empty.
///
/// `region` is the row's own country and beats `rules.default`. A cell that holds a list (`row::LIST_END`) holds several numbers.
///
/// # Errors
/// Why the cells cannot be understood as one number, and what they may have meant.
pub fn read(prefix: &str, number: &str, region: Option<Region>, rules: &Rules) -> Result<Reading, Refusal> {
    let region = region.or(rules.default);
    cells(prefix, number, Context { rules, plans: rules.plans.tables(), prefix: None, region, collected: None })
}

/// Understands a number cell, and collects the readings that are considered.
pub(super) fn read_collecting(number: &str, rules: &Rules, collected: &Collected) -> Result<Reading, Refusal> {
    let (plans, region, collected) = (rules.plans.tables(), rules.default, Some(collected));
    cells("", number, Context { rules, plans, prefix: None, region, collected })
}

#[inline(always)]
fn cells(prefix: &str, number: &str, mut context: Context) -> Result<Reading, Refusal> {
    if let Some(digits) = plain(number, &mut [0; BUFFER]) {
        context.prefix = match prefix::code(prefix) {
            Some(code) => code,
            None => prefix_of(prefix)?,
        };
        return decide_inline(digits, &context);
    }
    let cell = clean(number);
    let signs = CharClasses::of(&cell.text);
    if let Some(refusal) = absent(&cell.text, signs) {
        return Err(refusal);
    }
    context.prefix = prefix_of(prefix)?;
    let reading = match plain(&cell.text, &mut [0; BUFFER]) {
        Some(digits) => decide(digits, &context),
        None => understand(&cell.text, signs, &context, 0),
    };
    reading.map(|reading| with_notes(reading, cell.notes))
}

fn prefix_of(cell: &str) -> Result<Option<Prefix>, Refusal> {
    if cell.is_empty() {
        return Ok(None);
    }
    match prefix::read(cell) {
        Some(prefix) => Ok(Some(prefix)),
        None if is_nothing(&clean(cell).text) => Ok(None),
        None => {
            let nearest = names::nearest(cell).map(|region| format!("{} (+{})", region.name(), region.calling_code()));
            Err(Refusal::new(Code::PrefixInvalid).suggest(nearest))
        }
    }
}

fn absent(text: &str, signs: CharClasses) -> Option<Refusal> {
    // No word for nothing holds a digit, and of digits only zeros stand for it.
    if !signs.any(CharClasses::DIGIT) && is_nothing(text) {
        return Some(Refusal::new(Code::PhoneMissing));
    }
    if text == NO_RESULT {
        return Some(Refusal::new(Code::PhoneFormula));
    }
    let error = text.starts_with(['#', 'E']) && is_spreadsheet_error(text);
    error.then(|| Refusal::new(Code::PhoneSpreadsheetError))
}

fn with_notes(mut reading: Reading, notes: Notes) -> Reading {
    reading.notes.add_all(notes);
    reading
}

fn with_note(reading: Reading, note: Note) -> Reading {
    let mut notes = Notes::default();
    notes.add(note);
    with_notes(reading, notes)
}

fn not_a_number(detail: &str) -> Refusal {
    Refusal::new(Code::PhoneNotANumber).detail(detail)
}

/// Understands a clean text: a cell, a piece of one, or what was left of one.
fn cell_text(text: &str, context: &Context, depth: usize) -> Result<Reading, Refusal> {
    if depth > DEEPEST {
        return Err(not_a_number(""));
    }
    if let Some(digits) = plain(text, &mut [0; BUFFER]) {
        return decide(digits, context);
    }
    let signs = CharClasses::of(text);
    match absent(text, signs) {
        Some(refusal) => Err(refusal),
        None => understand(text, signs, context, depth),
    }
}

/// The order of the questions is the order of the decision table; the signs that are there say which need be asked.
fn understand(text: &str, signs: CharClasses, context: &Context, depth: usize) -> Result<Reading, Refusal> {
    let words = signs.any(CharClasses::LETTER.and(CharClasses::OTHER));
    if signs.any(CharClasses::BREAK.and(CharClasses::COLON))
        && let Some(elements) = several::elements(text)
    {
        return numbers(&elements, context, depth);
    }
    if words
        && signs.any(
            CharClasses::AT
                .and(CharClasses::COLON)
                .and(CharClasses::SLASH)
                .and(CharClasses::OTHER)
                .and(CharClasses::DOT),
        )
        && let Some(answer) = addressed(text, context, depth)
    {
        return answer;
    }
    if signs.any(CharClasses::HYPHEN.and(CharClasses::SLASH).and(CharClasses::DOT)) && is_date(text) {
        return Err(not_a_number("a date"));
    }
    let numeric = words || signs.any(CharClasses::DOT.and(CharClasses::BETWEEN)) || text.starts_with('-');
    if numeric && let Some(answer) = as_a_spreadsheet_writes(text, context) {
        return answer;
    }
    if words && let Some(answer) = among_words(text, context, depth) {
        return answer;
    }
    if (words || signs.any(CharClasses::BETWEEN))
        && let Some(pieces) = several::pieces(text)
    {
        return numbers(&pieces, context, depth);
    }
    if signs.any(CharClasses::SLASH) {
        for (at, _) in text.match_indices('/').take(4) {
            let (Some(before), Some(behind)) = (text.get(..at), text.get(at + 1..)) else { break };
            if is_whole(before, context, depth) {
                return numbers(&[before.trim(), behind.trim()], context, depth);
            }
        }
    }
    if words && text.chars().any(char::is_alphabetic) {
        return Err(letters(text, context));
    }
    if signs.any(CharClasses::PLUS)
        && let Some(pieces) = several::joined_by_plus(text)
    {
        return numbers(&pieces, context, depth);
    }
    signs_and_digits(text, context)
}

/// What a number is that a spreadsheet wrote as it writes quantities; nothing if it is not written so.
fn as_a_spreadsheet_writes(text: &str, context: &Context) -> Option<Result<Reading, Refusal>> {
    Some(match spreadsheet(text)? {
        Spreadsheet::Lost => Err(Refusal::new(Code::PhonePrecisionLost)),
        Spreadsheet::Negative => Err(Refusal::new(Code::PhoneNegative)),
        Spreadsheet::Fraction => Err(not_a_number("a number with a fraction")),
        Spreadsheet::Repaired(text, note) => signs_and_digits(&text, context).map(|reading| with_note(reading, note)),
    })
}

/// A number among letters that are known: a carrier's placeholder, a mask, a country, a label, an extension.
fn among_words(text: &str, context: &Context, depth: usize) -> Option<Result<Reading, Refusal>> {
    let read = |rest: &str| cell_text(rest, context, depth + 1);
    if let Some(rest) = without_brazilian_carrier(text, context) {
        return Some(read(&rest));
    }
    if is_masked(text) {
        return Some(Err(Refusal::new(Code::PhoneMasked)));
    }
    if let Some(answer) = with_country(text, context, depth) {
        return Some(answer);
    }
    if let Some(rest) = labels::unlabelled(text) {
        return Some(read(rest).map(|reading| with_note(reading, Note::PhoneLabelRemoved)));
    }
    let rest = labels::without_extension(text)?;
    Some(read(rest).map(|reading| with_note(reading, Note::PhoneExtensionDropped)))
}

/// What an address says; nothing if the text is none.
fn addressed(text: &str, context: &Context, depth: usize) -> Option<Result<Reading, Refusal>> {
    Some(match address(text) {
        Address::None => return None,
        Address::Foreign => match several::pieces(text) {
            Some(pieces) if pieces.iter().all(|piece| matches!(address(piece), Address::WhatsApp(_))) => {
                numbers(&pieces, context, depth)
            }
            _ => Err(not_a_number(unreachable_kind(text))),
        },
        Address::WhatsApp(id) => digits_of(&id)
            .and_then(|digits| decide(CellDigits::new(true, digits.as_slice()), context))
            .map(|reading| with_note(reading, Note::PhoneWhatsappIdRead))
            .map_err(without_renumbering),
        Address::Dialled(number, extension) => cell_text(&number, context, depth + 1)
            .map(|reading| if extension { with_note(reading, Note::PhoneExtensionDropped) } else { reading }),
    })
}

/// The refusal of an id, which says how WhatsApp knows somebody: it is not to be renumbered.
fn without_renumbering(refusal: Refusal) -> Refusal {
    match refusal.code {
        Code::PhoneObsoleteFormat => refusal.detail("WhatsApp knows the person by it"),
        _ => refusal,
    }
}

/// A number with the name of its country before or behind it. The name is a label where the number is of that country
/// anyway; it decides nothing by itself, but the number that it makes is suggested.
fn with_country(text: &str, context: &Context, depth: usize) -> Option<Result<Reading, Refusal>> {
    let (region, rest) = labels::without_country(text)?;
    let code = region.calling_code();
    let answer = cell_text(rest, context, depth + 1);
    if answer.as_ref().map_or_else(
        |_| rest.strip_prefix('+').is_some_and(|digits| digits.starts_with(&code.to_string())),
        |reading| reading.region.calling_code() == code,
    ) {
        return Some(answer.map(|reading| with_note(reading, Note::PhoneLabelRemoved)));
    }
    let named = Context { prefix: None, region: Some(region), collected: None, ..*context };
    let reading = cell_text(rest, &named, depth + 1).ok().filter(|reading| reading.region.calling_code() == code);
    if reading.is_none() && rest.contains(char::is_alphabetic) {
        return None;
    }
    let refusal = Refusal::new(Code::PhoneLetters).detail(format!("they name {}", region.name()));
    Some(Err(refusal.suggest(reading.map(|reading| reading.phone.to_string()))))
}

/// A number of Brazil without the two signs that stand for a carrier.
fn without_brazilian_carrier(text: &str, context: &Context) -> Option<String> {
    let brazilian = context.is_of(55) || text.trim_start_matches(['+', '0']).starts_with("55");
    without_carrier(text).filter(|_| brazilian)
}

/// What an address without a number is.
fn unreachable_kind(text: &str) -> &'static str {
    match text.trim_end().rsplit_once('@').map(|(_, server)| server) {
        Some("lid") => "a hidden WhatsApp id",
        Some("g.us") => "a WhatsApp group",
        Some("broadcast") => "a WhatsApp broadcast list",
        Some("newsletter") => "a WhatsApp channel",
        _ => "an address or a link",
    }
}

/// Whether the text is a number by itself, wanted or not.
fn is_whole(text: &str, context: &Context, depth: usize) -> bool {
    match cell_text(text.trim(), &Context { collected: None, ..*context }, depth + 1) {
        Ok(_) => true,
        Err(refusal) => matches!(refusal.code, Code::PhoneTypeNotAllowed | Code::PhoneAmbiguous),
    }
}

/// Understands several numbers: those that are the same become one, of others the first valid one is taken or none.
fn numbers(pieces: &[&str], context: &Context, depth: usize) -> Result<Reading, Refusal> {
    let present: Vec<&str> = pieces.iter().copied().filter(|piece| !is_nothing(piece)).take(MOST_NUMBERS).collect();
    let [first, rest @ ..] = present.as_slice() else {
        return Err(Refusal::new(Code::PhoneMissing));
    };
    let cell = |piece: &&str| {
        let piece = clean(piece);
        cell_text(&piece.text, context, depth + 1).map(|reading| with_notes(reading, piece.notes))
    };
    let digits = |piece: &&&str| piece.contains(|c: char| c.is_ascii_digit());
    if rest.is_empty() {
        // Zeros beside it stand for nothing, but they are digits.
        let zeros = pieces.iter().filter(digits).count() > 1;
        return cell(first).map(|reading| if zeros { with_note(reading, Note::PhoneMultiple) } else { reading });
    }
    if present.iter().filter(digits).count() < 2 {
        // A word beside the number is no number, but nobody knows what it says of it.
        let number = present.iter().filter_map(|piece| cell(piece).ok()).map(|reading| reading.phone.to_string());
        return Err(letters(&present.join(" "), context).suggest(number));
    }
    let readings: Vec<Result<Reading, Refusal>> = present.iter().map(cell).collect();
    let valid: Vec<&Reading> = readings.iter().filter_map(|reading| reading.as_ref().ok()).collect();
    let Some(chosen) = valid.first() else {
        let refusal = readings.into_iter().find_map(Result::err).unwrap_or_else(|| Refusal::new(Code::PhoneMissing));
        return Err(match context.rules.multiple {
            Multiple::First => refusal,
            Multiple::Reject => Refusal::new(Code::PhoneMultiple),
        });
    };
    let mut others = Vec::new();
    for phone in valid.iter().flat_map(|reading| [reading.phone].into_iter().chain(reading.others.iter().copied())) {
        if phone != chosen.phone && !others.contains(&phone) {
            others.push(phone);
        }
    }
    let same = others.is_empty() && valid.len() == readings.len();
    if !same && context.rules.multiple == Multiple::Reject {
        let all = [chosen.phone].into_iter().chain(others).map(|phone| phone.to_string());
        return Err(Refusal::new(Code::PhoneMultiple).suggest(all));
    }
    let note = if same { Note::PhoneDuplicatesCollapsed } else { Note::PhoneMultiple };
    Ok(with_note(Reading { others, ..(*chosen).clone() }, note))
}

/// Letters are left: never read as digits, but what they may have meant is suggested.
fn letters(text: &str, context: &Context) -> Refusal {
    if text.bytes().filter(u8::is_ascii_digit).count() < 3 {
        return not_a_number("");
    }
    let read_as = |digit: fn(char) -> Option<char>| {
        let text: String = text.chars().map(|c| digit(c).unwrap_or(c)).collect();
        let context = Context { collected: None, ..*context };
        signs_and_digits(&text, &context).ok().map(|reading| reading.phone.to_string())
    };
    let slips = read_as(|c| match c {
        'o' | 'O' => Some('0'),
        'l' | 'I' | 'i' => Some('1'),
        _ => None,
    });
    let keypad = || {
        read_as(|c| match c.to_ascii_uppercase() {
            c @ 'A'..='O' => char::from_digit((c as u32 - 'A' as u32) / 3 + 2, 10),
            'P'..='S' => Some('7'),
            'T'..='V' => Some('8'),
            'W'..='Z' => Some('9'),
            _ => None,
        })
    };
    Refusal::new(Code::PhoneLetters).suggest(slips.or_else(keypad))
}

/// Understands digits with nothing but the usual signs between them.
fn signs_and_digits(text: &str, context: &Context) -> Result<Reading, Refusal> {
    // In right-to-left text the `+` comes to stand behind the digits.
    let behind = text.strip_suffix('+').filter(|rest| !rest.contains('+'));
    let text = behind.unwrap_or(text);
    let digits = digits_of(text)?;
    let plus = behind.is_some() || text.chars().take_while(|c| !c.is_ascii_digit()).any(|c| c == '+');
    decide(CellDigits::new(plus, digits.as_slice()), context)
}

/// The digits of a text in which only the usual signs stand between them, and `+` only in front.
fn digits_of(text: &str) -> Result<Digits, Refusal> {
    let mut digits = Digits::default();
    for c in text.chars() {
        match c {
            '0'..='9' if digits.as_slice().len() == MOST_DIGITS => {
                return Err(Refusal::new(Code::PhoneTooLong).detail(format!("more than {MOST_DIGITS} digits")));
            }
            '0'..='9' => digits.push(c as u8 - b'0'),
            '+' if digits.as_slice().is_empty() => {}
            ' ' | '-' | '.' | '(' | ')' | '[' | ']' | '/' | '~' | '_' => {}
            _ => return Err(not_a_number("")),
        }
    }
    if digits.as_slice().is_empty() { Err(not_a_number("")) } else { Ok(digits) }
}
