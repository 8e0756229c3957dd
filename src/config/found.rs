//! Settings files as bytes: looked for or named, in the encodings that they are met in.

use std::fs::File;
use std::io;
use std::path::Path;

use super::error::{Error, Warning};
use crate::diagnostic::{RunCode, WarningCode};
use crate::small_file;

/// No configuration is longer, in bytes.
const LONGEST: u64 = 1 << 20;

/// A settings file, or why there is none.
pub(super) enum FoundFile {
    /// There is none, and none was named.
    Nothing,
    /// It lies there and cannot be used, which nobody asked for; the run goes on without it.
    Unusable(Warning),
    /// Its path as shown, and what it holds.
    File(String, Vec<u8>),
}

/// The file that was named, or one of that name in the folder. A file that is merely looked for may be missing or be
/// something else, such as a folder `.env`.
///
/// # Errors
/// A file that was named cannot be read.
pub(super) fn read(folder: &Path, name: &str, named: Option<&Path>) -> Result<FoundFile, Error> {
    match named {
        Some(path) => {
            let label = path.display().to_string();
            match bytes(path) {
                Ok(bytes) => Ok(FoundFile::File(label, bytes)),
                Err(why) => Err(Error::new(RunCode::ConfigUnreadable, format!("{label}: {why}"))),
            }
        }
        None => Ok(look(&folder.join(name), name.to_owned())),
    }
}

/// A file that may be there. Where it cannot even be looked for, a warning says so.
pub(super) fn look(path: &Path, label: String) -> FoundFile {
    let missing = |error: &io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    let read = match path.metadata() {
        Ok(metadata) if metadata.is_file() => bytes(path),
        Ok(_) => return FoundFile::Nothing,
        Err(error) if missing(&error) => return FoundFile::Nothing,
        Err(error) => Err(error),
    };
    match read {
        Ok(bytes) => FoundFile::File(label, bytes),
        Err(why) => FoundFile::Unusable(Warning {
            code: WarningCode::Settings,
            message: format!("{label} cannot be read and is left aside: {why}"),
            hint: "check its permissions, or those of its folder".to_owned(),
        }),
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    match small_file::first(File::open(path)?, LONGEST)? {
        (bytes, true) => Ok(bytes),
        (_, false) => Err(io::Error::other("longer than 1 MiB")),
    }
}

/// UTF-8, or UTF-16 as Windows PowerShell writes it, without a byte order mark; `None` if it is neither.
pub(super) fn decoded(bytes: &[u8]) -> Option<String> {
    let (encoding, length) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((without_mark(bytes), 0));
    let bytes = bytes.get(length..).unwrap_or_default();
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned())
}

/// The encoding of a text without a byte order mark: a zero byte at every other place of the first few is UTF-16.
fn without_mark(bytes: &[u8]) -> &'static encoding_rs::Encoding {
    match bytes {
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => encoding_rs::UTF_16BE,
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => encoding_rs::UTF_16LE,
        _ => encoding_rs::UTF_8,
    }
}

/// The same, with U+FFFD for what cannot be decoded: somebody else's lines of a `.env` need not be readable.
pub(super) fn decoded_lossy(bytes: &[u8]) -> String {
    decoded(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_windows_are_read() {
        let text = "M1IMPORT_TAG=größer\r\n";
        let (low, high): (Vec<_>, Vec<_>) = (
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        );
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            marked(b"\xef\xbb\xbf", text.as_bytes()),
            marked(b"\xff\xfe", &low),
            marked(b"\xfe\xff", &high),
            low,
            high,
        ] {
            assert_eq!(decoded(&bytes).as_deref(), Some(text), "{bytes:?}");
        }
        assert_eq!(decoded(b"gr\xf6\xdfer"), None);
        assert_eq!(decoded_lossy(b"gr\xf6"), "gr\u{fffd}");
        assert_eq!(decoded(b"").as_deref(), Some(""));
    }
}
