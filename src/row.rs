//! The words of reading: a row as it was read, where it stood, why it may be turned away, and what was
//! noticed about one that was taken.
//!
//! This room knows neither file formats nor people. Everything above it speaks in these types.

pub mod guard;
mod mask;

use std::fmt;

use serde::Serialize;

pub use mask::{masked, masked_within};

/// Where a row stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Which input of the job, from 0.
    pub input: u32,
    /// Its number among the records of the whole job, from 1; records of several inputs count on.
    pub record: u64,
    /// The line an editor would show where the record begins (from 1), the sheet's row, or the line of
    /// `BEGIN:VCARD`.
    pub line: u64,
}

/// Ends each element of a cell that holds a list, such as a JSON array of tags.
///
/// A cell with this character is a list whatever else it holds: an element may then contain commas.
pub const LIST_END: char = '\u{1f}';

/// A row as it was read: cells by column, nothing judged yet. One buffer, used again for the next row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Where it stood.
    pub place: Place,
    /// The record exactly as it stood in the input, for formats whose cells do not say it all (JSON). Else empty.
    pub raw: Vec<u8>,
    text: String,
    /// Where each cell stands in `text`: its begin and its end.
    cells: Vec<(u32, u32)>,
    /// Where the cell begins that is being written.
    begun: u32,
}

impl Row {
    /// Empties the row for the next record, keeping its memory.
    pub fn clear(&mut self) {
        self.raw.clear();
        self.text.clear();
        self.cells.clear();
        self.begun = 0;
    }

    /// Adds a cell behind the last one.
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.close();
    }

    /// The text of the cell that is being written; `close` ends it.
    pub fn open(&mut self) -> &mut String {
        &mut self.text
    }

    /// Ends the cell that was written through `open`.
    pub fn close(&mut self) {
        let end = self.end();
        self.cells.push((self.begun, end));
        self.begun = end;
    }

    /// Takes over a record as it stands, and where in it the cells are.
    pub fn fill(&mut self, text: &str, cells: &[(u32, u32)]) {
        self.text.clear();
        self.text.push_str(text);
        self.cells.clear();
        self.cells.extend_from_slice(cells);
        self.begun = self.end();
    }

    /// Puts another text into a cell that is there.
    pub fn replace(&mut self, column: usize, cell: &str) {
        let begin = self.end();
        self.text.push_str(cell);
        self.begun = self.end();
        if let Some(place) = self.cells.get_mut(column) {
            *place = (begin, self.begun);
        }
    }

    /// A row is at most 4 MiB (`source` sees to it), so its length always fits.
    fn end(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no cell at all.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cell of a column, from 0; empty where the row is shorter.
    pub fn cell(&self, column: usize) -> &str {
        let Some(&(begin, end)) = self.cells.get(column) else {
            return "";
        };
        self.text.get(begin as usize..end as usize).unwrap_or("")
    }

    /// The bytes it takes.
    pub fn size(&self) -> usize {
        self.text.len() + self.raw.len() + size_of::<(u32, u32)>() * self.cells.len()
    }

    /// Gives back what an unusually large record has left behind.
    pub fn shrink(&mut self) {
        const USUAL: usize = 4096;
        let room = self.text.capacity() + self.raw.capacity() + size_of::<(u32, u32)>() * self.cells.capacity();
        if room > USUAL {
            *self = Row::default();
        }
    }

    /// All cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|column| self.cell(column))
    }
}

/// A field of a contact that a column can be, and that a message can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The row as a whole.
    Row,
    /// The full name.
    Name,
    /// The given name.
    FirstName,
    /// The family name.
    LastName,
    /// The phone number.
    Phone,
    /// The calling code in a column of its own.
    Prefix,
    /// The country of a number that does not name it.
    Region,
    /// The e-mail address.
    Email,
    /// Tags, labels, groups.
    Tags,
    /// An attribute.
    Attribute,
}

impl Field {
    /// The name used in options, reports and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Row => "row",
            Field::Name => "name",
            Field::FirstName => "first_name",
            Field::LastName => "last_name",
            Field::Phone => "phone",
            Field::Prefix => "prefix",
            Field::Region => "region",
            Field::Email => "email",
            Field::Tags => "tags",
            Field::Attribute => "attr",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Makes an enum of codes from one table: variant, stable name, what it says, what to do.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $says:literal, $remedy:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $(#[doc = $says] $variant,)* }

        impl $name {
            /// Every one of them, in the order of the documentation.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The stable name, `<field or stage>.<reason>`.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $code,)* }
            }

            /// What it says, in a few words and without any value.
            pub fn says(self) -> &'static str {
                match self { $($name::$variant => $says,)* }
            }

