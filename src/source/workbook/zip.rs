//! Just enough of the zip format to know what a spreadsheet is, and that it is no bomb.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use flate2::read::DeflateDecoder;

use crate::source::error::{ErrorKind, Foreign};
use crate::source::unpack::is_bomb;

/// What an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArchiveKind {
    /// It is no archive.
    None,
    /// A workbook of .xlsx.
    Xlsx,
    /// A spreadsheet of .ods.
    Ods,
}

/// The most entries of a directory.
const MAX_ENTRIES: usize = 10_000;

struct Entry {
    name: Vec<u8>,
    is_encrypted: bool,
    deflated: bool,
    packed: u64,
    offset: u64,
}

/// Finds what the archive holds, and unpacks all of it once without keeping it: sizes in its directory may lie.
pub(super) fn kind(archive: &mut (impl Read + Seek)) -> Result<ArchiveKind, ErrorKind> {
    let mut magic = [0; 4];
    if archive.read_exact(&mut magic).is_err() || magic != *b"PK\x03\x04" {
        return Ok(ArchiveKind::None);
    }
    let entries = entries(archive).map_err(ErrorKind::Io)?.ok_or(ErrorKind::Damaged("zip"))?;
    if entries.len() > MAX_ENTRIES {
        return Err(ErrorKind::Spreadsheet("it holds more than 10,000 parts".to_owned()));
    }
    let has = |name: &[u8]| entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name));
    let kind = if has(b"xl/workbook.xml") {
        ArchiveKind::Xlsx
    } else if has(b"content.xml") && has(b"mimetype") {
        ArchiveKind::Ods
    } else if entries.iter().any(|entry| entry.name.ends_with(b"workbook.xml")) {
        ArchiveKind::Xlsx
    } else {
        return Err(foreign(&entries));
    };
    let length = archive.seek(SeekFrom::End(0)).map_err(ErrorKind::Io)?;
    let (mut unpacked, mut packed) = (0, 0);
    for entry in entries.iter().filter(|entry| entry.deflated) {
        let Some(start) = data_start(archive, entry.offset).map_err(ErrorKind::Io)? else {
            return Err(ErrorKind::Damaged("zip"));
        };
        archive.seek(SeekFrom::Start(start)).map_err(ErrorKind::Io)?;
        let mut inflate = DeflateDecoder::new(archive.by_ref().take(entry.packed));
        let mut buffer = vec![0; 64 * 1024];
        // Many entries may claim the same bytes.
        packed = (packed + entry.packed).min(length);
        // The library holds each shared text by itself, which takes up to four times as much.
        let weight = if entry.name.ends_with(b"sharedStrings.xml") { 4 } else { 1 };
        loop {
            match inflate.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => unpacked += weight * read as u64,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(ErrorKind::Damaged("zip")),
            }
            if is_bomb(unpacked, packed) {
                return Err(ErrorKind::Bomb("zip"));
            }
        }
    }
    Ok(kind)
}

/// What an archive is that is no spreadsheet.
fn foreign(entries: &[Entry]) -> ErrorKind {
    let has = |end: &[u8]| entries.iter().any(|entry| entry.name.ends_with(end));
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
    let files = entries.iter().filter(|entry| !entry.name.ends_with(b"/") && !entry.name.starts_with(b"__MACOSX/"));
    ErrorKind::Archive { names: files.map(|entry| String::from_utf8_lossy(&entry.name).into_owned()).collect() }
}

/// The name of an entry as the archive writes it; of all that end like it, if none is called so.
pub(super) fn name(archive: &mut (impl Read + Seek), wanted: &str) -> Result<Option<String>, ErrorKind> {
    let entries = entries(archive).map_err(ErrorKind::Io)?.ok_or(ErrorKind::Damaged("zip"))?;
    let names: Vec<String> = entries.iter().map(|entry| plain(&entry.name)).collect();
    let last = wanted.rsplit('/').next().unwrap_or(wanted);
    let exact = names.iter().find(|name| name.eq_ignore_ascii_case(wanted));
    Ok(exact.or_else(|| names.iter().find(|name| name.ends_with(last))).cloned())
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

/// Unpacks one file of an archive of `length` bytes into a temporary file.
pub(super) fn unpacked(archive: &mut (impl Read + Seek), name: &str, length: u64) -> Result<File, ErrorKind> {
    let mut from = entry(archive, name)?.ok_or(ErrorKind::Damaged("zip"))?;
    let mut file = tempfile::tempfile().map_err(ErrorKind::Spool)?;
    let mut buffer = vec![0; 64 * 1024];
    let mut unpacked = 0;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => return Ok(file),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Err(ErrorKind::Damaged("zip")),
        };
        unpacked += read as u64;
        if is_bomb(unpacked, length) {
            return Err(ErrorKind::Bomb("zip"));
        }
        file.write_all(buffer.get(..read).unwrap_or_default()).map_err(ErrorKind::Spool)?;
    }
}

