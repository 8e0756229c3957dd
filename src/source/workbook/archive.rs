//! Archives of zip: what one holds, and that it is no bomb.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use zip::read::Config;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;
use zip::{CompressionMethod, ZipArchive};

use crate::source::error::{ErrorKind, Foreign};
use crate::source::input::Seekable;
use crate::source::unpack::is_bomb;

/// A workbook that is an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Ods,
}

/// The most entries of a directory, and its most bytes.
const MAX_ENTRIES: usize = 10_000;
const MAX_DIRECTORY: u64 = 16 << 20;

/// An archive whose directory has been read.
pub(super) struct Archive {
    zip: ZipArchive<Seekable>,
    /// Its length in bytes.
    length: u64,
}

impl Archive {
    /// Reads the directory.
    ///
    /// # Errors
    /// It is damaged, too long, or names an entry twice, so that two readers could differ on what is in it.
    pub fn open(mut bytes: Seekable) -> Result<Archive, ErrorKind> {
        let length = bytes.seek(SeekFrom::End(0)).map_err(ErrorKind::Io)?;
        let mut directory = ZipIterable::try_new(&mut bytes, Config::default()).map_err(broken)?;
        if directory.len() > MAX_ENTRIES {
            return Err(ErrorKind::Spreadsheet("it holds more than 10,000 parts".to_owned()));
        }
        let mut start = None;
        for entry in directory.files().map_err(broken)? {
            let at = entry.map_err(broken)?.central_header_start();
            if at.abs_diff(*start.get_or_insert(at)) > MAX_DIRECTORY {
                return Err(ErrorKind::Damaged("zip"));
            }
        }
        let zip = ZipArchive::new(bytes).map_err(broken)?;
        if zip.has_duplicate_names() { Err(ErrorKind::Damaged("zip")) } else { Ok(Archive { zip, length }) }
    }

    /// Finds which workbook it is, and unpacks all of it once without keeping it: sizes in the directory may lie.
    ///
    /// # Errors
    /// It is no workbook, damaged, protected by a password, or a bomb.
    pub fn kind(&mut self) -> Result<Kind, ErrorKind> {
        let names: Vec<&[u8]> = self.zip.file_names_raw().collect();
        let has = |name: &[u8]| names.iter().any(|entry| entry.eq_ignore_ascii_case(name));
        let kind = if has(b"xl/workbook.xml") {
            Kind::Xlsx
        } else if has(b"content.xml") && has(b"mimetype") {
            Kind::Ods
        } else if names.iter().any(|entry| entry.ends_with(b"workbook.xml")) {
            Kind::Xlsx
        } else {
            return Err(foreign(&names));
        };
        let (mut unpacked, mut packed) = (0, 0);
        let mut buffer = vec![0; 64 * 1024];
        for number in 0..self.zip.len() {
            let mut entry = self.zip.by_index(number).map_err(broken)?;
            if entry.compression() == CompressionMethod::Stored {
                continue;
            }
            // Many entries may claim the same bytes.
            packed = (packed + entry.compressed_size()).min(self.length);
            // Each shared text is held by itself, which takes up to four times as much.
            let weight = if entry.name_raw().ends_with(b"sharedStrings.xml") { 4 } else { 1 };
            while let read @ 1.. = read(&mut entry, &mut buffer)? {
                unpacked += weight * read as u64;
                if is_bomb(unpacked, packed) {
                    return Err(ErrorKind::Bomb("zip"));
                }
            }
        }
        Ok(kind)
    }

    /// The name of an entry as the archive writes it; of all that end like it, if none is called so.
    pub fn name(&self, wanted: &str) -> Option<String> {
        let names: Vec<String> = self.zip.file_names_raw().map(plain).collect();
        let last = wanted.rsplit('/').next().unwrap_or(wanted);
        let exact = names.iter().find(|name| name.eq_ignore_ascii_case(wanted));
        exact.or_else(|| names.iter().find(|name| name.ends_with(last))).cloned()
    }

