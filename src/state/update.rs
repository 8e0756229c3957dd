//! What a state file is to hold next.

use std::io::{self, Write};
use std::slice;

use super::known::Writer;
use super::{Entry, Known};
use crate::bits::Bits;

/// What is known, without some entries and with others. It is merged while it is written, with no second list in memory.
#[derive(Debug)]
pub struct Update<'a> {
    known: &'a Known,
    gone: &'a Bits,
    added: Vec<Entry>,
}

impl<'a> Update<'a> {
    /// `gone` are places of known entries. `added` comes in any order, each phone once; a known entry of one of them is gone.
    pub(super) fn new(known: &'a Known, gone: &'a Bits, mut added: Vec<Entry>) -> Update<'a> {
        debug_assert!(added.iter().all(|entry| known.entries.find(*entry).map_or(true, |place| gone.get(place))));
        added.sort_unstable();
        Update { known, gone, added }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Writing fails.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut writer = Writer::begin(self.known, out);
        let (entries, mut gone) = (&self.known.entries, self.gone.ones().peekable());
        let mut next = 0;
        for added in self.added.iter().map(Some).chain([None]) {
            let place = added.map_or(entries.all().len(), |added| entries.find(*added).unwrap_or_else(|place| place));
            while let Some(gone) = gone.next_if(|gone| *gone < place) {
                writer.put(entries.all().get(next..gone).unwrap_or_default())?;
                next = gone + 1;
            }
            writer.put(entries.all().get(next..place).unwrap_or_default())?;
            writer.put(added.map(slice::from_ref).unwrap_or_default())?;
            next = place;
        }
        writer.finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Scope, read_bytes};
    use super::*;
    use crate::contact::phone::Phone;

    proptest! {
        #[test]
        fn an_update_is_what_sorting_gives(
            before in prop::collection::btree_map(0u64..400, any::<bool>(), 0..200),
            added in prop::collection::btree_set(0u64..400, 0..100),
        ) {
            let empty = Known::new(Scope::of("", None)).unwrap();
            let entry = |n: &u64, parts: &[u8]| empty.entry(Phone::from_digits(27_830_000_000 + n).unwrap(), parts);
            let mut all: Vec<(Entry, bool)> =
                before.iter().map(|(n, is_gone)| (entry(n, b"a"), *is_gone || added.contains(n))).collect();
            all.sort_unstable();
            let known = empty.with(all.iter().map(|(entry, _)| entry));
            let mut gone = Bits::default();
            all.iter().enumerate().for_each(|(place, (_, is_gone))| gone.set(place, *is_gone));
            let added: Vec<Entry> = added.iter().map(|n| entry(n, b"b")).collect();
            let kept = all.iter().filter(|(_, is_gone)| !is_gone).map(|(entry, _)| *entry);
            let mut expected: Vec<Entry> = kept.chain(added.iter().copied()).collect();
            expected.sort_unstable();
            let mut bytes = Vec::new();
            Update::new(&known, &gone, added).write(&mut bytes).unwrap();
            prop_assert_eq!(read_bytes(&bytes).unwrap(), known.with(&expected));
        }
    }
}
