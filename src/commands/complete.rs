//! Completion at Tab: what the modules know of the values that options take.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use super::{print, terminal};
use crate::cli::complete::{Values, candidates, script};
use crate::config::{self, Env};
use crate::contact::phone::{Kind, Region};
use crate::diagnostic::Exit;
use crate::small_file;
use crate::source::{self, InputSource};
use crate::terminal::Color;

/// So much of a file is read for its columns.
const HEAD: u64 = 64 << 10;

/// So long is waited for them: who types does not.
const PATIENCE: Duration = Duration::from_millis(200);

/// Encodings that contacts are met in; every WHATWG label is taken.
const ENCODINGS: &[&str] = &[
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "windows-874",
    "iso-8859-2",
    "iso-8859-5",
    "iso-8859-7",
    "iso-8859-8",
    "iso-8859-15",
    "koi8-r",
    "koi8-u",
    "macintosh",
    "ibm866",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "gbk",
    "gb18030",
    "big5",
];

/// Answers a shell: its start line, or, behind `--`, what may follow the words. Nothing is said of what goes wrong.
pub fn complete(shell: &str, arguments: &[std::ffi::OsString], env: &Env) -> Exit {
    let name = Path::new(shell).file_stem().unwrap_or_default().to_string_lossy();
    let terminal = terminal(Color::Never, env);
    let Some(at) = arguments.iter().position(|argument| argument == "--") else {
        let program = arguments.first().map(|program| program.to_string_lossy()).unwrap_or_default();
        return match script(&name, &called(&program)) {
            Some(script) => print(&terminal, &script),
            None => Exit::Usage,
        };
    };
    let words = arguments.iter().skip(at + 1).cloned().collect();
    // bash says in front of `--` what it does not replace of the last word.
    let front = arguments.get(1).filter(|_| at > 1).map(|front| front.to_string_lossy()).unwrap_or_default();
    let values = Values {
        countries: Region::all().map(|region| (region.as_str().to_owned(), region.name().to_owned())).collect(),
        encodings: ENCODINGS.iter().map(|label| (*label).to_owned()).collect(),
        phone_types: ["messaging", "any"]
            .into_iter()
            .chain(Kind::ALL.iter().skip(1).map(|kind| kind.as_str()))
            .map(str::to_owned)
            .collect(),
        profiles: profiles(env),
        columns,
    };
    match candidates(&name, words, &front, values) {
        Ok(answer) => print(&terminal, &answer),
        Err(_) => Exit::Complete,
    }
}

/// How a shell calls the program from any folder: by its name, or by its whole path where it was called by one.
fn called(program: &str) -> String {
    let path = Path::new(program);
    match path.components().count() {
        0 | 1 => program.to_owned(),
        _ => std::path::absolute(path).map_or_else(|_| program.to_owned(), |path| path.display().to_string()),
    }
}

/// The profiles of the settings file that would be used.
fn profiles(env: &Env) -> Vec<String> {
    let path = env.get("M1IMPORT_CONFIG").map_or_else(|| env.folder.join("m1import.toml"), PathBuf::from);
    match small_file::head(&path, HEAD) {
        Ok((bytes, true)) => config::profiles(&String::from_utf8_lossy(&bytes)),
        Ok((_, false)) | Err(_) => Vec::new(),
    }
}

/// The columns of a file by its first 64 KiB; none if it cannot be read in time, or is no regular file.
fn columns(path: &Path) -> Vec<String> {
    let path = PathBuf::from(path);
    let (found, columns) = mpsc::channel();
    std::thread::spawn(move || found.send(read_columns(&path)));
    columns.recv_timeout(PATIENCE).ok().flatten().unwrap_or_default()
}

fn read_columns(path: &Path) -> Option<Vec<String>> {
    let (bytes, is_whole) = small_file::head(path, HEAD).ok()?;
    // A line that was cut is not the file's fault.
    let end = if is_whole { bytes.len() } else { memchr::memrchr(b'\n', &bytes).map_or(bytes.len(), |at| at + 1) };
    let input = InputSource::of(&path.to_string_lossy(), bytes.get(..end).unwrap_or_default().to_vec());
    let source = source::open(input, &source::Options::default()).ok()?;
    let columns = source.columns();
    Some((0..columns.len()).filter_map(|column| columns.name(column).map(str::to_owned)).collect())
}