    /// The bytes of one entry, unpacked; its name counts without its case. `None` where there is none.
    ///
    /// # Errors
    /// It is damaged, or protected by a password.
    pub fn entry(&mut self, name: &str) -> Result<Option<impl Read + '_>, ErrorKind> {
        let wanted = plain(name.as_bytes());
        let number = self.zip.file_names_raw().position(|entry| plain(entry).eq_ignore_ascii_case(&wanted));
        match number {
            Some(number) => self.zip.by_index(number).map(Some).map_err(broken),
            None => Ok(None),
        }
    }

    /// Unpacks one entry into a temporary file.
    ///
    /// # Errors
    /// It is damaged, protected by a password, or a bomb; there is no space for it.
    pub fn unpacked(&mut self, name: &str) -> Result<File, ErrorKind> {
        let length = self.length;
        let mut from = self.entry(name)?.ok_or(ErrorKind::Damaged("zip"))?;
        let mut file = tempfile::tempfile().map_err(ErrorKind::Spool)?;
        let mut buffer = vec![0; 64 * 1024];
        let mut unpacked = 0;
        while let read @ 1.. = read(&mut from, &mut buffer)? {
            unpacked += read as u64;
            if is_bomb(unpacked, length) {
                return Err(ErrorKind::Bomb("zip"));
            }
            file.write_all(buffer.get(..read).unwrap_or_default()).map_err(ErrorKind::Spool)?;
        }
        Ok(file)
    }
}

/// Unpacks some bytes; 0 at the end.
fn read(from: &mut impl Read, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
    loop {
        match from.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // What is not supported shows at the first byte only.
            read => return read.map_err(|error| error.downcast().map_or(ErrorKind::Damaged("zip"), broken)),
        }
    }
}

fn broken(error: ZipError) -> ErrorKind {
    match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => ErrorKind::Io(error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            ErrorKind::Spreadsheet("it is protected by a password".to_owned())
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            let kind = "a zip archive that is packed in an unusual way";
            ErrorKind::Binary(Foreign { kind, remedy: "unpack it, and name the file with the contacts" })
        }
        _ => ErrorKind::Damaged("zip"),
    }
}

/// What an archive is that is no spreadsheet.
fn foreign(names: &[&[u8]]) -> ErrorKind {
    let has = |end: &[u8]| names.iter().any(|name| name.ends_with(end));
    if has(b".iwa") {
        let remedy = "open it in Numbers and export it as CSV or Excel";
        return ErrorKind::Binary(Foreign { kind: "an Apple Numbers document", remedy });
    }
    if has(b"xl/workbook.bin") {
        let remedy = "open it in a spreadsheet program and save it as .xlsx or CSV";
        return ErrorKind::Binary(Foreign { kind: "a binary workbook (.xlsb)", remedy });
    }
    if has(b"word/document.xml") {
        let remedy = "copy its table into a spreadsheet and save that as .xlsx or CSV";
        return ErrorKind::Binary(Foreign { kind: "a Word document", remedy });
    }
    let files = names.iter().filter(|name| !name.ends_with(b"/") && !name.starts_with(b"__MACOSX/"));
    ErrorKind::Archive { names: files.map(|name| String::from_utf8_lossy(name).into_owned()).collect() }
}

/// A name with the slashes that it should have.
fn plain(name: &[u8]) -> String {
    String::from_utf8_lossy(name).replace('\\', "/")
}

/// The one of these files that could be contacts; None where there are none or several.
pub(super) fn only_contacts(names: &[String]) -> Option<String> {
    const ENDS: [&str; 12] =
        [".csv", ".tsv", ".json", ".ndjson", ".jsonl", ".vcf", ".vcard", ".xlsx", ".xls", ".ods", ".fods", ".ldif"];
    let is_contacts = |name: &&String| {
        let file = name.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
        let file = file.trim_end_matches(".gz").trim_end_matches(".zst");
        !file.starts_with('.') && ENDS.iter().any(|end| file.ends_with(end))
    };
    let mut found = names.iter().filter(is_contacts);
    found.next().filter(|_| found.next().is_none()).cloned()
}