/// The bytes of one entry, unpacked; its name counts without its case.
pub(super) fn entry<'a, A: Read + Seek>(
    archive: &'a mut A,
    name: &str,
) -> Result<Option<Box<dyn Read + 'a>>, ErrorKind> {
    let entries = entries(archive).map_err(ErrorKind::Io)?.ok_or(ErrorKind::Damaged("zip"))?;
    let Some(entry) =
        entries.into_iter().find(|entry| plain(&entry.name).eq_ignore_ascii_case(&plain(name.as_bytes())))
    else {
        return Ok(None);
    };
    if entry.is_encrypted {
        return Err(ErrorKind::Spreadsheet("it is protected by a password".to_owned()));
    }
    let start = data_start(archive, entry.offset).map_err(ErrorKind::Io)?.ok_or(ErrorKind::Damaged("zip"))?;
    archive.seek(SeekFrom::Start(start)).map_err(ErrorKind::Io)?;
    let packed = archive.take(entry.packed);
    Ok(Some(if entry.deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) }))
}

/// The central directory; nothing if it cannot be found.
fn entries(archive: &mut (impl Read + Seek)) -> io::Result<Option<Vec<Entry>>> {
    let length = archive.seek(SeekFrom::End(0))?;
    // The directory's end has 22 bytes and a comment of at most 64 KiB.
    let tail = length.min(22 + 0xffff);
    archive.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    archive.take(tail).read_to_end(&mut bytes)?;
    let Some(at) = memchr::memmem::rfind(&bytes, b"PK\x05\x06") else {
        return Ok(None);
    };
    let end = bytes.get(at..).unwrap_or_default();
    // Contacts need no archive that is too large for these fields.
    let is_left_to_zip64 = number(end, 8, 2) == Some(0xffff)
        || number(end, 10, 2) == Some(0xffff)
        || number(end, 12, 4) == Some(0xffff_ffff)
        || number(end, 16, 4) == Some(0xffff_ffff);
    if is_left_to_zip64 {
        return Ok(None);
    }
    let (Some(size), Some(start)) = (number(end, 12, 4), number(end, 16, 4)) else {
        return Ok(None);
    };
    // The directory ends where its end record begins: there is no second one, and nothing in between.
    if start + size != length - tail + at as u64 || size > 16 << 20 {
        return Ok(None);
    }
    archive.seek(SeekFrom::Start(start))?;
    let mut directory = Vec::new();
    archive.take(size).read_to_end(&mut directory)?;
    let mut rest = directory.as_slice();
    let mut entries = Vec::new();
    while rest.starts_with(b"PK\x01\x02") {
        let field = |at, size| number(rest, at, size);
        let (Some(flags), Some(method), Some(packed), Some(name), Some(extra), Some(comment), Some(offset)) =
            (field(8, 2), field(10, 2), field(20, 4), field(28, 2), field(30, 2), field(32, 2), field(42, 4))
        else {
            return Ok(None);
        };
        let Some(text) = rest.get(46..46 + name as usize) else {
            return Ok(None);
        };
        entries.push(Entry {
            name: text.to_vec(),
            is_encrypted: flags & 1 == 1,
            deflated: method == 8,
            packed,
            offset,
        });
        rest = rest.get(46 + (name + extra + comment) as usize..).unwrap_or_default();
    }
    Ok(Some(entries))
}

/// Where the data of an entry begins: behind its local header.
fn data_start(archive: &mut (impl Read + Seek), offset: u64) -> io::Result<Option<u64>> {
    archive.seek(SeekFrom::Start(offset))?;
    let mut header = Vec::new();
    archive.by_ref().take(30).read_to_end(&mut header)?;
    let (Some(name), Some(extra)) = (number(&header, 26, 2), number(&header, 28, 2)) else {
        return Ok(None);
    };
    Ok(header.starts_with(b"PK\x03\x04").then_some(offset + 30 + name + extra))
}

/// A little-endian number of `size` bytes.
fn number(bytes: &[u8], at: usize, size: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + size)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}
