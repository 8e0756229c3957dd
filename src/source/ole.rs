//! Just enough of the container of .xls to know that its chains of sectors end.
//!
//! The library follows them without counting, and a chain that bites its tail would fill the memory.

use super::error::Trouble;

const HEADER: usize = 512;
/// Sector numbers from here on are marks: free, end of chain.
const MARKS: u32 = 0xffff_fffa;

/// Checks the allocation tables of a container that lies in `bytes`.
pub(super) fn check(bytes: &[u8]) -> Result<(), Trouble> {
    chains(bytes).ok_or(Trouble::Damaged("spreadsheet"))
}

fn chains(bytes: &[u8]) -> Option<()> {
    let number = |at: usize| -> Option<u32> { Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)) };
    let shift = u32::from(u16::from_le_bytes(bytes.get(30..32)?.try_into().ok()?));
    if shift != 9 && shift != 12 {
        return None;
    }
    let size = 1usize << shift;
    let sectors = bytes.len() / size + 1;
    let sector = |index: u32| (index as usize).checked_add(1)?.checked_mul(size);
    // The sectors of the table: the first 109 in the header, the others in a chain of their own.
    let mut table_sectors: Vec<u32> = (0..109).filter_map(|place| number(76 + 4 * place)).collect();
    let mut next = number(68)?;
    for _ in 0..sectors {
        if next >= MARKS {
            break;
        }
        let at = sector(next)?;
        table_sectors.extend((0..size / 4 - 1).filter_map(|place| number(at + 4 * place)));
        next = number(at + size - 4)?;
    }
    if next < MARKS {
        return None;
    }
    let mut table = Vec::new();
    for index in table_sectors.into_iter().filter(|&index| index < MARKS).take(sectors) {
        let at = sector(index)?;
        table.extend((0..size / 4).map_while(|place| number(at + 4 * place)));
    }
    ends(&table)?;
    // The table of small sectors lies in a chain of the large ones.
    let mut small = Vec::new();
    let mut next = number(60)?;
    while next < MARKS {
        let at = sector(next)?;
        small.extend((0..size / 4).map_while(|place| number(at + 4 * place)));
        next = *table.get(next as usize)?;
        if small.len() > bytes.len() {
            return None;
        }
    }
    ends(&small)?;
    (bytes.len() >= HEADER).then_some(())
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
