//! Nanoseconds a phone number, beside the reference library in the same run.
//!
//! `cargo bench --bench phone`. Four files are made up from valid numbers of all countries: the calling code in one column
//! and the rest in another, a contact book (some countries, mostly clean), all regions in E.164, all regions in 18
//! writings. The library is asked for what we give: number, kind and national number as text.
#![expect(clippy::print_stdout, clippy::indexing_slicing, reason = "a measurement prints, and its tables are its own")]

use std::hint::black_box;
use std::time::Instant;

use m1import::contact::phone::{Region, Rules, read};
use rlibphonenumber::{PHONE_NUMBER_UTIL as LIBRARY, PhoneNumberType};

struct Cell {
    prefix: String,
    number: String,
    region: Option<Region>,
}

/// Valid numbers: region, calling code and national number.
type Number = (Region, String, String);

fn main() {
    let mut dice = fastrand::Rng::with_seed(5);
    let numbers = numbers(&mut dice);
    println!("{} numbers of {} regions", numbers.len(), numbers.chunk_by(|a, b| a.0 == b.0).count());
    let rules = Rules::default();
    let files = [
        ("two columns", two_columns(&numbers, &mut dice)),
        ("contact book", contact_book(&numbers, &mut dice)),
        ("E.164", e164(&numbers, &mut dice)),
        ("18 writings", writings(&numbers, &mut dice)),
    ];
    for (name, cells) in files {
        let here = |cell: &Cell| black_box(read(&cell.prefix, &cell.number, cell.region, &rules)).is_ok();
        let few = &cells[..cells.len() / 5];
        let (ours, valid) = fastest(&cells, here);
        let (theirs, others) = fastest(few, library);
        println!(
            "{name:14} {ours:7.1} ns here, {theirs:8.1} ns library, {:5.1} x; {} cells, {valid} and about {} valid",
            theirs / ours,
            cells.len(),
            5 * others
        );
    }
}

/// Nanoseconds a cell, and how many are valid. Each piece of a thousand cells counts with its fastest round, so that what
/// else the machine does is left out.
fn fastest(cells: &[Cell], valid: impl Fn(&Cell) -> bool) -> (f64, usize) {
    let mut best = vec![f64::MAX; cells.len().div_ceil(1000)];
    let mut count = 0;
    for _ in 0..5 {
        count = 0;
        for (piece, best) in cells.chunks(1000).zip(&mut best) {
            let start = Instant::now();
            count += piece.iter().filter(|cell| valid(cell)).count();
            *best = best.min(start.elapsed().as_nanos() as f64);
        }
    }
    (best.iter().sum::<f64>() / cells.len() as f64, count)
}

/// As a simple importer would ask it: prefix and number joined, or the number with its country.
fn library(cell: &Cell) -> bool {
    let joined;
    let text = if cell.prefix.is_empty() {
        cell.number.as_str()
    } else {
        joined = format!("+{} {}", cell.prefix, cell.number);
        &joined
    };
    let region = cell.region.and_then(|region| region.as_str().parse().ok());
    let Ok(number) = LIBRARY.parse(text, region) else { return false };
    let kind = number.get_type();
    black_box(number.get_national_significant_number());
    kind != PhoneNumberType::Unknown
}

/// Numbers found by chance, up to 400 of each region, in an order by region.
fn numbers(dice: &mut fastrand::Rng) -> Vec<Number> {
    let rules = Rules::default();
    let mut found: Vec<(Region, String, String)> = Vec::new();
    for code in 1..1000u16 {
        let Some(main) = Region::main(code) else { continue };
        let tries = if code < 100 { 60_000 } else { 20_000 };
        for _ in 0..tries {
            let length = 6 + dice.usize(0..6);
            let digits: String = (0..length).map(|_| dice.digit(10)).collect();
            if let Ok(reading) = read("", &format!("+{code}{digits}"), None, &rules)
                && main.as_str() != "001"
            {
                let digits = reading.phone.split();
                found.push((reading.region, digits.prefix().to_owned(), digits.number().to_owned()));
            }
        }
    }
    found.sort_by_key(|(region, ..)| *region);
    found.chunk_by(|a, b| a.0 == b.0).flat_map(|region| region.iter().take(400).cloned()).collect()
}

