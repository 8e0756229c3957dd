//! Any texts as the rows, the shared texts and the styles of a workbook that is otherwise sound: read or refused, never a
//! panic. Form feeds part the three.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut parts = text.splitn(3, '\u{c}');
    let [rows, texts, styles] = [(); 3].map(|()| parts.next().unwrap_or_default());
    m1import_fuzz::read(&m1import_fuzz::workbook_with(rows, texts, styles), None);
});
