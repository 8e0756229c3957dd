//! Why a row is rejected, and what was noticed about one that was accepted: the codes, each with what it says and its
//! remedy.

use super::{Field, Location};
use crate::diagnostic::codes;

codes! {
    /// Why a row is rejected. Names are stable and documented in `docs/codes.md`.
    Code: SomeRows {
        RowMalformed = "row.malformed", "the record cannot be read", "mend the record in the file";
        RowEncoding = "row.encoding", "the record holds bytes that are not text in the file's encoding", "export the file as UTF-8, or name its encoding with --encoding";
        RowTooDeep = "row.too_deep", "the record is nested more than 64 levels deep", "flatten the record";
        RowDuplicate = "row.duplicate", "another row has the same phone number", "";
        EmailInvalid = "email.invalid", "not an e-mail address", "mend the address, or use --bad-email drop to send the contact without it";
        PhoneMissing = "phone.missing", "no phone number", "fill in the number";
        PhoneSpreadsheetError = "phone.spreadsheet_error", "the cell holds a spreadsheet error", "fix the formula or widen the column, and export the file again";
        PhoneFormula = "phone.formula", "the cell holds a formula whose result is not in the file", "open the file in a spreadsheet program and save it";
        PhonePrecisionLost = "phone.precision_lost", "the spreadsheet has rounded this number", "format the column as text and export the file again";
        PhoneNegative = "phone.negative", "the number was evaluated as a formula", "format the column as text and export the file again";
        PhoneMasked = "phone.masked", "digits of the number are hidden", "export the file without masking";
        PhoneLetters = "phone.letters", "there are letters in the number", "write the number in digits";
        PhoneNotANumber = "phone.not_a_number", "not a phone number", "put a phone number into this column, or name another column with --map phone=COLUMN";
        PhoneMultiple = "phone.multiple", "more than one number in the cell", "keep one number, or use --multiple first";
        PhoneAmbiguous = "phone.ambiguous", "two readings of the number are valid", "write the number with + and its country code, or use --bare-international if all of the column begin with one";
        PhoneNoCountry = "phone.no_country", "no country code and no default country", "write the number with + and its country code, or use --default-country";
        PhoneInvalidCountryCode = "phone.invalid_country_code", "the country code is not assigned", "correct the country code";
        PhoneTooShort = "phone.too_short", "the number has too few digits for its country", "complete the number";
        PhoneTooLong = "phone.too_long", "the number has too many digits for its country", "correct the number";
        PhoneInvalidLength = "phone.invalid_length", "no number of its country has this many digits", "correct the number";
        PhoneInvalid = "phone.invalid", "no such range in the country's numbering plan", "correct the number; for a range opened lately use --phone-metadata with a text made by `python3 metadata/refresh.py --plans FILE` in the project's sources, or --phone-check possible";
        PhoneObsoleteFormat = "phone.obsolete_format", "the number is from before a renumbering", "write the number in its new form";
        PhoneLeadingZeroLost = "phone.leading_zero_lost", "a leading 0 that is part of the number is missing", "write the number with its 0";
        PhoneTypeNotAllowed = "phone.type_not_allowed", "numbers of this type are not wanted", "widen --phone-types, or leave the row out";
        PrefixInvalid = "prefix.invalid", "neither a calling code nor a country", "write the calling code in digits, or the ISO code of the country";
        PrefixConflict = "prefix.conflict", "number and prefix are of different countries", "correct one of the two";
    }
}

codes! {
    /// What was noticed about a row that was accepted: a repair, or something left out.
    Note: Complete {
        EmailDropped = "email.dropped", "an unusable e-mail address was left out", "mend the address";
        RowRepaired = "row.repaired", "bytes that are not text were replaced", "export the file as UTF-8, or name its encoding with --encoding";
        PhoneTrunkPrefixRemoved = "phone.trunk_prefix_removed", "the leading 0 (or 8) that is dialled only within the country was dropped", "";
        PhoneIddReadAsPlus = "phone.idd_read_as_plus", "00 (or another dialling prefix) was read as +", "";
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
        PhoneCodeWithoutPlus = "phone.code_without_plus", "the country code was read though no + stood before it", "";
        PhoneLostZeroRestored = "phone.lost_zero_restored", "a leading 0 that a spreadsheet had dropped was restored", "";
        PhonePossibleOnly = "phone.possible_only", "only the length of the number was checked", "";
    }
}

/// The notes about one row, as a set of bits.
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

/// Why a row is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Where the row stands.
    pub location: Location,
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