fn shuffled(mut cells: Vec<Cell>, dice: &mut fastrand::Rng) -> Vec<Cell> {
    dice.shuffle(&mut cells);
    // Anew, so that they lie side by side as the cells of a file do.
    cells.iter().map(|Cell { prefix, number, region }| cell(prefix, number.clone(), *region)).collect()
}

fn cell(prefix: &str, number: String, region: Option<Region>) -> Cell {
    Cell { prefix: prefix.to_owned(), number, region }
}

fn two_columns(numbers: &[Number], dice: &mut fastrand::Rng) -> Vec<Cell> {
    let cells = numbers.iter().map(|(_, code, national)| cell(code, national.clone(), None)).collect();
    shuffled(cells, dice)
}

fn contact_book(numbers: &[Number], dice: &mut fastrand::Rng) -> Vec<Cell> {
    let wanted = ["IN", "IN", "IN", "BR", "ID", "MX", "US", "GB", "DE", "ES", "ZA", "NG", "AE", "KE", "PK"];
    let cells = (0..200_000).map(|_| {
        let country = wanted[dice.usize(0..wanted.len())];
        let start = numbers.partition_point(|(region, ..)| region.as_str() < country);
        let end = numbers.partition_point(|(region, ..)| region.as_str() <= country);
        let (region, code, national) = &numbers[dice.usize(start..end)];
        match dice.u32(0..100) {
            0..30 => cell("", format!("+{code} {}", grouped(national, " ", 5)), None),
            30..50 => cell("", format!("+{code}{national}"), None),
            50..70 => cell(code, national.clone(), None),
            70..80 => cell("", national.clone(), Some(*region)),
            80..85 => cell("", format!("{code}{national}"), Some(*region)),
            85..92 => cell("", format!("+{code}-{}", grouped(national, "-", 3)), None),
            92..95 => cell(code, grouped(national, " ", 4), None),
            95..97 => cell("", format!("'+{code}{national}"), None),
            97 => cell("", format!("\u{202a}+{code} {national}\u{202c}"), None),
            98 => cell(code, format!("{national}.0"), None),
            _ => cell("", format!("Mobile: +{code} {national}"), None),
        }
    });
    let cells = cells.collect();
    shuffled(cells, dice)
}

fn e164(numbers: &[Number], dice: &mut fastrand::Rng) -> Vec<Cell> {
    let cells = numbers.iter().map(|(_, code, national)| cell("", format!("+{code}{national}"), None)).collect();
    shuffled(cells, dice)
}

fn writings(numbers: &[Number], dice: &mut fastrand::Rng) -> Vec<Cell> {
    let cells = numbers.iter().enumerate().map(|(index, (region, code, national))| {
        let own = Some(*region);
        match index % 18 {
            0 => cell("", format!("+{code}{national}"), None),
            1 => cell("", format!("+{code} {}", grouped(national, " ", 3)), None),
            2 => cell("", format!("+{code}-{}", grouped(national, "-", 3)), None),
            3 => cell("", format!("+{code}.{}", grouped(national, ".", 4)), None),
            4 => cell("", format!("(+{code}) {national}"), None),
            5 => cell("", format!("00{code}{national}"), None),
            6 => cell("", national.clone(), own),
            7 => cell("", format!("0{national}"), own),
            8 => cell("", format!("{code}{national}"), own),
            9 => cell(code, national.clone(), None),
            10 => cell(code, format!("+{code}{national}"), None),
            11 => cell("", format!("'+{code}{national}"), None),
            12 => cell("", format!("\u{202a}+{code}\u{a0}{national}\u{202c}"), None),
            13 => cell(code, format!("{national}.0"), None),
            14 => cell("", format!("Phone: +{code} {national}"), None),
            15 => cell("", format!("+{code} {national} ext. 12"), None),
            16 => cell("", format!("{code}{national}@c.us"), None),
            _ => cell("", format!("tel:{national};phone-context=+{code}"), None),
        }
    });
    let cells = cells.collect();
    shuffled(cells, dice)
}

fn grouped(digits: &str, sign: &str, size: usize) -> String {
    let groups: Vec<String> =
        digits.as_bytes().chunks(size).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join(sign)
}
