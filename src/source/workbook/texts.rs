//! The texts that the cells of a workbook share, one behind another: hardly more memory than their letters.

#[derive(Default)]
pub(super) struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// The text of a number from 0.
    pub fn get(&self, number: usize) -> Option<&str> {
        let start = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(number)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_by_their_numbers() {
        let mut texts = Texts::default();
        ["Ana", "", "Zoë"].into_iter().for_each(|text| texts.push(text));
        let found: Vec<_> = (0..4).map(|number| texts.get(number)).collect();
        assert_eq!(found, [Some("Ana"), Some(""), Some("Zoë"), None]);
        assert_eq!(texts.get(usize::MAX), None);
    }
}
