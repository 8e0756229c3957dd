//! Records of a file that a run wrote, byte for byte: they are put together without being read and written anew.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

/// The longest record that is read, as of an input: 4 MiB, and what the run adds to a rejected one.
const LONGEST: usize = (4 << 20) + (64 << 10);

/// The records of a file, one after another.
pub struct Records {
    from: BufReader<File>,
    /// Whether a line end between quotes belongs to the record, as in CSV.
    is_quoted: bool,
}

impl Records {
    /// The records of a CSV file.
    pub fn csv(file: File) -> Records {
        Records { from: BufReader::with_capacity(1 << 16, file), is_quoted: true }
    }

    /// The lines of a file.
    pub fn lines(file: File) -> Records {
        Records { from: BufReader::with_capacity(1 << 16, file), is_quoted: false }
    }

    /// The next record with its line end; `None` at the end of the file.
    ///
    /// # Errors
    /// Local I/O; a record is longer than any run writes, or the file ends within one.
    pub fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut record = Vec::new();
        let mut quotes = 0_usize;
        loop {
            let available = self.from.fill_buf()?;
            if available.is_empty() {
                return match record.is_empty() {
                    true => Ok(None),
                    false => Err(invalid("it is cut short")),
                };
            }
            let end = memchr::memchr(b'\n', available);
            let taken = available.get(..end.map_or(available.len(), |at| at + 1)).unwrap_or(available);
            quotes += memchr::memchr_iter(b'"', taken).count();
            record.extend_from_slice(taken);
            let len = taken.len();
            self.from.consume(len);
            if record.len() > LONGEST {
                return Err(invalid("a record is longer than 4 MiB"));
            }
            if end.is_some() && (!self.is_quoted || quotes.is_multiple_of(2)) {
                return Ok(Some(record));
            }
        }
    }
}

pub fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

/// The cells of one record.
pub fn cells(record: &[u8], delimiter: u8) -> io::Result<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(record);
    let mut cells = csv::ByteRecord::new();
    reader.read_byte_record(&mut cells)?;
    Ok(csv::StringRecord::from_byte_record_lossy(cells))
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::*;

    fn records(text: &str, open: impl Fn(File) -> Records) -> Vec<Result<String, String>> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.rewind().unwrap();
        let mut records = open(file);
        let mut found = Vec::new();
        loop {
            match records.next() {
                Ok(Some(record)) => found.push(Ok(String::from_utf8(record).unwrap())),
                Ok(None) => return found,
                Err(error) => {
                    found.push(Err(error.to_string()));
                    return found;
                }
            }
        }
    }

    #[test]
    fn records_keep_their_bytes() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(
            records("a,b\n\"x\ny\",\"\"\"\n\"\"\"\nlast,1\n", Records::csv),
            [ok("a,b\n"), ok("\"x\ny\",\"\"\"\n\"\"\"\n"), ok("last,1\n")]
        );
        assert_eq!(records("{\"a\":1}\n\"\n", Records::lines), [ok("{\"a\":1}\n"), ok("\"\n")]);
        assert_eq!(records("a\nb", Records::csv), [ok("a\n"), Err("it is cut short".to_owned())]);
        assert_eq!(records("", Records::csv), []);
        let long = format!("\"{}", "x\n".repeat(LONGEST));
        assert_eq!(records(&long, Records::csv), [Err("a record is longer than 4 MiB".to_owned())]);
    }

    #[test]
    fn cells_of_a_record() {
        let cells = cells(b"\"a;\n\"\"b\";c;\n", b';').unwrap();
        assert_eq!(cells.iter().collect::<Vec<_>>(), ["a;\n\"b", "c", ""]);
    }
}
