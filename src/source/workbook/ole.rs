//! The container of .xls: chains of sectors that make streams, of which one is the workbook.
//!
//! A chain that bites its tail would fill the memory: all are followed once first.

use crate::source::detect::EXPORT;
use crate::source::error::{ErrorKind, Foreign};

const HEADER: usize = 512;
/// Sector numbers from here on are marks: free, end of chain.
const MARKS: u32 = 0xffff_fffa;

/// The longest stream that lies in small sectors.
const SMALL: usize = 4096;
const SMALL_SECTOR: usize = 64;

/// Checks the allocation tables of a container that lies in `bytes`, and gives the stream of the workbook.
pub(super) fn workbook(bytes: &[u8]) -> Result<Vec<u8>, ErrorKind> {
    let damaged = || ErrorKind::Damaged("spreadsheet");
    let container = Container::open(bytes).ok_or_else(damaged)?;
    let folder = container.folder().ok_or_else(damaged)?;
    match entry(&folder, "Workbook").or_else(|| entry(&folder, "Book")) {
        Some(found) => container.stream(&folder, found).ok_or_else(damaged),
        // What a spreadsheet program makes of an .xlsx with a password.
        None if entry(&folder, "EncryptedPackage").is_some() => {
            Err(ErrorKind::Spreadsheet("it is protected by a password".to_owned()))
        }
        None => Err(ErrorKind::Binary(Foreign { kind: "an old Office document", remedy: EXPORT })),
    }
}

/// The entry of a stream in the folder of a container.
fn entry<'a>(folder: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    folder.chunks_exact(128).find(|entry| entry.get(..wide.len()).is_some_and(|name| name.eq_ignore_ascii_case(&wide)))
}

/// A container whose chains are known to end.
struct Container<'a> {
    bytes: &'a [u8],
    /// How long a sector is.
    size: usize,
    /// Behind each sector the next of its chain.
    table: Vec<u32>,
    /// The same for small sectors.
    small: Vec<u32>,
}

impl<'a> Container<'a> {
    fn open(bytes: &'a [u8]) -> Option<Container<'a>> {
        let shift = u16::from_le_bytes(bytes.get(30..32)?.try_into().ok()?);
        if shift != 9 && shift != 12 || bytes.len() < HEADER {
            return None;
        }
        let size = 1usize << shift;
        let sectors = bytes.len() / size + 1;
        let mut container = Container { bytes, size, table: Vec::new(), small: Vec::new() };
        // The sectors of the table: the first 109 in the header, the others in a chain of their own.
        let mut table_sectors = numbers(bytes.get(76..HEADER)?);
        let mut next = number(bytes, 68)?;
        for _ in 0..sectors {
            if next >= MARKS {
                break;
            }
            table_sectors.extend(numbers(container.sector(next)?));
            next = table_sectors.pop()?;
        }
        if next < MARKS {
            return None;
        }
        table_sectors.retain(|&index| index < MARKS);
        // Each of them would be followed as often as it is named.
        if table_sectors.len() > sectors {
            return None;
        }
        for index in table_sectors {
            let numbers = numbers(container.sector(index)?);
            container.table.extend(numbers);
        }
        ends(&container.table)?;
        // The table of small sectors lies in a chain of the large ones.
        container.small = numbers(&container.chain(number(bytes, 60)?, usize::MAX)?);
        ends(&container.small)?;
        Some(container)
    }

    /// A sector; the last of the file may be short.
    fn sector(&self, index: u32) -> Option<&'a [u8]> {
        let rest = self.bytes.get((index as usize).checked_add(1)?.checked_mul(self.size)?..)?;
        Some(rest.get(..self.size).unwrap_or(rest))
    }

    /// What the chain from a sector on holds, as far as it is wanted.
    fn chain(&self, start: u32, most: usize) -> Option<Vec<u8>> {
        follow(&self.table, start, most, |index| self.sector(index))
    }

    /// The entries of all streams.
    fn folder(&self) -> Option<Vec<u8>> {
        self.chain(number(self.bytes, 48)?, usize::MAX)
    }

    /// The stream of an entry.
    fn stream(&self, folder: &[u8], entry: &[u8]) -> Option<Vec<u8>> {
        let (start, length) = (number(entry, 116)?, number(entry, 120)? as usize);
        if length >= SMALL {
            return self.chain(start, length);
        }
        // The first entry holds the small sectors.
        let root = folder.chunks_exact(128).next()?;
        let sectors = self.chain(number(root, 116)?, number(root, 120)? as usize)?;
        let small = |index: u32| {
            let rest = sectors.get((index as usize).checked_mul(SMALL_SECTOR)?..)?;
            Some(rest.get(..SMALL_SECTOR).unwrap_or(rest))
        };
        follow(&self.small, start, length, small)
    }
}

/// Joins the sectors of a chain, as far as they are wanted.
fn follow<'a>(table: &[u32], start: u32, most: usize, sector: impl Fn(u32) -> Option<&'a [u8]>) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    let mut next = start;
    while next < MARKS && joined.len() < most {
        joined.extend_from_slice(sector(next)?);
        if joined.len() < most {
            next = *table.get(next as usize)?;
        }
    }
    joined.truncate(most);
    Some(joined)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|four| number(four, 0)).collect()
}

/// Whether every chain ends.
fn ends(table: &[u32]) -> Option<()> {
    // The chain on which a sector was met first.
    let mut met = vec![0u32; table.len()];
    for start in 0..table.len() {
        let chain = u32::try_from(start).ok()? + 1;
        let mut at = start;
        while let Some(slot) = met.get_mut(at) {
            if *slot == chain {
                return None;
            }
            if *slot != 0 {
                break;
            }
            *slot = chain;
            at = *table.get(at)? as usize;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_that_bites_its_tail_is_found() {
        assert_eq!(ends(&[1, 2, 0xffff_fffe, 0xffff_ffff, 2]), Some(()));
        assert_eq!(ends(&[1, 2, 1]), None);
        assert_eq!(ends(&[0]), None);
        assert_eq!(ends(&[]), Some(()));
    }
}
