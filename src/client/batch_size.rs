//! How large a request may be: the user's limits, lowered for the rest of the run by what the server turned down as too
//! large, but never below what it is known to take.

use std::num::NonZeroUsize;

use crate::batch::Limits;

/// The limits of the moment.
#[derive(Debug)]
pub struct AdaptiveBatchSize {
    wanted: Limits,
    limits: Limits,
    /// The largest request that was taken: contacts and bytes.
    taken: (usize, usize),
    /// How many parts of about that size were taken of larger requests that the server failed with.
    parts_taken: u32,
}

/// The server takes no more, as far as is known, than parts of which it took so many, where it failed with the whole and
/// never took anything that is clearly larger.
const PARTS: u32 = 2;

impl AdaptiveBatchSize {
    /// The user's limits.
    pub fn new(wanted: Limits) -> Self {
        AdaptiveBatchSize { wanted, limits: wanted, taken: (0, 0), parts_taken: 0 }
    }

    /// What the next request may hold.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A request of this size was taken.
    pub fn taken(&mut self, contacts: usize, bytes: usize) {
        if contacts > self.taken.0 + self.taken.0 / 8 {
            self.parts_taken = 0;
        }
        self.taken = (self.taken.0.max(contacts), self.taken.1.max(bytes));
    }

    /// A request of this size was taken, a part of one that the server failed with; returns whether the limits became lower.
    /// Some servers fail with what is too large for them, instead of saying so.
    pub fn part_taken(&mut self, contacts: usize, bytes: usize) -> bool {
        self.taken(contacts, bytes);
        self.parts_taken += u32::from(contacts > 1 && contacts + self.taken.0 / 8 >= self.taken.0);
        let most = NonZeroUsize::new(self.taken.0).filter(|_| self.parts_taken >= PARTS);
        let Some(contacts) = most.filter(|most| *most < self.limits.contacts) else { return false };
        self.parts_taken = 0;
        // Contacts differ in length.
        let bytes = self.limits.bytes.min(self.taken.1 + self.taken.1 / 4);
        self.limits = Limits { contacts, bytes };
        true
    }

    /// A request of this size was turned down as too large; returns whether the limits became lower. Only half of it is
    /// tried from now on.
    pub fn too_large(&mut self, contacts: usize, bytes: usize) -> bool {
        let before = self.limits;
        self.limits.bytes = self.limits.bytes.min((bytes / 2).max(self.taken.1));
        if contacts == 1 {
            // One contact alone is too large: that is a matter of bytes, and the number of contacts is not to blame.
            self.limits.contacts = self.wanted.contacts;
        } else {
            let half = NonZeroUsize::new((contacts / 2).max(self.taken.0)).unwrap_or(NonZeroUsize::MIN);
            self.limits.contacts = self.limits.contacts.min(half);
        }
        self.limits.bytes < before.bytes || self.limits.contacts < before.contacts
    }

    /// Whether a request of this size is certain to be turned down, as far as is known; one contact is always tried.
    pub fn is_over(&self, contacts: usize, bytes: usize) -> bool {
        contacts > 1 && (contacts > self.limits.contacts.get() || bytes > self.limits.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_follow_what_the_server_takes() {
        let mut size = AdaptiveBatchSize::new(Limits::default());
        assert!(size.too_large(100, 27_000));
        assert_eq!((size.limits().contacts.get(), size.limits().bytes), (50, 13_500));
        assert!(size.is_over(51, 100) && size.is_over(2, 14_000) && !size.is_over(1, 14_000));
        size.taken(50, 13_400);
        // A request with one giant in it does not make all others smaller than what is known to pass.
        assert!(size.too_large(40, 20_000));
        assert_eq!((size.limits().contacts.get(), size.limits().bytes), (50, 13_400));
        size.too_large(1, 12_000);
        assert_eq!((size.limits().contacts.get(), size.limits().bytes), (100, 13_400));
    }

    #[test]
    fn parts_that_pass_where_nothing_larger_does_are_the_size() {
        let mut size = AdaptiveBatchSize::new(Limits::default());
        assert!(!size.part_taken(49, 12_000));
        assert!(!size.part_taken(25, 6_000), "a smaller part says nothing of larger ones");
        assert!(size.part_taken(50, 13_600));
        assert_eq!((size.limits().contacts.get(), size.limits().bytes), (50, 17_000));
        // Something larger that passes begins it anew.
        let mut size = AdaptiveBatchSize::new(Limits::default());
        assert!(!size.part_taken(50, 13_000));
        size.taken(100, 27_000);
        (0..9).for_each(|_| assert!(!size.part_taken(50, 13_000)));
        assert_eq!(size.limits().contacts.get(), 100);
    }
}
