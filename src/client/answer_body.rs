//! The body of an answer as UTF-8, whatever it was sent in.

use std::io::Read;

use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use flate2::read::MultiGzDecoder;

/// The body as text in UTF-8; where it cannot be read, a sentence that says why stands in its place, which is no JSON and so
/// never a success.
pub fn text(body: Bytes, content_encoding: &str, content_type: &str, longest: usize) -> Bytes {
    match unpacked(body, content_encoding, longest) {
        Ok(bytes) => in_utf8(bytes, content_type),
        Err(why) => Bytes::from(why),
    }
}

/// The body without compression. None is asked for, and gzip is what servers and caches use all the same.
fn unpacked(body: Bytes, content_encoding: &str, longest: usize) -> Result<Bytes, String> {
    match content_encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(body),
        "gzip" | "x-gzip" => {
            let mut bytes = Vec::new();
            let read = MultiGzDecoder::new(body.as_ref()).take(longest as u64 + 1).read_to_end(&mut bytes);
            match read {
                Ok(length) if length <= longest => Ok(Bytes::from(bytes)),
                Ok(_) => Err(format!("the answer is compressed, and longer than {} KiB", longest / 1024)),
                Err(error) => Err(format!("the answer is said to be compressed (gzip), and is damaged: {error}")),
            }
        }
        other => {
            let name: String = other.chars().filter(char::is_ascii_graphic).take(20).collect();
            Err(format!("the answer is compressed ({name}), though none was asked for"))
        }
    }
}

/// The text in UTF-8: by its byte order mark, else as it is where it is UTF-8, else by its charset, else as Windows-1252.
fn in_utf8(bytes: Bytes, content_type: &str) -> Bytes {
    let named = charset(content_type).and_then(|label| Encoding::for_label(label.as_bytes()));
    let is_utf16 = |encoding: &&'static Encoding| *encoding == UTF_16LE || *encoding == UTF_16BE;
    let encoding = match Encoding::for_bom(&bytes) {
        Some((encoding, _)) => encoding,
        None => match named.filter(is_utf16) {
            Some(utf16) => utf16,
            None if std::str::from_utf8(&bytes).is_ok() => return bytes,
            None => named.filter(|encoding| *encoding != UTF_8).unwrap_or(WINDOWS_1252),
        },
    };
    // A byte order mark is taken off here.
    Bytes::from(encoding.decode(&bytes).0.into_owned())
}

fn charset(content_type: &str) -> Option<&str> {
    let mut parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, label) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(label.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn answers_are_read_in_what_they_were_sent_in() {
        let utf16: Vec<u8> = "número".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases: &[(&[u8], &str, &str, &str)] = &[
            (b"plain", "", "", "plain"),
            ("número".as_bytes(), "", "text/plain; charset=iso-8859-1", "número"),
            (b"n\xfamero", "", "application/json; charset=ISO-8859-1", "número"),
            (b"n\xfamero", "", "application/json", "número"),
            (b"n\xfamero", "identity", "text/plain; charset=\"utf-8\"", "número"),
            (b"\xef\xbb\xbf{}", "", "application/json", "{}"),
            (&utf16, "", "application/json;charset=UTF-16LE", "número"),
            (&gzip(b"{}"), "gzip", "", "{}"),
            (&gzip(b"n\xfamero"), "X-GZIP", "text/plain;charset=latin1", "número"),
            (b"\x1b\x00\x80", "br", "", "the answer is compressed (br), though none was asked for"),
            (b"", "", "", ""),
        ];
        for (body, encoding, kind, expected) in cases {
            let read = text(Bytes::copy_from_slice(body), encoding, kind, 1024);
            assert_eq!(std::str::from_utf8(&read), Ok(*expected), "{body:?}");
        }
    }

    #[test]
    fn what_is_damaged_or_too_long_is_said_so() {
        let mut cut = gzip(b"{\"status\":\"success\"}");
        cut.truncate(15);
        for (body, why) in [(cut, "is damaged"), (gzip(&[b'x'; 2000]), "longer than 1 KiB")] {
            let read = text(body.into(), "gzip", "", 1024);
            let read = std::str::from_utf8(&read).unwrap();
            assert!(read.contains(why), "{read}");
        }
    }
}
