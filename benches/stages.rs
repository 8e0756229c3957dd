//! What each stage of the way costs, beside the bare reading crates in the same run.
//!
//! `cargo bench --bench stages`. Made-up contacts, the same in every format, lie in memory. Each stage reads all of them,
//! five rounds of all stages in turn, and the median counts: time a row, megabytes a second, and how many times the
//! time of the reading crate alone. At last the program itself imports them into a sandbox, start and reports included.
#![expect(clippy::print_stdout, clippy::indexing_slicing, clippy::unwrap_used, reason = "a measurement")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::process::Command;
use std::time::{Duration, Instant};

use m1import::contact::Rules;
use m1import::contact::phone::Plans;
use m1import::dedupe::{OnDuplicate, PhoneIndex};
use m1import::reading::{Job, Shard};
use m1import::row::Row;
use m1import::source::{self, RowError};
use m1import::survey::Survey;
use m1import::understanding::{Wishes, understand};

const ROWS: usize = 200_000;
const ROUNDS: usize = 5;

fn main() {
    let csv = table(|cell| cell.to_owned());
    let quoted = table(|cell| format!("\"{cell}\""));
    let objects = objects();
    let ndjson = objects.join("\n");
    let array = format!("[{}]", objects.join(","));
    drop(objects);
    println!("{ROWS} rows; median of {ROUNDS} rounds");
    println!("{:34} {:>8} {:>8} {:>16}", "", "ns/row", "MB/s", "times the crate");
    for (name, text, bare) in [
        ("CSV", &csv, bare_csv as fn(&str) -> usize),
        ("CSV, all in quotes", &quoted, bare_csv),
        ("NDJSON", &ndjson, bare_ndjson),
        ("JSON array", &array, bare_array),
    ] {
        let job = job(name, text);
        let rows = || read(&job);
        let survey = || survey(&job);
        let bare = || bare(text);
        let stages: [(&str, &dyn Fn() -> usize); 3] =
            [("the reading crate", &bare), ("rows", &rows), ("rows judged and counted", &survey)];
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            for ((_, stage), times) in stages.iter().zip(&mut times) {
                let start = Instant::now();
                assert_eq!(black_box(stage()), ROWS, "{name}");
                times.push(start.elapsed());
            }
        }
        let floor = median(&mut times[0]);
        for ((stage, _), times) in stages.iter().zip(&mut times) {
            let time = median(times);
            println!(
                "{:34} {:8.0} {:8.0} {:16.2}",
                format!("{name}: {stage}"),
                time.as_nanos() as f64 / ROWS as f64,
                text.len() as f64 / 1e6 / time.as_secs_f64(),
                time.as_secs_f64() / floor.as_secs_f64()
            );
        }
    }
    whole(&csv);
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The program from its start to its reports.
fn whole(csv: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contacts.csv");
    std::fs::write(&file, csv).unwrap();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut program = Command::new(env!("CARGO_BIN_EXE_m1import"));
        program.arg(&file).args(["--sandbox", "--quiet", "--batch-size", "1000", "--batch-bytes", "1MB"]);
        let ended = program.current_dir(folder.path()).env_clear().status().unwrap();
        times.push(start.elapsed());
        assert!(ended.success());
    }
    let time = median(&mut times);
    println!(
        "the program into a sandbox, 1,000 a request: {:.2} s, {:.0} rows/s",
        time.as_secs_f64(),
        ROWS as f64 / time.as_secs_f64()
    );
}

/// Eight cells a contact, names in several scripts.
fn contact(number: usize) -> [String; 8] {
    const NAMES: [&str; 6] = ["Asha Rao", "Jürgen Weiß", "प्रिया शर्मा", "Иван Петров", "O'Brien, Siân", "王 小明"];
    let name = NAMES[number % NAMES.len()].replace(',', "");
    [
        name,
        format!("user{number}@example.com"),
        "91".to_owned(),
        format!("98{:08}", number),
        ["north", "", "vip|lead"][number % 3].to_owned(),
        ["Pune", "Köln", ""][number % 3].to_owned(),
        "basic".to_owned(),
        format!("2024-{:02}-{:02}", number % 12 + 1, number % 28 + 1),
    ]
}

const COLUMNS: [&str; 8] = ["name", "email", "prefix", "phone", "tags", "city", "plan", "last_order"];

fn table(write: impl Fn(&str) -> String) -> String {
    let line = |cells: &[String]| cells.iter().map(|cell| write(cell)).collect::<Vec<_>>().join(",");
    let mut text = line(&COLUMNS.map(str::to_owned));
    for number in 0..ROWS {
        write!(text, "\n{}", line(&contact(number))).unwrap();
    }
    text
}

fn objects() -> Vec<String> {
    let object = |number| {
        let cells = contact(number);
        let members: serde_json::Map<_, _> =
            COLUMNS.iter().zip(cells).map(|(key, value)| ((*key).to_owned(), value.into())).collect();
        serde_json::Value::from(members).to_string()
    };
    (0..ROWS).map(object).collect()
}

fn bare_csv(text: &str) -> usize {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut count = 0;
    while reader.read_record(&mut record).unwrap() {
        count += usize::from(!record.is_empty());
    }
    count
}

/// The members that an importer takes.
#[derive(serde::Deserialize)]
struct Person<'a> {
    #[serde(borrow)]
    name: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    email: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    prefix: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    phone: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    tags: std::borrow::Cow<'a, str>,
}

fn taken(person: &Person<'_>) -> usize {
    black_box((&person.name, &person.email, &person.prefix, &person.phone, &person.tags));
    1
}

fn bare_ndjson(text: &str) -> usize {
    text.lines().map(|line| taken(&serde_json::from_str(line).unwrap())).sum()
}

fn bare_array(text: &str) -> usize {
    let people: Vec<Person<'_>> = serde_json::from_str(text).unwrap();
    people.iter().map(taken).sum()
}

fn job(name: &str, text: &str) -> Job {
    let input = source::InputSource::of(name, text.as_bytes());
    let inputs = understand(input, &Wishes::default(), &Plans::default()).unwrap();
    Job {
        inputs,
        rules: Rules::default(),
        limit: None,
        shard: Shard::default(),
        threads: std::thread::available_parallelism().unwrap(),
    }
}

fn read(job: &Job) -> usize {
    let mut rows = job.inputs[0].source.rows().unwrap();
    let mut block = vec![Row::default(); 512];
    let mut count = 0;
    loop {
        match rows.read_batch(&mut block) {
            0 => match rows.next(&mut block[0]) {
                Ok(true) => count += 1,
                Ok(false) => return count,
                Err(RowError::Reject { .. } | RowError::Fatal(_)) => unreachable!("the rows are sound"),
            },
            some => count += some,
        }
    }
}

fn survey(job: &Job) -> usize {
    let survey =
        Survey::make(job, PhoneIndex::new(OnDuplicate::Merge, 1 << 30), |_| ControlFlow::Continue(())).unwrap();
    survey.map_or(0, |survey| (survey.read - survey.invalid) as usize)
}