            /// What to do about it; empty where nothing needs to be done.
            pub fn remedy(self) -> &'static str {
                match self { $($name::$variant => $remedy,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> { to.serialize_str(self.as_str()) }
        }
    };
}

pub(crate) use codes;

codes! {
    /// Why a row is turned away. Names are stable and documented in `docs/codes.md`.
    Code {
        RowMalformed = "row.malformed", "the record cannot be read", "mend the record in the file";
        RowEncoding = "row.encoding", "the record holds bytes that are not text in the file's encoding", "export the file as UTF-8, or name its encoding with --encoding";
        RowTooDeep = "row.too_deep", "the record is nested more than 64 levels deep", "flatten the record";
        RowDuplicate = "row.duplicate", "another row has the same phone number", "";
        EmailInvalid = "email.invalid", "not an e-mail address", "mend the address, or use --bad-email drop to send the contact without it";
        PhoneMissing = "phone.missing", "no phone number", "fill in the number";
        PhoneSpreadsheetError = "phone.spreadsheet_error", "the cell holds a spreadsheet error", "fix the formula or widen the column, and export the file again";
        PhonePrecisionLost = "phone.precision_lost", "the spreadsheet has rounded this number", "format the column as text and export the file again";
        PhoneNegative = "phone.negative", "the number was evaluated as a formula", "format the column as text and export the file again";
        PhoneMasked = "phone.masked", "digits of the number are hidden", "export the file without masking";
        PhoneLetters = "phone.letters", "there are letters in the number", "write the number in digits";
        PhoneNotANumber = "phone.not_a_number", "not a phone number", "put a phone number into this column, or name another column with --map phone=COLUMN";
        PhoneMultiple = "phone.multiple", "more than one number in the cell", "keep one number, or use --multiple first";
        PhoneAmbiguous = "phone.ambiguous", "two readings of the number are valid", "write the number with + and its country code";
        PhoneNoCountry = "phone.no_country", "no country code and no default country", "write the number with + and its country code, or use --default-country";
        PhoneInvalidCountryCode = "phone.invalid_country_code", "the country code is not assigned", "correct the country code";
        PhoneTooShort = "phone.too_short", "the number has too few digits for its country", "complete the number";
        PhoneTooLong = "phone.too_long", "the number has too many digits for its country", "correct the number";
        PhoneInvalidLength = "phone.invalid_length", "no number of its country has this many digits", "correct the number";
        PhoneInvalid = "phone.invalid", "no such range in the country's numbering plan", "correct the number; for a range opened lately use --phone-metadata, or --phone-check possible";
        PhoneObsoleteFormat = "phone.obsolete_format", "the number is from before a renumbering", "write the number in its new form, or use --renumber";
        PhoneLeadingZeroLost = "phone.leading_zero_lost", "a leading 0 that is part of the number is missing", "write the number with its 0";
        PhoneTypeNotAllowed = "phone.type_not_allowed", "numbers of this type are not wanted", "widen --phone-types, or leave the row out";
        PrefixInvalid = "prefix.invalid", "neither a calling code nor a country", "write the calling code in digits, or the ISO code of the country";
        PrefixConflict = "prefix.conflict", "number and prefix are of different countries", "correct one of the two";
    }
}

codes! {
    /// What was noticed about a row that was taken: a repair, or something left out.
    Note {
        EmailDropped = "email.dropped", "an unusable e-mail address was left out", "mend the address";
        RowRepaired = "row.repaired", "bytes that are not text were replaced", "export the file as UTF-8, or name its encoding with --encoding";
        PhoneTrunkPrefixRemoved = "phone.trunk_prefix_removed", "a trunk prefix was removed", "";
        PhoneIddReadAsPlus = "phone.idd_read_as_plus", "an international dialling prefix was read as +", "";
        PhonePrefixRepeated = "phone.prefix_repeated", "the calling code stood in front of the number a second time", "";
        PhoneFloatSuffixRemoved = "phone.float_suffix_removed", "a spreadsheet's .0 was removed", "";
        PhoneScientificExpanded = "phone.scientific_expanded", "scientific notation was written out", "";
        PhoneThousandsRemoved = "phone.thousands_removed", "thousands separators were removed", "";
        PhoneGuardRemoved = "phone.guard_removed", "a spreadsheet's guard in front of the number was removed", "";
        PhoneMarksRemoved = "phone.marks_removed", "invisible characters were removed", "";
        PhoneNativeDigits = "phone.native_digits", "digits of another script were read", "";
        PhoneExtensionDropped = "phone.extension_dropped", "an extension was left out", "";
        PhoneLabelRemoved = "phone.label_removed", "a label was removed", "";
        PhoneDuplicatesCollapsed = "phone.duplicates_collapsed", "the cell held the same number several times", "";
        PhoneMultiple = "phone.multiple", "the first of several numbers in the cell was taken", "use --multiple reject to be asked";
        PhoneAreaCodeAdded = "phone.area_code_added", "the area code of the country was put in front", "";
        PhoneMxTokenRemoved = "phone.mx_token_removed", "Mexico's former mobile token was removed", "";
        PhoneAr15To9 = "phone.ar_15_to_9", "Argentina's 15 was read as 9", "";
        PhoneWhatsappIdRead = "phone.whatsapp_id_read", "the number was read from a WhatsApp id or link", "";
        PhoneRegionDiffers = "phone.region_differs", "the number is of another country with the same calling code", "";
        PhoneNonGeographic = "phone.non_geographic", "the number belongs to no country; WhatsApp hardly knows such numbers", "";
        PhoneSuspiciousPattern = "phone.suspicious_pattern", "the number looks like a filler", "check the number";
        PhoneRenumbered = "phone.renumbered", "the number was written in its form after a renumbering", "";
        PhonePossibleOnly = "phone.possible_only", "only the length of the number was checked", "";
    }
}

/// A set of notes about one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Notes(u32);

impl Notes {
    /// Adds a note.
    pub fn add(&mut self, note: Note) {
        self.0 |= 1 << (note as u32);
    }

    /// Adds all notes of another set.
    pub fn add_all(&mut self, other: Notes) {
        self.0 |= other.0;
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the note is in the set.
    pub fn has(self, note: Note) -> bool {
        self.0 & (1 << (note as u32)) != 0
    }

    /// The notes, in the order of the documentation.
    pub fn iter(self) -> impl Iterator<Item = Note> {
        Note::ALL.iter().copied().filter(move |&note| self.has(note))
    }
}

/// A row that will not be sent, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Where the row stood.
    pub place: Place,
    /// The reason.
    pub code: Code,
    /// The field it is about.
    pub field: Field,
    /// The column of the cell it is about, from 0.
    pub column: Option<u32>,
    /// The cell as it stood; personal, so shown masked unless asked for.
    pub value: String,
    /// What `Code::says` does not say: counts, a country, the other number. Without the cell's value.
    pub detail: String,
    /// Readings that would be valid, for the person who mends the row.
    pub suggestions: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_went_in() {
        let mut row = Row::default();
        for cell in ["a", "", "ü,b", ""] {
            row.push(cell);
        }
        assert_eq!(row.cells().collect::<Vec<_>>(), ["a", "", "ü,b", ""]);
        assert_eq!(row.cell(9), "");
        row.clear();
        row.open().push_str("again");
        row.close();
        assert_eq!(row.cells().collect::<Vec<_>>(), ["again"]);
        row.fill("a;\"b\"\"c\";d", &[(0, 1), (3, 7), (9, 10)]);
        row.replace(1, "b\"c");
        row.push("e");
        assert_eq!(row.cells().collect::<Vec<_>>(), ["a", "b\"c", "d", "e"]);
    }

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut seen = std::collections::BTreeSet::new();
        let names = Code::ALL.iter().map(|code| code.as_str());
        for name in names {
            assert!(seen.insert(name), "{name} twice");
            let (field, reason) = name.split_once('.').unwrap();
            assert!(["row", "name", "email", "tags", "phone", "prefix"].contains(&field), "{name}");
            assert!(reason.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        }
        assert!(Note::ALL.len() <= 32, "notes are bits of a u32");
    }

    #[test]
    fn notes_are_a_set() {
        let mut notes = Notes::default();
        notes.add(Note::PhoneLabelRemoved);
        notes.add(Note::EmailDropped);
        notes.add(Note::EmailDropped);
        assert_eq!(notes.iter().collect::<Vec<_>>(), [Note::EmailDropped, Note::PhoneLabelRemoved]);
    }
}
